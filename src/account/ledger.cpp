#include "account/ledger.hpp"

#include <algorithm>
#include <utility>

#include "dmabuf/formatted.hpp"

namespace tarmac {

namespace {

constexpr std::array<const char*, ResourceCount> Names = {
    "unused params objects",
    "feedback objects",
    "binds of the global",
    "buffers",
    "held commits",
    "file descriptors",
    "mappings",
    "mapped bytes",
    "bytes of copies",
    "connections with file descriptors set aside",
};

std::size_t index_of(Resource resource) {
    return static_cast<std::size_t>(resource);
}

} // namespace

const char* name_of(Resource resource) noexcept {
    return Names[index_of(resource)];
}

std::uint64_t amount_in(const Quotas& quotas, Resource resource) noexcept {
    switch (resource) {
    case Resource::Params:
        return quotas.params;
    case Resource::FeedbackObjects:
        return quotas.feedback_objects;
    case Resource::Binds:
        return quotas.binds;
    case Resource::Buffers:
        return quotas.buffers;
    case Resource::HeldCommits:
        return quotas.held_commits;
    case Resource::Descriptors:
        return quotas.descriptors;
    case Resource::Mappings:
        return quotas.mappings;
    case Resource::MappedBytes:
        return quotas.mapped_bytes;
    case Resource::CopiedBytes:
        return quotas.copied_bytes;
    case Resource::Connections:
        break;
    }
    return Quotas::Unlimited;
}

Ledger::Ledger(const Quotas& quotas, std::function<void(const std::string&)> on_met)
    : on_met_{std::move(on_met)} {
    // Where there are few, newcomers need most of them.
    const std::uint64_t set_aside =
        std::min(quotas.descriptors / 4 * 3, quotas.descriptors / 2 + 4 * OwnDescriptors);
    const std::uint64_t connections = set_aside / OwnDescriptors;
    for (std::size_t i = 0; i < ResourceCount; ++i)
        pools_[i].total = amount_in(quotas, static_cast<Resource>(i));
    pools_[index_of(Resource::Descriptors)].total -= connections * OwnDescriptors;
    pools_[index_of(Resource::Connections)].total = connections;
}

std::shared_ptr<Account> Ledger::account(const std::string& name) {
    std::weak_ptr<Account>& entry = accounts_[name];
    auto account = entry.lock();
    if (!account) {
        account = std::make_shared<Account>(shared_from_this(), name);
        entry = account;
    }
    return account;
}

Account::Account(std::shared_ptr<Ledger> ledger, std::string name)
    : ledger_{std::move(ledger)}, name_{std::move(name)} {}

Account::~Account() {
    ledger_->accounts_.erase(name_);
}

Result<void> Account::take(Resource resource, std::uint64_t n) {
    Ledger::Pool& pool = ledger_->pools_[index_of(resource)];
    std::uint64_t& held = held_[index_of(resource)];
    if (!is_within_share(held, pool.free(), n)) {
        // Names are chosen by clients too.
        std::string who = name_;
        std::ranges::replace_if(who, [](char c) { return c < 0x20 || c > 0x7e; }, '?');
        return fail(Fault::OutOfResources,
                    formatted("{} more {} are beyond the share of {}, which holds {} and may "
                              "have half of the {} that others leave",
                              n, name_of(resource), who, held, held + pool.free()));
    }
    held += n;
    pool.held += n;
    return {};
}

bool Account::take_first(Resource resource) {
    if (!may_take_first(resource))
        return false;
    ++held_[index_of(resource)];
    ++ledger_->pools_[index_of(resource)].held;
    return true;
}

bool Account::may_take_first(Resource resource) const noexcept {
    const std::uint64_t free = ledger_->pools_[index_of(resource)].free();
    const std::uint64_t held = held_[index_of(resource)];
    return free > 0 && (held == 0 || is_within_share(held, free, 1));
}

std::uint64_t Account::left(Resource resource) const noexcept {
    const std::uint64_t held = held_[index_of(resource)];
    const std::uint64_t share = (held + ledger_->pools_[index_of(resource)].free()) / 2;
    return share - std::min(share, held);
}

void Account::give_back(Resource resource, std::uint64_t n) noexcept {
    held_[index_of(resource)] -= n;
    ledger_->pools_[index_of(resource)].held -= n;
}

std::uint64_t Account::own_of_connection(Resource resource) const noexcept {
    constexpr std::uint64_t Part = 512;
    switch (resource) {
    case Resource::Params:
    case Resource::FeedbackObjects:
    case Resource::Binds:
    case Resource::Buffers:
    case Resource::HeldCommits:
        return ledger_->pools_[index_of(resource)].total / Part;
    default:
        return 0;
    }
}

bool Account::could_hold(Resource resource, std::uint64_t n) const noexcept {
    return is_within_share(0, ledger_->pools_[index_of(resource)].total, n);
}

void Account::note_met(Resource resource, const Error& error) {
    if (!std::exchange(is_told_[index_of(resource)], true))
        tell_met(error);
}

void Account::tell_met(const Error& error) const {
    if (ledger_->on_met_)
        ledger_->on_met_(error.message);
}

} // namespace tarmac
