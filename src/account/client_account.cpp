#include "account/client_account.hpp"

#include <algorithm>
#include <format>
#include <sys/resource.h>

namespace tarmac {

namespace {

constexpr std::array<const char*, ClientAccount::ItemCount> ItemNames = {
    "unused params objects",
    "file descriptors of planes",
    "buffers",
    "mapped bytes",
    "bytes of copies",
    "held commits"};

} // namespace

std::uint64_t default_descriptor_quota() noexcept {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur / 4;
}

ClientAccount::ClientAccount(const Quotas& quotas, std::function<bool()> make_room) noexcept
    : quotas_{quotas.params,       quotas.descriptors,  quotas.buffers,
              quotas.mapped_bytes, quotas.copied_bytes, quotas.held_commits}
    , make_room_{std::move(make_room)} {}

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
    const bool is_of_images = item != Item::Params && item != Item::HeldCommits;
    while (quota != 0 && amount > quota - std::min(quota, used_[index])) {
        if (!is_of_images || amount > quota || !make_room_ || !make_room_())
            return fail(Fault::OutOfResources, refusal(item));
    }
    used_[index] += amount;
    return Charge{shared_from_this(), item, amount};
}

std::string ClientAccount::refusal(Item item) const {
    const auto index = static_cast<std::size_t>(item);
    return std::format("the client's quota of {} {} is used up", quotas_[index], ItemNames[index]);
}

void ClientAccount::tell(const std::shared_ptr<const Feedback>& feedback) {
    if (feedback == last_told_.lock())
        return;
    for (const FormatModifier& pair : feedback->table().formats())
        told_.add(pair);
    last_told_ = feedback;
}

} // namespace tarmac
