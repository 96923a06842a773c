#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <tarmac/error.hpp>
#include <tarmac/quotas.hpp>
#include <unordered_map>

namespace tarmac {

/// What a client can make this process hold: see Quotas.
enum class Resource : std::uint8_t {
    Params,
    FeedbackObjects,
    Binds,
    Buffers,
    HeldCommits,
    Descriptors, ///< that are shared
    Mappings,
    MappedBytes,
    CopiedBytes,
    Connections, ///< that have descriptors set aside for them
};
inline constexpr std::size_t ResourceCount = 10;

/// In words, of several.
const char* name_of(Resource resource) noexcept;
/// What `quotas` has of it; Unlimited where it says nothing of it.
std::uint64_t amount_in(const Quotas& quotas, Resource resource) noexcept;

/// Descriptors that are set aside for each connection.
inline constexpr std::uint64_t OwnDescriptors = 24;

/// Whether an account that holds `held`, where `free` is what nobody holds, may have `n` more: the
/// rule in Quotas.
constexpr bool is_within_share(std::uint64_t held, std::uint64_t free, std::uint64_t n) noexcept {
    const std::uint64_t share = (held + free) / 2;
    return held <= share && n <= share - held;
}

class Account;

/// What there is of each resource, and the accounts that hold some of it. Accounts keep it.
class Ledger : public std::enable_shared_from_this<Ledger> {
public:
    /// `on_met`, if given, is told once for each account and resource that its share was met, and
    /// once for each connection and resource that its bound was.
    explicit Ledger(const Quotas& quotas,
                    std::function<void(const std::string& sentence)> on_met = {});
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    /// The account of that name, made if there is none. It is there as long as somebody has it.
    std::shared_ptr<Account> account(const std::string& name);

private:
    friend Account;
    struct Pool {
        std::uint64_t total = 0, held = 0;
        std::uint64_t free() const noexcept { return total - held; }
    };

    std::array<Pool, ResourceCount> pools_;
    std::unordered_map<std::string, std::weak_ptr<Account>> accounts_;
    std::function<void(const std::string&)> on_met_;
};

/// Who holds things: a process, an application or a connection.
class Account {
public:
    Account(std::shared_ptr<Ledger> ledger, std::string name);
    ~Account();
    Account(const Account&) = delete;
    Account& operator=(const Account&) = delete;

    /// Fails with OutOfResources, and takes nothing, beyond the account's share.
    Result<void> take(Resource resource, std::uint64_t n);
    /// As take(), but an account that holds none gets one of what there is.
    bool take_first(Resource resource);
    bool may_take_first(Resource resource) const noexcept;
    void give_back(Resource resource, std::uint64_t n) noexcept;
    /// How many more take() allows.
    std::uint64_t left(Resource resource) const noexcept;
    /// Of its share.
    std::uint64_t held(Resource resource) const noexcept {
        return held_[static_cast<std::size_t>(resource)];
    }
    const std::string& name() const noexcept { return name_; }
    /// What each of its connections has besides, whatever others hold. Not of Descriptors, of which
    /// there is only so much to set aside.
    std::uint64_t own_of_connection(Resource resource) const noexcept;
    /// Whether it could ever hold as much.
    bool could_hold(Resource resource, std::uint64_t n) const noexcept;
    /// Says, once for each resource, that its share was met.
    void note_met(Resource resource, const Error& error);
    /// Says that something else than its share was met, each time.
    void tell_met(const Error& error) const;

private:
    std::shared_ptr<Ledger> ledger_;
    std::string name_;
    std::array<std::uint64_t, ResourceCount> held_{};
    std::array<bool, ResourceCount> is_told_{};
};

} // namespace tarmac
