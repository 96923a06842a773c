#include "protocol/factory.hpp"

#include <drm_fourcc.h>
#include <unordered_map>

#include "account/process_name.hpp"
#include "dmabuf/formatted.hpp"
#include "linux-dmabuf-v1-protocol.h"
#include "protocol/buffer_params.hpp"
#include "protocol/feedback_object.hpp"
#include "protocol/resource.hpp"

namespace tarmac {

namespace {

constexpr struct zwp_linux_dmabuf_v1_interface factory_requests = {
    .destroy = destroy_resource,
    .create_params =
        [](wl_client* client, wl_resource* resource, std::uint32_t id) {
            guard_for(client, [=] { object_of<Factory>(resource).create_params(id); });
        },
    .get_default_feedback =
        [](wl_client* client, wl_resource* resource, std::uint32_t id) {
            guard_for(client, [=] { object_of<Factory>(resource).get_feedback(id, nullptr); });
        },
    .get_surface_feedback =
        [](wl_client* client, wl_resource* resource, std::uint32_t id, wl_resource* surface) {
            guard_for(client, [=] { object_of<Factory>(resource).get_feedback(id, surface); });
        },
};

// Xwayland before 23.1 allocates linear buffers, slow to draw to, once it is told of that modifier
// even next to the implicit one: https://gitlab.freedesktop.org/xorg/xserver/-/issues/1166.
bool is_xwayland(wl_client* client) {
    pid_t pid = 0;
    wl_client_get_credentials(client, &pid, nullptr, nullptr);
    return process_name(pid) == "Xwayland";
}

/// For objects that do nothing. One for each client: binding again gets it no more.
std::shared_ptr<ClientAccount> account_without_global(wl_client* client) {
    thread_local const auto ledger = std::make_shared<Ledger>(Quotas{});
    thread_local std::unordered_map<wl_client*, std::weak_ptr<ClientAccount>> accounts;
    std::erase_if(accounts, [](const auto& entry) { return entry.second.expired(); });
    std::weak_ptr<ClientAccount>& known = accounts[client];
    auto account = known.lock();
    if (!account) {
        account = std::make_shared<ClientAccount>(
            ledger->account(formatted("client {}", static_cast<const void*>(client))));
        known = account;
    }
    return account;
}

} // namespace

void Factory::bind(wl_client* client, std::uint32_t version, std::uint32_t id,
                   LinuxDmabuf::State* state) {
    // Who is refused holds objects and descriptors too, and is kept to a share like anybody.
    auto account = state ? state->clients().account_of(client) : account_without_global(client);
    const bool is_admitted = state && state->clients().admits(client);
    auto charge = account->charge(Resource::Binds);
    if (!charge) {
        wl_client_post_no_memory(client);
        if (state)
            state->report_refusal({client, charge.error(), true, std::nullopt});
        return;
    }
    if (!is_admitted)
        state = nullptr;
    const ForeignGlobalWatch::OwnBind own;
    const auto* factory = create_resource<Factory>(client, zwp_linux_dmabuf_v1_interface,
                                                   static_cast<int>(version), id, &factory_requests,
                                                   state, std::move(account), std::move(*charge));
    if (factory && state && version < ZWP_LINUX_DMABUF_V1_GET_DEFAULT_FEEDBACK_SINCE_VERSION)
        factory->advertise(state->feedbacks().by_default());
}

bool Factory::is_behind(wl_resource* resource) noexcept {
    return wl_resource_instance_of(resource, &zwp_linux_dmabuf_v1_interface, &factory_requests) !=
           0;
}

Factory::Factory(wl_resource* resource, LinuxDmabuf::State* state,
                 std::shared_ptr<ClientAccount> account, ClientAccount::Charge charge)
    : resource_{resource}
    , state_{state ? state->weak_from_this() : std::weak_ptr<LinuxDmabuf::State>{}}
    , account_{std::move(account)}
    , charge_{std::move(charge)} {}

void Factory::advertise(const std::shared_ptr<const Feedback>& feedback) const {
    const bool hears_modifiers =
        wl_resource_get_version(resource_) >= ZWP_LINUX_DMABUF_V1_MODIFIER_SINCE_VERSION;
    const FormatSet& formats = feedback->table().formats();
    const bool hides_linear = hears_modifiers && is_xwayland(wl_resource_get_client(resource_));
    for (const auto& [fourcc, modifier] : formats) {
        // A client that can't name a modifier means the implicit one.
        if (modifier == DRM_FORMAT_MOD_INVALID)
            zwp_linux_dmabuf_v1_send_format(resource_, fourcc);
        if (hides_linear && modifier == DRM_FORMAT_MOD_LINEAR &&
            formats.contains({fourcc, DRM_FORMAT_MOD_INVALID}))
            continue;
        if (hears_modifiers)
            zwp_linux_dmabuf_v1_send_modifier(resource_, fourcc,
                                              static_cast<std::uint32_t>(modifier >> 32),
                                              static_cast<std::uint32_t>(modifier));
    }
    account_->tell(feedback);
}

void Factory::create_params(std::uint32_t id) const {
    BufferParams::create(resource_, id, state_, account_);
}

void Factory::get_feedback(std::uint32_t id, wl_resource* surface) const {
    FeedbackObject::create(resource_, id, surface, state_, account_);
}

} // namespace tarmac
