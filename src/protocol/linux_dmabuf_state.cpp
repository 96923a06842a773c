#include "protocol/linux_dmabuf_state.hpp"

#include <format>

#include "dmabuf/device.hpp"
#include "linux-dmabuf-v1-protocol.h"
#include "protocol/client_buffer.hpp"
#include "protocol/factory.hpp"
#include "protocol/feedback_object.hpp"

namespace tarmac {

LinuxDmabuf::State::State(Importer& importer, Options options)
    : importer_{importer}
    , options_{std::move(options)} {}

LinuxDmabuf::State::~State() {
    if (global_)
        wl_global_destroy(global_);
}

Result<void> LinuxDmabuf::State::announce(wl_display* display) {
    ClientBuffer::register_with_wlroots();
    global_ = wl_global_create(display, &zwp_linux_dmabuf_v1_interface,
                               static_cast<int>(options_.version), this,
                               [](wl_client* client, void* state, std::uint32_t version,
                                  std::uint32_t id) {
                                   Factory::bind(client, version, id,
                                                 *static_cast<State*>(state));
                               });
    if (!global_)
        return fail(Fault::NotAvailable, "the global zwp_linux_dmabuf_v1 can't be made");
    return {};
}

bool LinuxDmabuf::State::is_advertised(FormatModifier pair) const {
    if (options_.feedback->contains(pair))
        return true;
    for (const auto& [surface, entry] : surface_feedbacks_) {
        if (entry.feedback->contains(pair))
            return true;
    }
    return false;
}

Result<BufferPtr> LinuxDmabuf::State::land(wl_client* client, unsigned version, Dmabuf dmabuf,
                                           std::optional<dev_t> sampling_device) {
    if (!is_advertised({dmabuf.fourcc(), dmabuf.modifier()})) {
        const Fault fault = version >= ZWP_LINUX_DMABUF_V1_GET_DEFAULT_FEEDBACK_SINCE_VERSION
                                ? Fault::InvalidFormat
                                : Fault::Unsupported;
        return fail(fault, std::format("{} with modifier {} was not advertised",
                                       fourcc_name(dmabuf.fourcc()),
                                       modifier_name(dmabuf.modifier())));
    }
    if (sampling_device && !is_same_device(*sampling_device, importer_.device()))
        return fail(Fault::Unsupported, "the sampling device is not one that samples here");

    const auto shared = std::make_shared<const Dmabuf>(std::move(dmabuf));
    const auto start = std::chrono::steady_clock::now();
    auto texture = importer_.import(shared);
    if (!texture)
        return std::unexpected(texture.error());
    if (options_.on_landing)
        options_.on_landing({client, *shared, importer_.way(),
                             std::chrono::steady_clock::now() - start});
    return std::move(*texture).take_buffer();
}

void LinuxDmabuf::State::report_refusal(wl_client* client, const Error& error, bool fatal) const {
    if (options_.on_refusal)
        options_.on_refusal({client, error, fatal});
}

void LinuxDmabuf::State::set_default_feedback(std::shared_ptr<const Feedback> feedback) {
    options_.feedback = std::move(feedback);
    update_feedback_objects();
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
    update_feedback_objects();
}

std::shared_ptr<const Feedback> LinuxDmabuf::State::feedback_for(wl_resource* surface) const {
    const auto found = surface_feedbacks_.find(surface);
    return found != surface_feedbacks_.end() ? found->second.feedback : options_.feedback;
}

void LinuxDmabuf::State::update_feedback_objects() {
    for (FeedbackObject* object : feedback_objects_)
        object->update(*this);
}

} // namespace tarmac
