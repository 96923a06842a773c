#include "account/client_account.hpp"

#include <algorithm>
#include <utility>

#include "dmabuf/formatted.hpp"

namespace tarmac {

namespace {

/// Whether something of it may be given back at once, see Disposal.
bool is_of_images(Resource resource) {
    switch (resource) {
    case Resource::Buffers:
    case Resource::Descriptors:
    case Resource::Mappings:
    case Resource::MappedBytes:
    case Resource::CopiedBytes:
        return true;
    default:
        return false;
    }
}

/// Once for all who ask for those of the same feedback one after the other. Without its table,
/// which has a descriptor.
std::shared_ptr<const FormatSet> formats_of(const std::shared_ptr<const Feedback>& feedback) {
    thread_local std::weak_ptr<const Feedback> last_feedback;
    thread_local std::weak_ptr<const FormatSet> last_formats;
    auto formats = last_formats.lock();
    if (!formats || last_feedback.lock() != feedback) {
        formats = std::make_shared<const FormatSet>(feedback->table().formats());
        last_feedback = feedback;
        last_formats = formats;
    }
    return formats;
}

} // namespace

ClientAccount::ClientAccount(std::shared_ptr<Account> account, std::function<bool()> make_room,
                             std::uint64_t id)
    : account_{std::move(account)}, id_{id}, make_room_{std::move(make_room)} {}

ClientAccount::~ClientAccount() {
    if (has_descriptors_)
        account_->give_back(Resource::Connections, 1);
}

std::uint64_t ClientAccount::own_left(Resource resource) const noexcept {
    const std::uint64_t own = resource == Resource::Descriptors
                                  ? (has_descriptors_ ? OwnDescriptors : 0)
                                  : account_->own_of_connection(resource);
    return own - own_used_[static_cast<std::size_t>(resource)];
}

std::uint64_t ClientAccount::left(Resource resource) const noexcept {
    const std::uint64_t bound = std::min(amount_in(bounds_, resource), Charge::Most);
    const std::uint64_t by_bound = bound - std::min(bound, held(resource));
    const bool gets_descriptors = resource == Resource::Descriptors && !has_descriptors_ &&
                                  account_->may_take_first(Resource::Connections);
    const std::uint64_t own = gets_descriptors ? OwnDescriptors : own_left(resource);
    return std::min(by_bound, own + account_->left(resource));
}

ClientAccount::Charge& ClientAccount::Charge::operator=(Charge&& other) noexcept {
    std::swap(client_, other.client_);
    std::swap(amounts_, other.amounts_);
    return *this;
}

ClientAccount::Charge::~Charge() {
    for (const Amount& amount : amounts_)
        client_->give_back(amount);
}

void ClientAccount::Charge::join(Charge&& other) {
    amounts_.reserve(amounts_.size() + other.amounts_.size());
    for (const Amount& added : std::exchange(other.amounts_, {})) {
        const auto known = std::ranges::find_if(amounts_, [&](const Amount& amount) {
            return amount.resource == added.resource && amount.is_own == added.is_own;
        });
        if (known != amounts_.end())
            known->n += added.n;
        else
            amounts_.push_back(added);
    }
    if (!client_)
        client_ = std::move(other.client_);
}

void ClientAccount::give_back(Charge::Amount amount) noexcept {
    held_[amount.resource] -= amount.n;
    if (amount.is_own)
        own_used_[amount.resource] -= amount.n;
    else
        account_->give_back(static_cast<Resource>(amount.resource), amount.n);
}

void ClientAccount::set_bounds(const Quotas& most) noexcept {
    bounds_ = most;
}

Result<void> ClientAccount::check_bound(Resource resource, std::uint64_t n) const {
    const std::uint64_t held = held_[static_cast<std::size_t>(resource)];
    const std::uint64_t bound = std::min(amount_in(bounds_, resource), Charge::Most);
    if (held <= bound && n <= bound - held)
        return {};
    return fail(Fault::OutOfResources,
                formatted("{} more {} are beyond the {} that this connection may hold, and it "
                          "holds {}",
                          n, name_of(resource), bound, held));
}

Result<ClientAccount::Charge> ClientAccount::charge(Resource resource, std::uint64_t n) {
    for (;;) {
        if (resource == Resource::Descriptors && !has_descriptors_)
            has_descriptors_ = account_->take_first(Resource::Connections);
        const std::uint64_t own = std::min(n, own_left(resource)), shared = n - own;
        Charge charge;
        charge.amounts_.reserve((own > 0) + (shared > 0));
        auto taken = check_bound(resource, n);
        const bool is_beyond_bound = !taken;
        if (taken && shared > 0)
            taken = account_->take(resource, shared);
        if (taken) {
            const auto index = static_cast<std::size_t>(resource);
            own_used_[index] += own;
            held_[index] += n;
            charge.client_ = shared_from_this();
            if (own > 0)
                charge.amounts_.push_back({.n = own, .is_own = true, .resource = index});
            if (shared > 0)
                charge.amounts_.push_back({.n = shared, .is_own = false, .resource = index});
            return charge;
        }
        const bool can_make_room = is_of_images(resource) && make_room_ &&
                                   n <= amount_in(bounds_, resource) &&
                                   account_->could_hold(resource, shared);
        if (!can_make_room || !make_room_()) {
            bool& is_bound_told = is_bound_told_[static_cast<std::size_t>(resource)];
            if (!is_beyond_bound)
                account_->note_met(resource, taken.error());
            else if (!std::exchange(is_bound_told, true))
                account_->tell_met(taken.error());
            return std::unexpected(taken.error());
        }
    }
}

Result<ClientAccount::Charge>
ClientAccount::charge(std::initializer_list<std::pair<Resource, std::uint64_t>> amounts) {
    Charge all;
    for (const auto& [resource, n] : amounts) {
        auto made = charge(resource, n);
        if (!made)
            return std::unexpected(made.error());
        all.join(std::move(*made));
    }
    return all;
}

void ClientAccount::tell(const std::shared_ptr<const Feedback>& feedback) {
    if (feedback == last_told_.lock())
        return;
    if (!told_) {
        told_ = formats_of(feedback);
    } else if (!std::ranges::all_of(feedback->table().formats(),
                                    [this](FormatModifier pair) { return was_told(pair); })) {
        auto all = std::make_shared<FormatSet>(*told_);
        for (const FormatModifier& pair : feedback->table().formats())
            all->add(pair);
        told_ = std::move(all);
    }
    last_told_ = feedback;
}

} // namespace tarmac
