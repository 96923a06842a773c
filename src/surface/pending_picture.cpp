#include "surface/pending_picture.hpp"

#include "dmabuf/distinct_dmabufs.hpp"
#include "import/copy_buffer.hpp"
#include "import/rendition.hpp"
#include "surface/copy_ring.hpp"
#include "wlr/guard.hpp"

namespace tarmac {

PendingPicture::PendingPicture(SurfaceContext& context, CopyRing& copies, Request request,
                               std::function<void()> on_progress)
    : context_{context}
    , copies_{copies}
    , request_{std::move(request)}
    , on_progress_{std::move(on_progress)} {}

void PendingPicture::begin(const void* client) {
    look_at_fences(client);
    proceed();
}

void PendingPicture::step(auto&& function) noexcept {
    if (!guard(function))
        drop();
    on_progress_();
}

void PendingPicture::proceed() {
    if (stage_ != Stage::Unready)
        return;
    if (buffer().state() == DmabufBuffer::State::Failed)
        drop();
    else if (buffer().is_waiting())
        await_buffer();
    else if (is_drawn_)
        choose_way();
}

void PendingPicture::await_buffer() {
    buffer_changed_.connect(buffer().changed(), [this] {
        buffer_changed_.disconnect();
        step([this] { proceed(); });
    });
}

/// Whether the client has finished drawing. If not, it is watched.
void PendingPicture::look_at_fences(const void* client) {
    is_drawn_ = false;
    const auto on_signal = [this] {
        is_drawn_ = true;
        end_waiting();
        step([this] { proceed(); });
    };
    if (request_.acquire) {
        is_drawn_ = request_.acquire->is_signalled();
        if (is_drawn_)
            return;
        // wlroots makes an eventfd, of which the event loop has a duplicate.
        if (!charge_waiting(2))
            return look_later(client);
        auto wait = request_.acquire->await(context_.loop, on_signal);
        if (wait)
            acquire_wait_.emplace(std::move(*wait));
        else
            drop();
        return;
    }
    const Dmabuf& image = *buffer().image();
    constexpr auto Read = FenceWatch::Access::Read;
    FenceWatch& fences = context_.fences;
    is_drawn_ = client ? fences.is_idle_for(client, image) : FenceWatch::is_idle(image, Read);
    if (is_drawn_)
        return;
    if (!charge_waiting(DistinctDmabufs{image}.members().size()))
        return look_later(client);
    auto ticket =
        client ? fences.await_for(client, image, on_signal) : fences.await(image, Read, on_signal);
    if (ticket)
        fences_ = std::move(*ticket);
    else
        drop();
}

bool PendingPicture::charge_waiting(std::uint64_t n_descriptors) {
    auto charge = buffer().charge(Resource::Descriptors, n_descriptors);
    if (charge)
        waiting_charge_ = std::move(*charge);
    return charge.has_value();
}

/// What has all the descriptors of its share goes on, if less smoothly. A client may have thousands
/// of those: the more they are, the longer each waits, and in a turn of the event loop no more are
/// looked at than its budget allows.
void PendingPicture::look_later(const void* client) {
    constexpr std::chrono::milliseconds Pause{10};
    constexpr unsigned InAPause = 16;
    if (!looked_at_)
        looked_at_.emplace(context_.n_looked_at, buffer().owner());
    again_.emplace(context_.loop, Pause * (1 + looked_at_->count() / InAPause), [this, client] {
        step([&] {
            auto* owner = static_cast<wl_client*>(const_cast<void*>(buffer().owner()));
            const auto look = [this, client] {
                step([&] {
                    look_at_fences(client);
                    if (is_drawn_)
                        proceed();
                });
            };
            next_look_ = context_.imports.push(owner, look, ImportQueue::Kind::Other);
        });
    });
}

void PendingPicture::end_waiting() noexcept {
    again_.reset();
    next_look_ = {};
    looked_at_.reset();
    fences_ = {};
    acquire_wait_.reset();
    waiting_charge_ = {};
}

bool PendingPicture::is_imported(const SurfaceContext& context, const Request& request) {
    const DmabufBuffer& buffer = *DmabufBuffer::from(request.buffer.get());
    const PixelFormat& format = buffer.image()->format();
    // wlroots draws cursors without encodings, and those in software without the transform too.
    const bool is_lost_on_cursor = request.is_for_cursor && (format.model == ColorModel::Yuv ||
                                                             buffer.image()->is_y_inverted());
    return buffer.state() == DmabufBuffer::State::Imported && context.renderer &&
           draws(*context.renderer, format, request.colors) && !is_lost_on_cursor;
}

BufferLock PendingPicture::make_at_once(SurfaceContext& context, const void* client,
                                        const Request& request) {
    DmabufBuffer& buffer = *DmabufBuffer::from(request.buffer.get());
    if (!is_imported(context, request))
        return {};
    const bool is_drawn = request.acquire ? request.acquire->is_signalled()
                                          : context.fences.is_idle_for(client, *buffer.image());
    return is_drawn ? buffer.lock_import() : BufferLock{};
}

void PendingPicture::choose_way() {
    way_ = Way::Import;
    // Without a renderer nobody looks.
    if (!context_.renderer)
        return be_ready(BufferLock{wlr_buffer_lock(&buffer())});
    if (is_imported(context_, request_))
        return be_ready(buffer().lock_import());
    const auto reading = way_to_read();
    if (reading) {
        buffer().map(context_.workers);
        if (buffer().is_being_mapped())
            return await_buffer();
    }
    if (reading && buffer().mapping()) {
        // What lies around a crop can be changed in a copy alone.
        way_ = *reading == Way::ReadInPlace && request_.crop
                   ? way_of_copy(*context_.renderer, buffer().image()->format(), request_.colors)
                   : *reading;
        stage_ = Stage::Readable;
    } else if (buffer().state() == DmabufBuffer::State::Imported) {
        // Better than nothing: in other colours.
        be_ready(buffer().lock_import());
    } else {
        drop();
    }
}

Result<Way> PendingPicture::way_to_read() const {
    const RendererFacts& renderer = *context_.renderer;
    return decide_reading(renderer, ImageFacts::of(*buffer().image(), renderer, buffer().memory()),
                          request_.colors);
}

Snapshot::Awaits PendingPicture::awaits() const noexcept {
    using enum Snapshot::Awaits;
    switch (stage_) {
    case Stage::Unready:
        if (buffer().is_waiting())
            return buffer().state() == DmabufBuffer::State::BeingMapped ? Mapping : Import;
        if (!is_drawn_)
            return request_.acquire ? AcquirePoint : Fence;
        return Mapping;
    case Stage::Readable:
        return Copy;
    case Stage::Reading:
        return upload_ ? Upload : Copy;
    case Stage::Ready:
    case Stage::Dropped:
        break;
    }
    return Nothing;
}

void PendingPicture::begin_reading() {
    stage_ = Stage::Reading;
    if (way_ == Way::ReadInPlace)
        read_in_place();
    else
        make_copy();
}

void PendingPicture::read_in_place() {
    const auto mapping = buffer().mapping();
    job_ = context_.workers.submit(
        buffer().owner(),
        [mapping](WorkerPool::Control& control) { return mapping->begin_read(control); },
        [this, mapping](WorkerPool::Outcome outcome) {
            step([&] {
                end_reading(outcome, [this] {
                    BufferLock picture = buffer().lock_in_place();
                    buffer().open_window();
                    be_ready(std::move(picture));
                });
            });
        });
}

void PendingPicture::make_copy() {
    const auto mapping = buffer().mapping();
    const Rendition rendition =
        rendition_of(*context_.renderer, *buffer().image(), request_.colors, request_.crop);
    auto slot = copies_.acquire(buffer().image(), rendition, request_.content);
    if (!slot && slot.error().fault == Fault::NotReady) {
        stage_ = Stage::Readable;
        return;
    }
    if (!slot && way_to_read() == Way::ReadInPlace) {
        // Better than nothing: with a strange edge.
        way_ = Way::ReadInPlace;
        return read_in_place();
    }
    if (!slot) {
        drop();
        return on_progress_();
    }
    CopyBuffer& copy = *slot->buffer;
    target_.reset(wlr_buffer_lock(slot->buffer));
    job_ = context_.workers.submit(
        buffer().owner(),
        [mapping, rendition, memory = copy.memory(), stride = copy.stride(),
         bands = bands_of(rendition, copy.extent(), slot->stale)](WorkerPool::Control& control) {
            return render_bands(control, *mapping, rendition, bands, *memory, stride);
        },
        [this, &copy](WorkerPool::Outcome outcome) {
            if (outcome == WorkerPool::Outcome::Done)
                copies_.finish(copy, request_.content);
            else
                copies_.abandon(copy);
            step([&] {
                end_reading(outcome, [this, &copy, time = job_.time()] {
                    buffer().account()->activity().conversion.note(time);
                    upload(copy);
                });
            });
        });
}

void PendingPicture::upload(CopyBuffer& copy) {
    BufferLock picture{wlr_buffer_lock(&copy)};
    if (!context_.renderer || !TextureUpload::is_needed(*context_.renderer, copy))
        return be_ready(std::move(picture));
    picture_ = std::move(picture);
    upload_.emplace(copy);
    upload_next();
}

void PendingPicture::upload_next() {
    auto* client = static_cast<wl_client*>(const_cast<void*>(buffer().owner()));
    next_upload_ = context_.imports.push(client, [this] {
        step([this] {
            // The compositor may be gone, or its renderer be another one.
            wlr_renderer* renderer = context_.compositor ? context_.compositor->renderer : nullptr;
            const bool is_the_same = renderer && RendererFacts::of(renderer) == context_.renderer;
            if (is_the_same && upload_->do_next(*renderer))
                return upload_next();
            stage_ = Stage::Ready;
        });
    });
}

void PendingPicture::end_reading(WorkerPool::Outcome outcome,
                                 const std::function<void()>& succeed) {
    job_ = {};
    const BufferLock target = std::move(target_);
    if (outcome == WorkerPool::Outcome::Done) {
        succeed();
    } else if (outcome == WorkerPool::Outcome::Busy) {
        stage_ = Stage::Unready;
        is_put_off_ = true;
        request_.acquire.reset();
        begin(nullptr);
    } else {
        drop();
    }
}

void PendingPicture::be_ready(BufferLock picture) {
    picture_ = std::move(picture);
    stage_ = Stage::Ready;
}

void PendingPicture::drop() noexcept {
    stage_ = Stage::Dropped;
    buffer_changed_.disconnect();
    end_waiting();
    job_ = {};
    target_ = {};
    forget_picture();
}

void PendingPicture::forget_picture() noexcept {
    next_upload_ = {};
    upload_.reset();
    picture_ = {};
}

void PendingPicture::restart() {
    if (stage_ == Stage::Dropped)
        return;
    job_ = {};
    target_ = {};
    forget_picture();
    stage_ = Stage::Unready;
    proceed();
}

} // namespace tarmac
