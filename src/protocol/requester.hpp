#pragma once

#include "protocol/linux_dmabuf_state.hpp"

namespace tarmac {

/// Who asked for a buffer through a params object, and the ways to answer. Copies may outlive the
/// params object; they can then only refuse.
class Requester {
public:
    Requester(wl_resource* params, std::weak_ptr<LinuxDmabuf::State> state,
              std::shared_ptr<ClientAccount> account);

    wl_client* client() const { return client_; }
    ClientAccount& account() const { return *account_; }
    std::shared_ptr<LinuxDmabuf::State> state() const { return state_.lock(); }

    /// To be called when the params object goes.
    void forget_params() { *params_ = nullptr; }

    /// See LinuxDmabuf::State::land().
    void land(DmabufBuffer& buffer, std::optional<dev_t> sampling_device) const noexcept;
    void report_import(DmabufBuffer& buffer) const;

    /// Ends the client with a protocol error of the params object.
    void post_error(std::uint32_t code, const Error& error) const;
    /// Ends the client with wl_display.no_memory.
    void post_no_memory(const Error& error) const;
    /// Ends the client if its spec has an error for what is wrong, else sends `failed`.
    void refuse(const Error& error) const;
    /// The same for a buffer that the client takes for made already: instead of sending `failed`,
    /// the embedder may choose to end the client, and nothing else is left if the params object is
    /// gone.
    void refuse_immediate(const Error& error) const;

private:
    void report(const Error& error, bool fatal, std::optional<std::uint32_t> code) const;
    void send_failed(const Error& error) const;

    wl_client* client_;
    std::shared_ptr<wl_resource*> params_;
    std::weak_ptr<LinuxDmabuf::State> state_;
    std::shared_ptr<ClientAccount> account_;
};

} // namespace tarmac
