#include "protocol/requester.hpp"

#include <wayland-server-core.h>

#include "linux-dmabuf-v1-protocol.h"

namespace tarmac {

namespace {

/// The error that the spec names for `fault`; none if it names `failed`.
std::optional<std::uint32_t> protocol_error(Fault fault) {
    switch (fault) {
    case Fault::Incomplete:
        return ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INCOMPLETE;
    case Fault::InvalidFormat:
        return ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_FORMAT;
    case Fault::InvalidDimensions:
        return ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_DIMENSIONS;
    case Fault::OutOfBounds:
        return ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_OUT_OF_BOUNDS;
    default:
        return std::nullopt;
    }
}

} // namespace

Requester::Requester(wl_resource* params, std::weak_ptr<LinuxDmabuf::State> state,
                     std::shared_ptr<ClientAccount> account)
    : client_{wl_resource_get_client(params)}
    , params_{std::make_shared<wl_resource*>(params)}
    , state_{std::move(state)}
    , account_{std::move(account)} {}

void Requester::land(DmabufBuffer& buffer, std::optional<dev_t> sampling_device) const noexcept {
    if (const auto state = state_.lock())
        state->land(buffer, sampling_device);
    else
        fail_unavailable(buffer);
}

void Requester::report_import(DmabufBuffer& buffer) const {
    if (const auto state = state_.lock())
        state->report_import(client_, buffer);
}

void Requester::post_error(std::uint32_t code, const Error& error) const {
    if (*params_)
        wl_resource_post_error(*params_, code, "%s", error.message.c_str());
    else
        wl_client_post_implementation_error(client_, "%s", error.message.c_str());
    report(error, true, code);
}

void Requester::post_no_memory(const Error& error) const {
    wl_client_post_no_memory(client_);
    report(error, true, std::nullopt);
}

void Requester::refuse(const Error& error) const {
    if (const auto code = protocol_error(error.fault))
        post_error(*code, error);
    else
        send_failed(error);
}

void Requester::refuse_immediate(const Error& error) const {
    const auto state = state_.lock();
    // Nobody imports any more, and nothing is left to hear of it.
    if (!state && !*params_)
        return;
    const bool ends_client = state && state->immediate_failure() == ImmediateFailure::Fatal;
    if (!protocol_error(error.fault) && (ends_client || !*params_))
        post_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_WL_BUFFER, error);
    else
        refuse(error);
}

void Requester::send_failed(const Error& error) const {
    if (*params_)
        zwp_linux_buffer_params_v1_send_failed(*params_);
    report(error, false, std::nullopt);
}

void Requester::report(const Error& error, bool fatal, std::optional<std::uint32_t> code) const {
    if (const auto state = state_.lock())
        state->report_refusal({client_, error, fatal, code});
}

} // namespace tarmac
