#include "protocol/clients.hpp"

#include <algorithm>

#include "account/identity.hpp"
#include "account/process_name.hpp"
#include "dmabuf/formatted.hpp"
#include "wlr/security_context.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

pid_t pid_of(wl_client* client) {
    pid_t pid = 0;
    wl_client_get_credentials(client, &pid, nullptr, nullptr);
    return pid;
}

} // namespace

Clients::Clients(const Quotas& quotas, Hooks hooks)
    : hooks_{std::move(hooks)}
    , ledger_{std::make_shared<Ledger>(quotas, [](const std::string& sentence) {
        wlr_log(WLR_ERROR, "linux-dmabuf: a client's requests are refused from now on: %s",
                sentence.c_str());
    })} {}

std::shared_ptr<ClientAccount> Clients::account_of(wl_client* client) {
    return entry_of(client).account;
}

Clients::Client& Clients::entry_of(wl_client* client) {
    Client& entry = clients_[client];
    if (!entry.account) {
        wl_client_add_destroy_listener(client, entry.destroyed.prepare([this, client] {
            hooks_.on_gone(client);
            clients_.erase(client);
        }));
        entry.account = std::make_shared<ClientAccount>(
            ledger_->account(name_of_account(client)),
            [make_room = hooks_.make_room, client] { return make_room(client); }, ++n_clients_);
    }
    return entry;
}

bool Clients::admits(wl_client* client) {
    if (!hooks_.policy)
        return true;
    Client& entry = entry_of(client);
    if (!entry.is_admitted) {
        const auto most = hooks_.policy(client);
        if (most)
            entry.account->set_bounds(*most);
        else
            wlr_log(WLR_INFO, "linux-dmabuf: a client gets nothing: so says the policy");
        entry.is_admitted = most.has_value();
    }
    return *entry.is_admitted;
}

std::string Clients::name_of_account(wl_client* client) {
    if (hooks_.security_contexts) {
        if (auto application = sandboxed_application(*hooks_.security_contexts, *client))
            return *application;
    }
    if (auto name = account_name(pid_of(client)))
        return *name;
    return formatted("connection {} by a socket of the compositor's", ++n_connections_);
}

void Clients::for_each(const std::function<void(const Known&)>& visit) const {
    for (const auto& [client, entry] : clients_)
        visit({pid_of(client), *entry.account, entry.is_admitted.value_or(true)});
}

Snapshot::Refusal Clients::note_refusal(wl_client* client) {
    Snapshot::Refusal told{};
    told.pid = pid_of(client);
    // One that goes isn't there any more.
    const auto found = clients_.find(client);
    if (found == clients_.end())
        return told;
    ClientAccount& account = *found->second.account;
    Activity& activity = account.activity();
    ++activity.refusals;
    // Read once: a client may have thousands of requests refused.
    if (activity.process.empty())
        activity.process = process_name(told.pid);
    told.client = account.id();
    told.process = activity.process;
    return told;
}

wl_client* Clients::owner_of(const ClientAccount& account) const {
    const auto found = std::ranges::find_if(
        clients_, [&](const auto& entry) { return entry.second.account.get() == &account; });
    return found != clients_.end() ? found->first : nullptr;
}

bool Clients::blame(wl_client* client) {
    return std::exchange(entry_of(client).is_blamed, true);
}

} // namespace tarmac
