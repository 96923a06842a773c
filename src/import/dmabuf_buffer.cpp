#include "import/dmabuf_buffer.hpp"

#include <algorithm>
#include <tarmac/texture.hpp>

#include "import/copy_buffer.hpp"
#include "import/imported_buffer.hpp"
#include "import/in_place_buffer.hpp"
#include "ready/at_once.hpp"
#include "ready/fence_watch.hpp"

namespace tarmac {

namespace {

/// What even an exporter that first has to get the memory maps in a fraction of a millisecond, as a
/// rule: less than a worker takes to answer on a busy machine, and clients may take a round trip
/// for the answer.
constexpr std::uint64_t MappedAtOnce = 1 << 20;

} // namespace

const wlr_buffer_impl DmabufBuffer::buffer_impl = {
    .destroy =
        [](wlr_buffer* buffer) {
            auto* self = static_cast<DmabufBuffer*>(buffer);
            self->releases_.reset();
            wlr_buffer_finish(buffer);
            delete self;
        },
    // For those that show buffers without wlr_surface, and for captures, about which wlroots asks
    // in the request that names the buffer. A renderer that is told imports it, whatever it is: so
    // it isn't told of what it wasn't allowed to import.
    .get_dmabuf =
        [](wlr_buffer* buffer, wlr_dmabuf_attributes* attributes) {
            auto& self = *static_cast<DmabufBuffer*>(buffer);
            // Not with a renderer that is lost: wlroots refuses the capture then.
            if (self.state_ == State::Waiting && !self.is_import_paused())
                self.import_now();
            // To draw into it breaks the same.
            if (self.state_ == State::OnTrial)
                self.finish_trial();
            if (self.state_ != State::Imported && !self.is_drawn_in_place())
                return false;
            *attributes = attributes_of(*self.image_);
            return true;
        },
    .get_shm = nullptr,
    .begin_data_ptr_access =
        [](wlr_buffer* buffer, std::uint32_t flags, void** data, std::uint32_t* fourcc,
           std::size_t* stride) {
            return (flags & WLR_BUFFER_DATA_PTR_ACCESS_WRITE) != 0 &&
                   static_cast<DmabufBuffer*>(buffer)->begin_write(data, fourcc, stride);
        },
    .end_data_ptr_access =
        [](wlr_buffer* buffer) { static_cast<DmabufBuffer*>(buffer)->end_write(); },
};

std::unique_ptr<DmabufBuffer, BufferDrop> DmabufBuffer::create(std::shared_ptr<const Dmabuf> image,
                                                               std::shared_ptr<const Owner> owner,
                                                               wl_list& list) {
    return std::unique_ptr<DmabufBuffer, BufferDrop>{
        new DmabufBuffer{std::move(image), std::move(owner), list}};
}

DmabufBuffer::DmabufBuffer(std::shared_ptr<const Dmabuf> image, std::shared_ptr<const Owner> owner,
                           wl_list& list)
    : image_{std::move(image)}, owner_{std::move(owner)} {
    wl_list_insert(list.prev, static_cast<wl_list*>(this));
    wlr_buffer_init(this, &buffer_impl, static_cast<int>(image_->width()),
                    static_cast<int>(image_->height()));
    wl_signal_init(&changed_);
}

DmabufBuffer::~DmabufBuffer() {
    wl_list_remove(static_cast<wl_list*>(this));
    std::shared_ptr<Mapping> mapping;
    if (reading_) {
        reading_->picture.released.disconnect();
        reading_->picture.buffer.reset();
        mapping = std::move(reading_->mapping);
    }
    import_.released.disconnect();
    const std::uint64_t size = mapping ? mapping->size_in_bytes() : 0;
    owner_->dispose({std::move(image_), std::move(mapping), size, std::move(import_.buffer)});
}

const Error& DmabufBuffer::error() const noexcept {
    static const Error none = out_of_memory();
    return error_ ? *error_ : none;
}

void DmabufBuffer::set_error(Error&& error) noexcept {
    error_ = nullptr;
    guard([&] { error_ = std::make_unique<const Error>(std::move(error)); });
}

void DmabufBuffer::finish_trial() {
    if (unlanded_)
        unlanded_->trial.finish();
}

DmabufBuffer* DmabufBuffer::from(wlr_buffer* buffer) noexcept {
    return buffer && buffer->impl == &buffer_impl ? static_cast<DmabufBuffer*>(buffer) : nullptr;
}

void DmabufBuffer::land(Landed landed, WorkerPool& workers,
                        std::optional<ImportTrial::Ticket> trial) {
    BufferPtr import = std::move(landed.import);
    // What was charged once stays so.
    mapped_bytes_ = std::max(mapped_bytes_, landed.mapped_bytes);
    is_drawn_in_place_ = landed.is_drawn_in_place;
    landed_ = std::make_unique<const Landed>(std::move(landed));
    if (import) {
        set(import_, std::move(import));
        if (!trial)
            return enter(State::Imported);
        unlanded().trial = std::move(*trial);
        return enter(State::OnTrial);
    }
    state_ = State::BeingMapped;
    if (mapping() || (reading_ && reading_->is_unmappable))
        return enter(state_when_mapped());
    map(workers);
}

void DmabufBuffer::pass_trial() noexcept {
    has_passed_trial_ = true;
    enter(State::Imported);
}

void DmabufBuffer::fail(Error error) noexcept {
    set_error(std::move(error));
    enter(State::Failed);
}

void DmabufBuffer::enter(State state) noexcept {
    // Who hears of it may let go of the buffer.
    BufferLock kept;
    if (n_locks > 0)
        kept.reset(wlr_buffer_lock(this));
    state_ = state;
    wl_signal_emit_mutable(&changed_, nullptr);
    if (is_unanswered() || !unlanded_)
        return;
    auto on_landed = std::exchange(unlanded_->on_landed, nullptr);
    if (state_ != State::OnTrial)
        unlanded_ = nullptr;
    if (on_landed)
        guard(on_landed);
}

void DmabufBuffer::await_import(ImportQueue::Ticket import) {
    was_taken_ |= state_ == State::Imported || state_ == State::Mapped || state_ == State::OnTrial;
    state_ = State::Waiting;
    unlanded().trial = {};
    unlanded().import = std::move(import);
    set(import_, nullptr);
}

BufferLock DmabufBuffer::lock_import() {
    return lock(import_);
}

BufferLock DmabufBuffer::lock_in_place() {
    if (!reading_)
        return {};
    Picture& picture = reading_->picture;
    if (!picture.buffer && reading_->mapping)
        set(picture, InPlaceBuffer::create(reading_->mapping));
    return lock(picture);
}

void DmabufBuffer::open_window() {
    if (InPlaceBuffer* picture = in_place())
        picture->is_open = true;
}

std::shared_ptr<Mapping> DmabufBuffer::close_window() noexcept {
    InPlaceBuffer* picture = in_place();
    if (!picture || picture->n_locks > 0 || !std::exchange(picture->is_open, false))
        return nullptr;
    return mapping();
}

InPlaceBuffer* DmabufBuffer::in_place() const noexcept {
    return reading_ ? InPlaceBuffer::from(reading_->picture.buffer.get()) : nullptr;
}

void DmabufBuffer::map(WorkerPool& workers) {
    if (reading().mapping || is_being_mapped() || reading().is_unmappable)
        return;
    const std::uint64_t size = Mapping::size_of(*image_);
    if (auto may = may_map(size); !may)
        return end_mapping(std::unexpected(std::move(may.error())));
    if (size <= MappedAtOnce)
        return end_mapping(Mapping::create(image_));
    using Made = std::optional<Result<Mapping>>;
    auto dispose_if_left = [image = image_, owner = owner_](Made* made) {
        const std::unique_ptr<Made> own{made};
        if (*made && **made)
            guard([&] { dispose(*owner, image, std::move(***made)); });
    };
    const std::shared_ptr<Made> made{new Made, std::move(dispose_if_left)};
    reading().job = workers.submit(
        owner(),
        [image = image_, made](WorkerPool::Control&) {
            made->emplace(Mapping::create(image));
            return WorkerPool::Outcome::Done;
        },
        [this, made](WorkerPool::Outcome outcome) {
            if (outcome == WorkerPool::Outcome::Done)
                return end_mapping(*std::exchange(*made, std::nullopt));
            Error error = out_of_memory();
            guard([&] {
                error = {Fault::ImportFailed, std::nullopt, "no thread could map the dma-buf"};
            });
            end_mapping(std::unexpected(std::move(error)));
        });
}

/// Of what isn't wanted any more: unmapping takes long too.
void DmabufBuffer::dispose(const Owner& owner, std::shared_ptr<const Dmabuf> image,
                           Mapping mapping) {
    const std::uint64_t size = mapping.size_in_bytes();
    auto memory = std::make_shared<Mapping>(std::move(mapping));
    owner.dispose({std::move(image), std::move(memory), size});
}

void DmabufBuffer::end_mapping(Result<Mapping> mapping) noexcept {
    reading_->job = {};
    if (mapping &&
        !guard([&] { reading_->mapping = std::make_shared<Mapping>(std::move(*mapping)); }))
        mapping = std::unexpected(out_of_memory());
    // There may be room later.
    reading_->is_unmappable = !mapping && mapping.error().fault != Fault::OutOfResources;
    if (!mapping)
        set_error(std::move(mapping.error()));
    enter(state_ == State::BeingMapped ? state_when_mapped() : state_);
}

/// What renderers that draw in memory do on the event loop. They keep what they are told for as
/// long as the buffer is there, as the memory stays mapped.
bool DmabufBuffer::begin_write(void** data, std::uint32_t* fourcc, std::size_t* stride) {
    AtOnce control;
    const auto mapping = this->mapping();
    if (!mapping || !is_drawn_in_place() ||
        !FenceWatch::is_idle(*image_, FenceWatch::Access::Write) ||
        mapping->begin_write(control) != WorkerPool::Outcome::Done)
        return false;
    *data = mapping->writable_plane(0);
    *fourcc = image_->fourcc();
    *stride = image_->planes()[0].stride;
    return true;
}

void DmabufBuffer::end_write() {
    AtOnce control;
    mapping()->end_write(control);
}

void DmabufBuffer::set(Picture& picture, BufferPtr buffer) {
    // Who still has the old one locked shows the client's memory.
    if (picture.buffer && picture.original) {
        wlr_buffer* old = picture.buffer.get();
        struct Leaving {
            BufferLock original;
            Listener released;
            std::function<void(BufferLock)> on_unread;
        };
        std::unique_ptr<Leaving> leaving{
            new Leaving{std::move(picture.original), {}, owner_->on_unread}};
        leaving->released.connect(old->events.release, [leaving = leaving.get()] {
            const std::unique_ptr<Leaving> own{leaving};
            leaving->released.disconnect();
            leaving->on_unread(std::move(leaving->original));
        });
        static_cast<void>(leaving.release());
    }
    // Before it is there: without its release the original would be kept for good.
    if (!buffer)
        picture.released.disconnect();
    else
        picture.released.connect(buffer->events.release, [&picture] {
            if (const DmabufBuffer* original = from(picture.original.get()))
                original->owner_->on_unread(std::move(picture.original));
        });
    picture.buffer = std::move(buffer);
}

BufferLock DmabufBuffer::lock(Picture& picture) {
    if (!picture.buffer)
        return {};
    if (!picture.original)
        picture.original.reset(wlr_buffer_lock(this));
    return BufferLock{wlr_buffer_lock(picture.buffer.get())};
}

const Dmabuf* dmabuf_from_buffer(const wlr_buffer* borrowed) noexcept {
    auto* buffer = const_cast<wlr_buffer*>(borrowed);
    if (const auto* ours = DmabufBuffer::from(buffer))
        return ours->image().get();
    if (const auto* imported = ImportedBuffer::from(buffer))
        return imported->image.get();
    if (const auto* copy = CopyBuffer::from(buffer))
        return copy->shown_image().get();
    if (const auto* in_place = InPlaceBuffer::from(buffer))
        return &in_place->mapping->dmabuf();
    return nullptr;
}

} // namespace tarmac
