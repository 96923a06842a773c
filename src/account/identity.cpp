#include "account/identity.hpp"

#include <algorithm>
#include <charconv>
#include <fcntl.h>
#include <ranges>
#include <tarmac/fd.hpp>
#include <unistd.h>

#include "dmabuf/formatted.hpp"

namespace tarmac {

namespace {

/// In one go, since a client that connects waits for it: longer is none of the two files.
std::string read_of(pid_t pid, std::string_view name) {
    const Fd file{open(formatted("/proc/{}/{}", pid, name).c_str(), O_RDONLY | O_CLOEXEC)};
    std::string text(16 * 1024, '\0');
    const ssize_t size = file ? read(file.get(), text.data(), text.size()) : 0;
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return text;
}

bool is_of_application(std::string_view unit) {
    return unit.starts_with("app-") && (unit.ends_with(".scope") || unit.ends_with(".service"));
}

} // namespace

std::string application_cgroup(std::string_view proc_cgroup) {
    for (const auto line : std::views::split(proc_cgroup, '\n')) {
        // HIERARCHY:CONTROLLERS:PATH; units are systemd's, in its own hierarchy or the only one.
        const std::string_view text{line.begin(), line.end()};
        const auto path = text.find(":/");
        if (path == text.npos ||
            !(text.starts_with("0::") || text.substr(0, path).ends_with(":name=systemd")))
            continue;
        for (std::size_t start = path + 2; start < text.size();) {
            const std::size_t end = std::min(text.find('/', start), text.size());
            if (is_of_application(text.substr(start, end - start)))
                return std::string{text.substr(path + 1, end - path - 1)};
            start = end + 1;
        }
    }
    return {};
}

unsigned long long start_time(std::string_view proc_stat) {
    // The name, in brackets, may have any.
    const auto name_end = proc_stat.rfind(')');
    if (name_end == proc_stat.npos)
        return 0;
    constexpr int Skipped = 20; // spaces from there on; behind it is the 22nd field
    std::size_t start = name_end;
    for (int i = 0; i < Skipped && start != proc_stat.npos; ++i)
        start = proc_stat.find(' ', start + 1);
    unsigned long long time = 0;
    if (start != proc_stat.npos)
        std::from_chars(proc_stat.data() + start + 1, proc_stat.data() + proc_stat.size(), time);
    return time;
}

std::optional<std::string> account_name(pid_t pid) {
    if (pid <= 0 || pid == getpid())
        return std::nullopt;
    const std::string application = application_cgroup(read_of(pid, "cgroup"));
    // What runs with the compositor in one was perhaps only started in the same terminal.
    if (!application.empty() && application != application_cgroup(read_of(getpid(), "cgroup")))
        return "application " + application;
    return formatted("process {} (started at {})", pid, start_time(read_of(pid, "stat")));
}

} // namespace tarmac
