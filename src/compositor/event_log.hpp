#pragma once

#include <expected>
#include <initializer_list>
#include <string>
#include <string_view>
#include <tarmac/fd.hpp>
#include <utility>

namespace tarmac::compositor {

using EventField = std::pair<std::string_view, std::string>;

/// Lets nobody in this process wait for who reads standard error, where libraries write by
/// themselves: as the flags of a pipe or terminal are shared with other processes, ours becomes one
/// of its own. The one from before, for those that are started.
Fd unblock_standard_error();

/// Where the log goes instead of standard error, from now on; a file that is there grows. Error: a
/// sentence.
std::expected<void, std::string> open_log(const std::string& path);

/// Also has what wlroots and libwayland say written there; of wlroots' everything, if `verbose`.
void collect_logs(bool verbose);

/// Writes `tarmac: NAME KEY=VALUE KEY=VALUE…` to the log, in one piece: the lines that people read
/// and that tests wait for. A value has no spaces unless it is quoted: pass what may have any
/// through quoted() or bare(). Never waits: what a reader of the log leaves no room for is dropped,
/// and counted in a later line.
void log_event(std::string_view name, std::initializer_list<EventField> fields);

/// `text` in double quotes and in printable ASCII; everything else, and quotes and backslashes, are
/// escaped as in C. For sentences and for what clients say of themselves.
std::string quoted(std::string_view text);

/// `text` without its spaces, and with `?` for what would break a line apart. For names.
std::string bare(std::string_view text);

} // namespace tarmac::compositor
