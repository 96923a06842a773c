#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tarmac/dmabuf.hpp>
#include <tarmac/feedback.hpp>
#include <tarmac/quotas.hpp>
#include <vector>

namespace tarmac {

/// What one client holds and what it was told. Shared by the client's objects and what they made.
class ClientAccount : public std::enable_shared_from_this<ClientAccount> {
public:
    enum class Item { Params, Descriptors, Buffers, MappedBytes, CopiedBytes, HeldCommits };
    static constexpr std::size_t ItemCount = 6;

    /// `make_room`, if given, is called when a charge for an image would exceed a quota, until it
    /// doesn't or nothing is left that could be given back: then it returns false.
    explicit ClientAccount(const Quotas& quotas, std::function<bool()> make_room = {}) noexcept;

    /// An amount of some item, given back when this goes.
    class Charge {
    public:
        Charge(Charge&&) noexcept = default;
        Charge& operator=(Charge&& other) noexcept;
        ~Charge();

    private:
        friend ClientAccount;
        Charge(std::shared_ptr<ClientAccount> account, Item item, std::uint64_t amount)
            : account_{std::move(account)}, item_{item}, amount_{amount} {}

        std::shared_ptr<ClientAccount> account_;
        Item item_;
        std::uint64_t amount_;
    };

    /// The sentence for what is beyond the quota.
    std::string refusal(Item item) const;
    /// Fails with OutOfResources, and charges nothing, if that would exceed the client's quota.
    Result<Charge> charge(Item item, std::uint64_t amount = 1);

    /// Remembers that the client knows what `feedback` advertises.
    void tell(const std::shared_ptr<const Feedback>& feedback);
    bool was_told(FormatModifier pair) const { return told_.contains(pair); }

private:
    std::array<std::uint64_t, ItemCount> quotas_, used_{};
    std::function<bool()> make_room_;
    FormatSet told_; ///< never less: a client may use for a while what it was told before a change
    std::weak_ptr<const Feedback> last_told_; ///< whose table it needn't keep
};

/// A dma-buf with what the client is charged for it, to be given back when the last reader of the
/// buffer is done, which may be long after the wl_buffer has gone.
struct ChargedDmabuf {
    Dmabuf dmabuf;
    std::uint64_t size; ///< of its memory, in bytes, roughly
    std::vector<ClientAccount::Charge> charges;
};

} // namespace tarmac
