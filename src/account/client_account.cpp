#include "account/client_account.hpp"

#include <algorithm>

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

} // namespace

ClientAccount::ClientAccount(std::shared_ptr<Account> account, std::function<bool()> make_room)
    : account_{std::move(account)}, make_room_{std::move(make_room)} {}

ClientAccount::~ClientAccount() {
    if (has_descriptors_)
        account_->give_back(Resource::Connections, 1);
}

std::uint64_t ClientAccount::own_left(Resource resource) {
    if (resource == Resource::Descriptors && !has_descriptors_)
        has_descriptors_ = account_->take_first(Resource::Connections);
    const std::uint64_t own = resource == Resource::Descriptors
                                  ? (has_descriptors_ ? OwnDescriptors : 0)
                                  : account_->own_of_connection(resource);
    return own - own_used_[static_cast<std::size_t>(resource)];
}

ClientAccount::Charge& ClientAccount::Charge::operator=(Charge&& other) noexcept {
    std::swap(client_, other.client_);
    std::swap(resource_, other.resource_);
    std::swap(shared_, other.shared_);
    std::swap(own_, other.own_);
    return *this;
}

ClientAccount::Charge::~Charge() {
    if (!client_)
        return;
    client_->own_used_[static_cast<std::size_t>(resource_)] -= own_;
    client_->held_[static_cast<std::size_t>(resource_)] -= shared_ + own_;
    client_->account_->give_back(resource_, shared_);
}

void ClientAccount::set_bounds(const Quotas& most) noexcept {
    bounds_ = most;
}

Result<void> ClientAccount::check_bound(Resource resource, std::uint64_t n) const {
    const std::uint64_t held = held_[static_cast<std::size_t>(resource)];
    const std::uint64_t bound = amount_in(bounds_, resource);
    if (held <= bound && n <= bound - held)
        return {};
    return fail(Fault::OutOfResources,
                formatted("{} more {} are beyond the {} that this connection may hold, and it "
                          "holds {}",
                          n, name_of(resource), bound, held));
}

Result<ClientAccount::Charge> ClientAccount::charge(Resource resource, std::uint64_t n) {
    for (;;) {
        const std::uint64_t own = std::min(n, own_left(resource));
        auto taken = check_bound(resource, n);
        const bool is_beyond_bound = !taken;
        if (taken && own < n)
            taken = account_->take(resource, n - own);
        if (taken) {
            own_used_[static_cast<std::size_t>(resource)] += own;
            held_[static_cast<std::size_t>(resource)] += n;
            Charge charge;
            charge.client_ = shared_from_this();
            charge.resource_ = resource;
            charge.shared_ = n - own;
            charge.own_ = own;
            return charge;
        }
        const bool can_make_room = is_of_images(resource) && make_room_ &&
                                   n <= amount_in(bounds_, resource) &&
                                   account_->could_hold(resource, n - own);
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

Result<ClientAccount::Charges>
ClientAccount::charge(std::initializer_list<std::pair<Resource, std::uint64_t>> amounts) {
    Charges charges;
    for (const auto& [resource, n] : amounts) {
        auto made = charge(resource, n);
        if (!made)
            return std::unexpected(made.error());
        charges.push_back(std::move(*made));
    }
    return charges;
}

void ClientAccount::tell(const std::shared_ptr<const Feedback>& feedback) {
    if (feedback == last_told_.lock())
        return;
    for (const FormatModifier& pair : feedback->table().formats())
        told_.add(pair);
    last_told_ = feedback;
}

} // namespace tarmac
