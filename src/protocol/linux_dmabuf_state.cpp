#include "protocol/linux_dmabuf_state.hpp"

#include <algorithm>

#include "dmabuf/device.hpp"
#include "import/dmabuf_buffer.hpp"
#include "linux-dmabuf-v1-protocol.h"
#include "protocol/client_buffer.hpp"
#include "protocol/factory.hpp"
#include "protocol/feedback_object.hpp"
#include "protocol/retire_global.hpp"

namespace tarmac {

LinuxDmabuf::State::State(wl_display* display, std::vector<Importer*> importers, Options options)
    : importers_{std::move(importers)}
    , options_{std::move(options)}
    , queue_{wl_display_get_event_loop(display), options_.import_budget} {
    wl_signal_init(&default_feedback_changed_);
}

LinuxDmabuf::State::~State() {
    if (global_)
        retire_global(global_);
    // Who listens may do so for longer.
    wl_list* listeners = &default_feedback_changed_.listener_list;
    while (!wl_list_empty(listeners)) {
        wl_list* first = listeners->next;
        wl_list_remove(first);
        wl_list_init(first);
    }
    // What waits finds nobody to import it any more, and answers so.
    queue_.finish();
}

Result<void> LinuxDmabuf::State::announce(wl_display* display) {
    ClientBuffer::register_with_wlroots();
    global_ = wl_global_create(
        display, &zwp_linux_dmabuf_v1_interface, static_cast<int>(options_.version), this,
        [](wl_client* client, void* state, std::uint32_t version, std::uint32_t id) {
            Factory::bind(client, version, id, static_cast<State*>(state));
        });
    if (!global_)
        return fail(Fault::NotAvailable, "the global zwp_linux_dmabuf_v1 can't be made");
    return {};
}

std::shared_ptr<ClientAccount> LinuxDmabuf::State::account_of(wl_client* client) {
    Client& entry = clients_[client];
    if (!entry.account) {
        entry.account = std::make_shared<ClientAccount>(options_.quotas);
        wl_client_add_destroy_listener(
            client, entry.destroyed.prepare([this, client] { clients_.erase(client); }));
    }
    return entry.account;
}

bool LinuxDmabuf::State::is_advertised(const ClientAccount& account, FormatModifier pair) const {
    return options_.feedback->contains(pair) || account.was_told(pair);
}

Result<LinuxDmabuf::State::Import>
LinuxDmabuf::State::import(const std::shared_ptr<const Dmabuf>& dmabuf,
                           std::optional<dev_t> sampling_device) const {
    const FormatModifier pair{dmabuf->fourcc(), dmabuf->modifier()};
    std::optional<Error> refused;
    for (Importer* importer : importers_) {
        if (sampling_device && !is_same_device(*sampling_device, importer->device()))
            continue;
        if (!importer->formats().contains(pair))
            continue;
        const auto start = std::chrono::steady_clock::now();
        auto texture = importer->import(dmabuf);
        if (texture)
            return Import{std::move(*texture), importer, std::chrono::steady_clock::now() - start};
        refused = std::move(texture.error());
    }
    if (refused)
        return std::unexpected(std::move(*refused));
    return fail(Fault::Unsupported,
                sampling_device
                    ? "the sampling device that was named doesn't import this format here"
                    : "no device imports this format any more");
}

Result<BufferPtr> LinuxDmabuf::State::land(wl_client* client, ClientAccount& account,
                                           const std::shared_ptr<ChargedDmabuf>& charged,
                                           std::optional<dev_t> sampling_device) {
    auto import = this->import({charged, &charged->dmabuf}, sampling_device);
    if (!import)
        return std::unexpected(import.error());
    auto mapped = account.charge(ClientAccount::Item::MappedBytes, import->texture.mapped_bytes());
    if (!mapped)
        return std::unexpected(mapped.error());
    charged->charges.push_back(std::move(*mapped));
    if (options_.on_landing)
        options_.on_landing({client, charged->dmabuf, import->importer->way(), import->time});
    BufferPtr buffer = std::move(import->texture).take_buffer();
    if (DmabufBuffer* ours = dmabuf_buffer_from(buffer.get()))
        ours->may_map = [account = account.shared_from_this(), owner = charged.get()](auto bytes) {
            auto charge = account->charge(ClientAccount::Item::MappedBytes, bytes);
            if (charge)
                owner->charges.push_back(std::move(*charge));
            return charge.has_value();
        };
    remember(*buffer);
    return buffer;
}

void LinuxDmabuf::State::remember(wlr_buffer& buffer) {
    const auto place = landed_.emplace(landed_.end());
    place->buffer = &buffer;
    place->destroyed.connect(buffer.events.destroy, [this, place] { landed_.erase(place); });
}

void LinuxDmabuf::State::set_importers(std::vector<Importer*> importers,
                                       std::shared_ptr<const Feedback> feedback) {
    importers_ = std::move(importers);
    for (const LandedBuffer& landed : landed_)
        import_again(*landed.buffer);
    if (surfaces_)
        surfaces_->show_again();
    change_default_feedback(std::move(feedback));
    for (FeedbackObject* object : feedback_objects_)
        object->repeat(*this);
}

void LinuxDmabuf::State::import_again(wlr_buffer& buffer) const {
    DmabufBuffer* ours = dmabuf_buffer_from(&buffer);
    if (!ours)
        return;
    std::string reason = "nothing imports dma-bufs";
    for (Importer* importer : importers_) {
        auto texture = importer->import(ours->dmabuf);
        if (!texture) {
            reason = std::move(texture.error().message);
            continue;
        }
        DmabufBuffer* trial = dmabuf_buffer_from(texture->buffer());
        // The client may have a buffer back that is read, and draw in what an import would show.
        if (!trial || (ours->is_read && !trial->is_read))
            continue;
        ours->is_read = trial->is_read;
        ours->pixels = std::move(trial->pixels);
        return;
    }
    wlr_log(WLR_ERROR, "linux-dmabuf: a buffer can't be imported any more: %s", reason.c_str());
}

void LinuxDmabuf::State::report_refusal(const Refusal& refusal) const {
    pid_t pid = 0;
    wl_client_get_credentials(refusal.client, &pid, nullptr, nullptr);
    wlr_log(WLR_INFO, "linux-dmabuf: refused a request of client %d%s: %s", pid,
            refusal.fatal ? " and the client" : "", refusal.error.message.c_str());
    if (options_.on_refusal)
        options_.on_refusal(refusal);
}

void LinuxDmabuf::State::set_default_feedback(std::shared_ptr<const Feedback> feedback) {
    if (feedback == options_.feedback)
        return;
    change_default_feedback(std::move(feedback));
    for (FeedbackObject* object : feedback_objects_)
        object->update(*this);
}

void LinuxDmabuf::State::change_default_feedback(std::shared_ptr<const Feedback> feedback) {
    options_.feedback = std::move(feedback);
    wl_signal_emit_mutable(&default_feedback_changed_, nullptr);
}

void LinuxDmabuf::State::set_surface_feedback(wl_resource* surface,
                                              std::shared_ptr<const Feedback> feedback) {
    if (feedback) {
        SurfaceFeedback& entry = surface_feedbacks_[surface];
        entry.feedback = std::move(feedback);
        wl_resource_add_destroy_listener(surface, entry.surface_destroyed.prepare([this, surface] {
            surface_feedbacks_.erase(surface);
        }));
    } else {
        surface_feedbacks_.erase(surface);
    }
    for (FeedbackObject* object : feedback_objects_) {
        if (object->surface() == surface)
            object->update(*this);
    }
}

std::shared_ptr<const Feedback> LinuxDmabuf::State::feedback_for(wl_resource* surface) const {
    const auto found = surface_feedbacks_.find(surface);
    return found != surface_feedbacks_.end() ? found->second.feedback : options_.feedback;
}

} // namespace tarmac
