#pragma once

#include <optional>
#include <string>

struct wl_client;
struct wlr_security_context_manager_v1;

namespace tarmac {

/// The sandboxed application that `client` is of; nothing if it isn't in a sandbox that says.
std::optional<std::string> sandboxed_application(wlr_security_context_manager_v1& manager,
                                                 const wl_client& client);

} // namespace tarmac
