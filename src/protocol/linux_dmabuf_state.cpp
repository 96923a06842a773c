#include "protocol/linux_dmabuf_state.hpp"

#include <algorithm>
#include <ranges>

#include "dmabuf/device.hpp"
#include "dmabuf/distinct_dmabufs.hpp"
#include "dmabuf/formatted.hpp"
#include "import/ask_in_order.hpp"
#include "import/imported_formats.hpp"
#include "import/landed.hpp"
#include "linux-dmabuf-v1-protocol.h"
#include "protocol/client_buffer.hpp"
#include "protocol/client_image.hpp"
#include "protocol/factory.hpp"
#include "protocol/resource.hpp"
#include "protocol/retire_global.hpp"

namespace tarmac {

namespace {

/// What an importer says is no fault of the client's, though it may have a protocol error by that
/// name: the request was checked before.
Error error_of_import(Error error) {
    switch (error.fault) {
    case Fault::Incomplete:
    case Fault::InvalidDimensions:
    case Fault::OutOfBounds:
        error.fault = Fault::ImportFailed;
        break;
    case Fault::InvalidFormat:
        error.fault = Fault::Unsupported;
        break;
    default:
        break;
    }
    return error;
}

/// wlroots ends the process over a surface whose buffers have two sizes, and over RGB whose YUV
/// encoding is named, as the client's image has it. What tells no dma-buf isn't shown at all.
Result<Landed> check_made(const Dmabuf& image, Landed landed) {
    wlr_buffer* made = landed.import.get();
    if (!made)
        return landed;
    if (static_cast<std::uint32_t>(made->width) != image.width() ||
        static_cast<std::uint32_t>(made->height) != image.height())
        return fail(Fault::ImportFailed,
                    formatted("an importer made {}x{} pixels of an image that has {}x{}",
                              made->width, made->height, image.width(), image.height()));
    wlr_dmabuf_attributes told{};
    if (!wlr_buffer_get_dmabuf(made, &told))
        return fail(Fault::ImportFailed,
                    "an importer made a buffer that tells no dma-buf (wlr_buffer_get_dmabuf), so "
                    "that no renderer could draw it");
    if (told.format != image.fourcc())
        return fail(Fault::ImportFailed,
                    formatted("an importer made {} of an image that is {}",
                              fourcc_name(told.format), fourcc_name(image.fourcc())));
    return landed;
}

/// Compared only.
wl_client* client_of(const DmabufBuffer& buffer) {
    return static_cast<wl_client*>(const_cast<void*>(buffer.owner()));
}

/// What is in it stays, each in a list of its own.
void leave_list(wl_list& list) noexcept {
    while (!wl_list_empty(&list)) {
        wl_list* first = list.next;
        wl_list_remove(first);
        wl_list_init(first);
    }
}

} // namespace

void fail_unavailable(DmabufBuffer& buffer) noexcept {
    buffer.land_with([&] {
        buffer.fail({Fault::NotAvailable, std::nullopt, "dma-bufs are not imported any more"});
    });
}

LinuxDmabuf::State::State(wl_display* display, wlr_compositor* compositor,
                          std::vector<Importer*> importers, Options options)
    : display_{display}
    , importers_(importers.begin(), importers.end())
    , options_{std::move(options)}
    , compositor_{compositor}
    , turn_{std::make_shared<Turn>(wl_display_get_event_loop(display))}
    , fences_{wl_display_get_event_loop(display), turn_}
    , workers_{wl_display_get_event_loop(display),
               options_.workers > 0 ? options_.workers : WorkerPool::default_size()}
    , queue_{wl_display_get_event_loop(display), turn_, options_.import_budget}
    , disposal_{std::make_shared<Disposal>(queue_, workers_)}
    , releases_{std::make_shared<ReleaseQueue>(wl_display_get_event_loop(display), fences_,
                                               workers_)}
    , surface_context_{
          .loop = wl_display_get_event_loop(display),
          .turn = turn_,
          .workers = workers_,
          .fences = fences_,
          .imports = queue_,
          .disposal = disposal_,
          .compositor = compositor,
          .renderer = {},
          .ready_timeout = options_.ready_timeout,
          .account_of = [this](wl_client* client) { return clients_.account_of(client); },
          .ends_client =
              [this](wl_client* client) {
                  return options_.on_overdue &&
                         options_.on_overdue(client) == OverdueAnswer::Disconnect;
              }}
    , clients_{options_.quotas,
               {.policy = options_.policy,
                .security_contexts = options_.security_contexts,
                .make_room = [disposal = disposal_](
                                 wl_client* client) { return disposal->free_one(client); },
                .on_gone =
                    [this](wl_client* client) {
                        workers_.forget(client);
                        notices_.forget(client);
                    }}}
    , feedbacks_{wl_display_get_event_loop(display), std::move(options_.feedback)}
    , notices_{wl_display_get_event_loop(display)}
    , foreign_globals_{display} {
    wl_list_init(&buffers_);
    wl_signal_init(&refused_);
    if (!compositor)
        return;
    if (compositor->renderer)
        surface_context_.renderer = RendererFacts::of(compositor->renderer);
    trial_ = create_trial();
    surfaces_.emplace(*compositor, surface_context_);
    compositor_gone_.connect(compositor->events.destroy, [this] {
        compositor_gone_.disconnect();
        compositor_ = nullptr;
        surface_context_.compositor = nullptr;
    });
}

LinuxDmabuf::State::~State() {
    if (global_)
        retire_global(global_);
    // What waits finds nobody to import it any more, and answers so.
    queue_.finish();
    for (wl_list* place = buffers_.next; place != &buffers_;) {
        DmabufBuffer& buffer = DmabufBuffer::in(place);
        place = place->next;
        if (!buffer.is_waiting())
            continue;
        fail_unavailable(buffer);
        // Others may have gone with it.
        place = buffers_.next;
    }
    leave_list(buffers_);
    leave_list(refused_.listener_list);
    surfaces_.reset();
    releases_->retire();
    disposal_->retire();
}

Result<void> LinuxDmabuf::State::announce(wl_display* display) {
    ClientBuffer::register_with_wlroots();
    global_ = wl_global_create(
        display, &zwp_linux_dmabuf_v1_interface, static_cast<int>(options_.version), this,
        [](wl_client* client, void* state, std::uint32_t version, std::uint32_t id) {
            guard_for(client,
                      [=] { Factory::bind(client, version, id, static_cast<State*>(state)); });
        });
    if (!global_)
        return fail(Fault::NotAvailable, "the global zwp_linux_dmabuf_v1 can't be made");
    return {};
}

bool LinuxDmabuf::State::is_advertised(const ClientAccount& account, FormatModifier pair) const {
    return feedbacks_.by_default()->contains(pair) || account.was_told(pair);
}

Result<Landed> LinuxDmabuf::State::import(const std::shared_ptr<const Dmabuf>& dmabuf,
                                          std::optional<dev_t> sampling_device) const {
    // An importer may be where the embedder hears that the renderer is lost, and gives us others.
    const auto importers = living(importers_);
    const auto is_meant = [&](const Importer* importer) {
        return !sampling_device || is_same_device(*sampling_device, importer->device());
    };
    const auto land = [&](Importer& importer) {
        const auto start = std::chrono::steady_clock::now();
        auto landed = importer.land(dmabuf).and_then(
            [&](Landed&& made) { return check_made(*dmabuf, std::move(made)); });
        if (landed) {
            landed->way = importer.way();
            landed->time = std::chrono::steady_clock::now() - start;
            landed->sampling_device = sampling_device;
        }
        return landed;
    };
    auto landed = ask_in_order(importers | std::views::filter(is_meant),
                               {dmabuf->fourcc(), dmabuf->modifier()}, land);
    if (landed)
        return std::move(*landed).transform_error(error_of_import);
    return fail(Fault::Unsupported,
                sampling_device
                    ? "the sampling device that was named doesn't import this format here"
                    : "no device imports this format any more");
}

std::unique_ptr<DmabufBuffer, BufferDrop>
LinuxDmabuf::State::create_buffer(wl_client* client, ClientAccount& account, Dmabuf&& dmabuf,
                                  ClientAccount::Charge charge) {
    auto owner = buffer_owner(client, account);
    const auto image =
        std::make_shared<const ClientImage>(std::move(dmabuf), std::move(charge), owner);
    return DmabufBuffer::create(image, std::move(owner), buffers_);
}

std::shared_ptr<const DmabufBuffer::Owner>
LinuxDmabuf::State::buffer_owner(wl_client* client, ClientAccount& account) {
    auto& owner = clients_.buffer_owner(client);
    if (owner)
        return owner;
    const auto may_map = [&account](const Dmabuf& image, std::uint64_t bytes) {
        return account
            .charge({{Resource::MappedBytes, bytes},
                     {Resource::Mappings, DistinctDmabufs{image}.members().size()}})
            .transform([&](ClientAccount::Charge&& charge) {
                static_cast<const ClientImage&>(image).charge.join(std::move(charge));
            });
    };
    owner = std::make_shared<const DmabufBuffer::Owner>(
        client, account.shared_from_this(), may_map,
        [releases = releases_](BufferLock buffer) { releases->push(std::move(buffer)); },
        [disposal = disposal_, client](Disposal::Unused unused) {
            disposal->dispose(client, std::move(unused));
        });
    return owner;
}

void LinuxDmabuf::State::land(DmabufBuffer& buffer, std::optional<dev_t> sampling_device) noexcept {
    buffer.land_with([&] {
        const std::uint64_t asked = n_importer_sets_;
        auto landed = import(buffer.image(), sampling_device);
        // Once: who gives us others each time would have us do this for ever.
        if (asked != n_importer_sets_)
            landed = import(buffer.image(), sampling_device);
        if (!landed)
            return buffer.fail(std::move(landed.error()));
        const std::uint64_t charged = buffer.mapped_bytes();
        if (landed->mapped_bytes > charged) {
            if (auto may = buffer.may_map(landed->mapped_bytes - charged); !may)
                return buffer.fail(std::move(may.error()));
        }
        auto trial = landed->import ? try_out(buffer) : std::nullopt;
        buffer.land(std::move(*landed), workers_, std::move(trial));
    });
}

std::unique_ptr<ImportTrial> LinuxDmabuf::State::create_trial() {
    if (!compositor_ || !compositor_->renderer)
        return nullptr;
    return ImportTrial::create(*compositor_->renderer, wl_display_get_event_loop(display_),
                               fences_);
}

std::optional<ImportTrial::Ticket> LinuxDmabuf::State::try_out(DmabufBuffer& buffer) {
    if (!trial_ || buffer.has_passed_trial())
        return std::nullopt;
    const Dmabuf& image = *buffer.image();
    const Error error{
        Fault::ImportFailed, std::nullopt,
        formatted("this {}x{} {} dma-buf breaks the context of who draws it: its memory was made "
                  "for pixels of another format",
                  image.width(), image.height(), fourcc_name(image.fourcc()))};
    return trial_->begin(
        buffer.image(),
        [&buffer, error](bool is_borne) {
            if (is_borne)
                buffer.pass_trial();
            else
                buffer.fail(error);
        },
        [this, account = std::weak_ptr{buffer.account()}, error] {
            if (const auto still_there = account.lock())
                blame(*still_there, error);
        });
}

/// What comes once may be a driver's mistake.
void LinuxDmabuf::State::blame(const ClientAccount& account, const Error& error) {
    wl_client* client = clients_.owner_of(account);
    if (!client)
        return;
    const bool is_fatal = clients_.blame(client);
    if (is_fatal)
        wl_client_post_implementation_error(client, "%s", error.message.c_str());
    report_refusal({client, error, is_fatal, std::nullopt});
}

void LinuxDmabuf::State::report_import(wl_client* client, DmabufBuffer& buffer) {
    const auto landed = buffer.take_landed();
    if (landed)
        buffer.account()->activity().note_import(landed->time);
    if (options_.on_import && landed)
        notices_.push(client,
                      [this, client, image = buffer.image(), way = landed->way,
                       time = landed->time] { options_.on_import({client, *image, way, time}); });
}

void LinuxDmabuf::State::set_importers(std::vector<Importer*> importers,
                                       std::shared_ptr<const Feedback> feedback) {
    const std::uint64_t own_set = ++n_importer_sets_;
    // Whoever draws may find that the renderer is lost, upon which this is called within this call.
    const auto is_superseded = [&] { return own_set != n_importer_sets_; };
    auto facts =
        compositor_ && compositor_->renderer ? RendererFacts::of(compositor_->renderer) : nullptr;
    std::vector<ImporterRef> followed(importers.begin(), importers.end());
    disposal_->finish();
    if (is_superseded())
        return;
    importers_ = std::move(followed);
    surface_context_.renderer = std::move(facts);
    for (wl_list* place = buffers_.next; place != &buffers_; place = place->next) {
        DmabufBuffer& buffer = DmabufBuffer::in(place);
        if (buffer.state() == DmabufBuffer::State::Waiting ||
            (buffer.state() == DmabufBuffer::State::Failed && !buffer.was_taken()))
            continue;
        const bool is_answered = buffer.state() == DmabufBuffer::State::BeingMapped;
        const auto device = is_answered ? buffer.sampling_device() : std::nullopt;
        if (!is_answered)
            buffer.set_on_landed([&buffer] {
                // It is reported the first time alone.
                static_cast<void>(buffer.take_landed());
                if (buffer.state() == DmabufBuffer::State::Failed)
                    wlr_log(WLR_ERROR, "linux-dmabuf: a buffer can't be imported any more: %s",
                            buffer.error().message.c_str());
            });
        const auto land_again = [this, &buffer, device] { land(buffer, device); };
        const auto kind =
            is_answered ? ImportQueue::Kind::AnsweredImport : ImportQueue::Kind::Import;
        buffer.await_import(queue_.push(client_of(buffer), land_again, kind));
    }
    trial_.reset();
    auto trial = create_trial();
    if (is_superseded())
        return;
    trial_ = std::move(trial);
    // What is shown or about to be can't wait for its turn: the old textures go with the renderer.
    std::vector<BufferLock> locked;
    for (wl_list* place = buffers_.next; place != &buffers_; place = place->next) {
        DmabufBuffer& buffer = DmabufBuffer::in(place);
        if (buffer.n_locks > 0)
            locked.emplace_back(wlr_buffer_lock(&buffer));
    }
    for (const BufferLock& lock : locked)
        DmabufBuffer::from(lock.get())->import_now();
    locked.clear();
    if (surfaces_)
        surfaces_->show_again();
    disposal_->finish();
    if (!is_superseded())
        feedbacks_.renew_default(std::move(feedback));
}

FormatSet LinuxDmabuf::State::imported_formats() const {
    return tarmac::imported_formats(living(importers_));
}

void LinuxDmabuf::State::report_refusal(const Refusal& refusal) {
    pid_t pid = 0;
    wl_client_get_credentials(refusal.client, &pid, nullptr, nullptr);
    wlr_log(WLR_INFO, "linux-dmabuf: refused a request of client %d%s: %s", pid,
            refusal.fatal ? " and the client" : "", refusal.error.message.c_str());
    note_refusal(refusal);
    if (!options_.on_refusal)
        return;
    // A client that is being ended won't be there at the end of the turn.
    if (refusal.fatal)
        options_.on_refusal(refusal);
    else
        notices_.push(refusal.client,
                      [this, client = refusal.client, error = refusal.error, code = refusal.code] {
                          options_.on_refusal({client, error, false, code});
                      });
}

void LinuxDmabuf::State::note_refusal(const Refusal& refusal) {
    Snapshot::Refusal told = clients_.note_refusal(refusal.client);
    told.time = std::chrono::system_clock::now();
    told.is_fatal = refusal.fatal;
    told.reason = refusal.error.message;
    wl_signal_emit_mutable(&refused_, &told);
    refusals_.push_back(std::move(told));
    if (refusals_.size() > Snapshot::MaxRefusals)
        refusals_.pop_front();
}

} // namespace tarmac
