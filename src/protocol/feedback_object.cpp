#include "protocol/feedback_object.hpp"

#include <utility>

#include "linux-dmabuf-v1-protocol.h"
#include "protocol/borrowed_array.hpp"
#include "protocol/requester.hpp"
#include "protocol/resource.hpp"

namespace tarmac {

namespace {

constexpr struct zwp_linux_dmabuf_feedback_v1_interface feedback_requests = {
    .destroy = destroy_resource,
};

} // namespace

void FeedbackObject::create(wl_resource* factory, std::uint32_t id, wl_resource* surface,
                            const std::weak_ptr<LinuxDmabuf::State>& state,
                            const std::shared_ptr<ClientAccount>& account) {
    auto charge = account->charge(Resource::FeedbackObjects);
    if (!charge)
        return Requester{factory, state, account}.post_no_memory(charge.error());
    auto* object = create_resource<FeedbackObject>(
        wl_resource_get_client(factory), zwp_linux_dmabuf_feedback_v1_interface,
        wl_resource_get_version(factory), id, &feedback_requests, surface, state, account,
        std::move(*charge));
    if (const auto shared = object ? state.lock() : nullptr) {
        object->make_due(Due::Anyway);
        object->tell(shared->feedbacks());
    }
}

FeedbackObject::FeedbackObject(wl_resource* resource, wl_resource* surface,
                               const std::weak_ptr<LinuxDmabuf::State>& state,
                               std::shared_ptr<ClientAccount> account, ClientAccount::Charge charge)
    : resource_{resource}
    , surface_{surface}
    , state_{state}
    , account_{std::move(account)}
    , charge_{std::move(charge)} {
    if (surface_)
        wl_resource_add_destroy_listener(surface_,
                                         surface_destroyed_.prepare([this] { is_inert_ = true; }));
    if (const auto shared = state_.lock())
        place_ = shared->feedbacks().add(*this);
}

FeedbackObject::~FeedbackObject() {
    if (const auto shared = state_.lock())
        shared->feedbacks().remove(place_);
}

void FeedbackObject::tell(const FeedbackRegistry& feedbacks) noexcept {
    guard_for(wl_resource_get_client(resource_), [&] { tell_if_due(feedbacks); });
}

void FeedbackObject::tell_if_due(const FeedbackRegistry& feedbacks) {
    const Due due = std::exchange(due_, Due::Nothing);
    if (due == Due::Nothing || is_inert_)
        return;
    auto feedback = feedbacks.for_surface(surface_);
    if (due == Due::IfNew && told_ &&
        told_->tells_same(*feedback, wl_resource_get_version(resource_)))
        return;
    account_->tell(feedback);
    send(*feedback);
    told_ = std::move(feedback);
}

void FeedbackObject::send(const Feedback& feedback) const {
    const bool names_sampling_devices =
        wl_resource_get_version(resource_) >=
        ZWP_LINUX_DMABUF_FEEDBACK_V1_TRANCHE_FLAGS_SAMPLING_SINCE_VERSION;

    zwp_linux_dmabuf_feedback_v1_send_format_table(resource_, feedback.table().fd(),
                                                   feedback.table().size_in_bytes());
    if (!names_sampling_devices) {
        const dev_t main_device = feedback.main_device();
        wl_array array = borrow(std::span{&main_device, 1});
        zwp_linux_dmabuf_feedback_v1_send_main_device(resource_, &array);
    }
    for (std::size_t i = 0; i < feedback.tranches().size(); ++i) {
        const Tranche& tranche = feedback.tranches()[i];
        const dev_t target = tranche.target_device;
        wl_array device = borrow(std::span{&target, 1});
        zwp_linux_dmabuf_feedback_v1_send_tranche_target_device(resource_, &device);

        auto flags = static_cast<std::uint32_t>(tranche.flags);
        if (!names_sampling_devices)
            flags &= ~static_cast<std::uint32_t>(TrancheFlags::Sampling);
        zwp_linux_dmabuf_feedback_v1_send_tranche_flags(resource_, flags);

        for (const auto& part : in_parts(feedback.indices(i))) {
            wl_array formats = borrow(std::span{part});
            zwp_linux_dmabuf_feedback_v1_send_tranche_formats(resource_, &formats);
        }
        zwp_linux_dmabuf_feedback_v1_send_tranche_done(resource_);
    }
    zwp_linux_dmabuf_feedback_v1_send_done(resource_);
}

} // namespace tarmac
