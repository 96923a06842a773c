#pragma once

#include "protocol/linux_dmabuf_state.hpp"

namespace tarmac {

/// A client's zwp_linux_dmabuf_v1, owned by its resource: makes the other objects.
class Factory {
public:
    /// Also tells clients below version 4, which have no feedback objects, all formats at once. For
    /// a client that binds just when the global goes, `state` is nullptr: its objects do nothing,
    /// nor do those of a client that the policy refuses.
    static void bind(wl_client* client, std::uint32_t version, std::uint32_t id,
                     LinuxDmabuf::State* state);

    /// Whether `resource` is a zwp_linux_dmabuf_v1 of any LinuxDmabuf's, be it gone.
    static bool is_behind(wl_resource* resource) noexcept;

    Factory(wl_resource* resource, LinuxDmabuf::State* state,
            std::shared_ptr<ClientAccount> account, ClientAccount::Charge charge);

    void create_params(std::uint32_t id) const;
    /// `surface` nullptr means the default feedback.
    void get_feedback(std::uint32_t id, wl_resource* surface) const;

private:
    void advertise(const std::shared_ptr<const Feedback>& feedback) const;

    wl_resource* resource_;
    std::weak_ptr<LinuxDmabuf::State> state_;
    std::shared_ptr<ClientAccount> account_;
    ClientAccount::Charge charge_;
};

} // namespace tarmac
