#include "compositor/event_log.hpp"

#include "dmabuf/formatted.hpp"
#include "wlr/wlr.hpp"

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <wayland-server-core.h>

namespace tarmac::compositor {
namespace {

bool is_printable(char c) {
    return c >= 0x20 && c < 0x7f;
}

/// Where the log goes to.
struct Log {
    Fd file{};             ///< empty: standard error
    bool may_block = true; ///< writing, unless one looks whether there is room
    unsigned long n_dropped = 0;
    bool is_cut = false; ///< the last line lacks its end

    int fd() const { return file ? file.get() : STDERR_FILENO; }

    bool has_room() const noexcept {
        pollfd writable{fd(), POLLOUT, 0};
        return !may_block || (poll(&writable, 1, 0) == 1 && (writable.revents & POLLOUT) != 0);
    }
    /// Not unless there is room. Cuts what is too long: a pipe takes so much at once, or nothing.
    bool write(std::string_view line) noexcept {
        if (!has_room())
            return false;
        constexpr std::size_t Longest = PIPE_BUF - 2;
        const bool is_whole = line.ends_with('\n') && line.size() <= Longest;
        line = line.substr(0, Longest);
        char end_of_line[] = "\n";
        const iovec parts[] = {
            {end_of_line, is_cut ? 1u : 0u},
            {const_cast<char*>(line.data()), line.size()},
            {end_of_line, is_whole ? 0u : 1u},
        };
        const std::size_t size = parts[0].iov_len + parts[1].iov_len + parts[2].iov_len;
        const ssize_t n_written = writev(fd(), parts, std::size(parts));
        if (n_written > 0)
            is_cut = static_cast<std::size_t>(n_written) < size;
        return n_written > 0;
    }
    void add(std::string_view line) noexcept {
        char dropped[64];
        std::snprintf(dropped, sizeof dropped, "tarmac: dropped lines=%lu\n", n_dropped);
        if (n_dropped > 0 && write(dropped))
            n_dropped = 0;
        if (n_dropped > 0 || !write(line))
            ++n_dropped;
    }
} the_log;

/// For C, and where there is no memory left: allocates nothing.
void log_message(const char* prefix, const char* format, va_list arguments) noexcept {
    char text[PIPE_BUF];
    const auto start = static_cast<std::size_t>(std::snprintf(text, sizeof text, "%s", prefix));
    std::vsnprintf(text + start, sizeof text - start, format, arguments);
    the_log.add(text);
}

} // namespace

Fd unblock_standard_error() {
    Fd given{fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)};
    struct stat status;
    if (given && fstat(given.get(), &status) == 0 &&
        (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode))) {
        if (const Fd own{open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)})
            the_log.may_block = dup2(own.get(), STDERR_FILENO) < 0;
    }
    return given;
}

std::expected<void, std::string> open_log(const std::string& path) {
    the_log.file = Fd{open(
        path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0644)};
    if (!the_log.file)
        return std::unexpected(
            formatted("The log {} can't be written: {}.", path, std::strerror(errno)));
    the_log.may_block = false;
    return {};
}

void collect_logs(bool verbose) {
    wlr_log_init(verbose ? WLR_DEBUG : WLR_ERROR,
                 [](wlr_log_importance importance, const char* format, va_list arguments) {
                     constexpr const char* prefixes[] = {
                         "", "wlroots: error: ", "wlroots: ", "wlroots: debug: "};
                     if (importance <= wlr_log_get_verbosity())
                         log_message(prefixes[importance], format, arguments);
                 });
    wl_log_set_handler_server([](const char* format, va_list arguments) {
        log_message("libwayland: ", format, arguments);
    });
}

void log_event(std::string_view name, std::initializer_list<EventField> fields) {
    std::string line = "tarmac: ";
    line += name;
    for (const auto& [key, value] : fields)
        line.append(" ").append(key).append("=").append(value);
    the_log.add(line += '\n');
}

std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            result += '\\';
            result += c;
        } else if (c == '\n') {
            result += "\\n";
        } else if (is_printable(c)) {
            result += c;
        } else {
            result += formatted("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    return result += '"';
}

std::string bare(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == ' ')
            continue;
        result += is_printable(c) && c != '"' && c != '\\' ? c : '?';
    }
    return result;
}

} // namespace tarmac::compositor
