#include "protocol/client_account.hpp"

#include <algorithm>
#include <format>

namespace tarmac {

namespace {

// A client may use for a while what it was told before a change; not for ever.
constexpr std::size_t MaxRemembered = 64;

constexpr std::array<const char*, 4> ItemNames = {"unused params objects",
                                                  "file descriptors in unused params", "buffers",
                                                  "mapped bytes"};

} // namespace

ClientAccount::ClientAccount(const Quotas& quotas) noexcept
    : quotas_{quotas.params, quotas.descriptors, quotas.buffers, quotas.mapped_bytes} {}

ClientAccount::Charge& ClientAccount::Charge::operator=(Charge&& other) noexcept {
    std::swap(account_, other.account_);
    std::swap(item_, other.item_);
    std::swap(amount_, other.amount_);
    return *this;
}

ClientAccount::Charge::~Charge() {
    if (account_)
        account_->used_[static_cast<std::size_t>(item_)] -= amount_;
}

Result<ClientAccount::Charge> ClientAccount::charge(Item item, std::uint64_t amount) {
    const auto index = static_cast<std::size_t>(item);
    const std::uint64_t quota = quotas_[index];
    if (quota != 0 && amount > quota - std::min(quota, used_[index]))
        return fail(Fault::OutOfResources, std::format("the client's quota of {} {} is used up",
                                                       quota, ItemNames[index]));
    used_[index] += amount;
    return Charge{shared_from_this(), item, amount};
}

void ClientAccount::tell(std::shared_ptr<const Feedback> feedback) {
    std::erase(told_, feedback);
    if (told_.size() == MaxRemembered)
        told_.erase(told_.begin());
    told_.push_back(std::move(feedback));
}

bool ClientAccount::was_told(FormatModifier pair) const {
    return std::ranges::any_of(
        told_, [pair](const auto& feedback) { return feedback->contains(pair); });
}

} // namespace tarmac
