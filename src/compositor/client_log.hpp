#pragma once

#include <string>
#include <string_view>

struct wl_client;

namespace tarmac::compositor {

/// `NAME[PID]` of the process that connected as `client`, which is asked for once.
std::string client_label(wl_client* client);

/// Logs that a request was refused. Of one client no more than a hundred in ten seconds, so that it
/// fills no disk: how many were left out is told afterwards.
void log_refusal(wl_client* client, bool fatal, std::string_view reason);

} // namespace tarmac::compositor
