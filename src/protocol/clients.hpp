#pragma once

#include <memory>
#include <string>
#include <tarmac/linux_dmabuf.hpp>
#include <tarmac/snapshot.hpp>
#include <unordered_map>

#include "account/client_account.hpp"
#include "import/dmabuf_buffer.hpp"
#include "wlr/listener.hpp"

namespace tarmac {

/// The clients that have used the global or a surface: what each holds is charged to an account.
class Clients {
public:
    struct Hooks {
        /// See Options.
        std::function<std::optional<Quotas>(wl_client*)> policy;
        wlr_security_context_manager_v1* security_contexts = nullptr;
        /// Gives back something of the client's images, see ClientAccount.
        std::function<bool(wl_client*)> make_room;
        std::function<void(wl_client*)> on_gone;
    };
    Clients(const Quotas& quotas, Hooks hooks);
    Clients(const Clients&) = delete;
    Clients& operator=(const Clients&) = delete;

    std::shared_ptr<ClientAccount> account_of(wl_client* client);
    /// Of all its buffers; nullptr until that is set.
    std::shared_ptr<const DmabufBuffer::Owner>& buffer_owner(wl_client* client) {
        return entry_of(client).buffer_owner;
    }
    /// Those that are there, in no order.
    struct Known {
        pid_t pid; ///< of who made the connection
        const ClientAccount& account;
        bool is_admitted;
    };
    void for_each(const std::function<void(const Known&)>& visit) const;
    /// Counts a refusal, and says of whom: without time and reason.
    Snapshot::Refusal note_refusal(wl_client* client);
    /// Whether the embedder lets it use the global, which is asked the first time.
    bool admits(wl_client* client);
    /// nullptr if it is gone.
    wl_client* owner_of(const ClientAccount& account) const;
    /// True from the second time on.
    bool blame(wl_client* client);

private:
    struct Client {
        std::shared_ptr<ClientAccount> account;
        std::shared_ptr<const DmabufBuffer::Owner> buffer_owner;
        std::optional<bool> is_admitted;
        bool is_blamed = false;
        Listener destroyed;
    };

    Client& entry_of(wl_client* client);
    std::string name_of_account(wl_client* client);

    Hooks hooks_;
    std::shared_ptr<Ledger> ledger_;  ///< accounts may outlive the rest
    std::uint64_t n_clients_ = 0;     ///< ever
    std::uint64_t n_connections_ = 0; ///< of these, that had to have accounts of their own
    std::unordered_map<wl_client*, Client> clients_;
};

} // namespace tarmac
