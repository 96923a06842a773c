#pragma once

#include <array>
#include <functional>
#include <initializer_list>
#include <memory>
#include <tarmac/dmabuf.hpp>
#include <tarmac/feedback.hpp>
#include <utility>
#include <vector>

#include "account/activity.hpp"
#include "account/ledger.hpp"

namespace tarmac {

/// A connection: whose account it draws on, what is set aside for it, what it was told and what it
/// did. Shared by the client's objects and what they made.
class ClientAccount : public std::enable_shared_from_this<ClientAccount> {
public:
    /// `make_room`, if given, is called when a charge for an image would exceed the share, until it
    /// doesn't or nothing is left that could be given back: then it returns false.
    /// `id` tells it from all others, for who looks.
    explicit ClientAccount(std::shared_ptr<Account> account, std::function<bool()> make_room = {},
                           std::uint64_t id = 0);
    ~ClientAccount();
    ClientAccount(const ClientAccount&) = delete;
    ClientAccount& operator=(const ClientAccount&) = delete;

    std::uint64_t id() const noexcept { return id_; }
    const Account& account() const noexcept { return *account_; }
    /// Made when it is first asked for: most of who binds the global show nothing.
    Activity& activity() {
        if (!activity_)
            activity_ = std::make_unique<Activity>();
        return *activity_;
    }
    /// nullptr as long as there was none.
    const Activity* known_activity() const noexcept { return activity_.get(); }

    std::uint64_t held(Resource resource) const noexcept {
        return held_[static_cast<std::size_t>(resource)];
    }
    /// What of that is the connection's own, and not of its account's share.
    std::uint64_t own_held(Resource resource) const noexcept {
        return own_used_[static_cast<std::size_t>(resource)];
    }
    /// How many more charge() allows, as things are and without making room.
    std::uint64_t left(Resource resource) const noexcept;

    /// The most that this connection may hold, whatever its share. What it holds already stays.
    void set_bounds(const Quotas& most) noexcept;

    /// Amounts of resources, given back when this goes.
    class Charge {
    public:
        Charge() = default; ///< of nothing
        Charge(Charge&&) noexcept = default;
        Charge& operator=(Charge&& other) noexcept;
        ~Charge();

        /// Takes over what is in `other`, of the same connection.
        void join(Charge&& other);

    private:
        friend ClientAccount;

        static constexpr std::uint64_t Most = (std::uint64_t{1} << 55) - 1;
        /// Small, since there are some for each buffer.
        struct Amount {
            std::uint64_t n : 55;     ///< Most at most
            std::uint64_t is_own : 1; ///< of the connection's own
            std::uint64_t resource : 8;
        };

        std::shared_ptr<ClientAccount> client_;
        std::vector<Amount> amounts_; ///< one of each kind
    };

    /// Fails with OutOfResources, and charges nothing, beyond the account's share or the
    /// connection's bounds.
    Result<Charge> charge(Resource resource, std::uint64_t n = 1);
    /// All of them or none.
    Result<Charge> charge(std::initializer_list<std::pair<Resource, std::uint64_t>> amounts);

    /// Remembers that the client knows what `feedback` advertises.
    void tell(const std::shared_ptr<const Feedback>& feedback);
    bool was_told(FormatModifier pair) const { return told_ && told_->contains(pair); }
    /// What it was told last; nullptr once nobody uses that any more.
    std::shared_ptr<const Feedback> last_told() const noexcept { return last_told_.lock(); }

private:
    Result<void> check_bound(Resource resource, std::uint64_t n) const;
    void give_back(Charge::Amount amount) noexcept;
    /// What it has of its own and doesn't use yet.
    std::uint64_t own_left(Resource resource) const noexcept;

    std::shared_ptr<Account> account_;
    std::uint64_t id_;
    std::unique_ptr<Activity> activity_;
    std::function<bool()> make_room_;
    bool has_descriptors_ = false; ///< set aside for it, from its first charge on
    std::array<std::uint64_t, ResourceCount> own_used_{};
    std::array<std::uint64_t, ResourceCount> held_{}; ///< in all
    std::array<bool, ResourceCount> is_bound_told_{}; ///< that it was met; of shares Account knows
    Quotas bounds_ = Quotas::unlimited();
    /// Never less: a client may use for a while what it was told before a change. Shared by those
    /// that were told the same.
    std::shared_ptr<const FormatSet> told_;
    std::weak_ptr<const Feedback> last_told_; ///< whose table it needn't keep
};

} // namespace tarmac
