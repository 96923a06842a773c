#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace tarmac {

/// The name of the account of what `pid` is or belongs to: an application, or the process itself.
/// Nothing where the pid says nothing, being this process's or none. Rules: Quotas.
std::optional<std::string> account_name(pid_t pid);

/// The cgroup in /proc/PID/cgroup that is one application's, as systemd names those:
/// https://systemd.io/DESKTOP_ENVIRONMENTS. Empty if there is none.
std::string application_cgroup(std::string_view proc_cgroup);

/// When a process was started, from /proc/PID/stat, in ticks since the system was. 0 if that isn't
/// there.
unsigned long long start_time(std::string_view proc_stat);

} // namespace tarmac
