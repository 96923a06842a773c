#pragma once

#include <algorithm>
#include <cstdint>

#include "protocol/linux_dmabuf_state.hpp"

namespace tarmac {

/// A client's zwp_linux_dmabuf_feedback_v1, owned by its resource. Inert once its surface or the
/// global is gone.
class FeedbackObject {
public:
    /// For `surface`, or the default if it is nullptr; tells the client at once. Posts no_memory
    /// if the client has its share of them.
    static void create(wl_resource* factory, std::uint32_t id, wl_resource* surface,
                       const std::weak_ptr<LinuxDmabuf::State>& state,
                       const std::shared_ptr<ClientAccount>& account);

    FeedbackObject(wl_resource* resource, wl_resource* surface,
                   const std::weak_ptr<LinuxDmabuf::State>& state,
                   std::shared_ptr<ClientAccount> account, ClientAccount::Charge charge);
    ~FeedbackObject();

    /// What the next tell() does, at least.
    enum class Due : std::uint8_t {
        Nothing,
        IfNew, ///< tells the client unless it was told just that
        Anyway,
    };
    void make_due(Due due) { due_ = std::max(due_, due); }
    /// Tells the client what `feedbacks` has for it, if that is due.
    void tell(const FeedbackRegistry& feedbacks) noexcept;

    /// nullptr for the default; may be gone.
    const wl_resource* surface() const { return surface_; }
    bool is_inert() const { return is_inert_; }
    const std::shared_ptr<ClientAccount>& account() const { return account_; }
    /// nullptr before it was told anything.
    const std::shared_ptr<const Feedback>& told() const { return told_; }

private:
    void tell_if_due(const FeedbackRegistry& feedbacks);
    void send(const Feedback& feedback) const;

    wl_resource* resource_;
    wl_resource* surface_;
    bool is_inert_ = false;
    Due due_ = Due::Nothing;
    Listener surface_destroyed_;
    std::weak_ptr<LinuxDmabuf::State> state_;
    std::shared_ptr<ClientAccount> account_;
    ClientAccount::Charge charge_;
    std::shared_ptr<const Feedback> told_;      ///< and no other with the same content
    FeedbackRegistry::Objects::iterator place_; ///< valid while state_ is
};

} // namespace tarmac
