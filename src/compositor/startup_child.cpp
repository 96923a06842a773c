#include "compositor/startup_child.hpp"

#include <csignal>
#include <cstring>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "dmabuf/formatted.hpp"

namespace tarmac::compositor {
namespace {

/// Attributes that undo what a compositor does to its signals: the event loop blocks those it reads
/// from a signalfd, and an exec keeps the mask and the ignored ones.
class SpawnAttributes {
public:
    SpawnAttributes() {
        posix_spawnattr_init(&attributes_);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                   POSIX_SPAWN_SETPGROUP);
        sigset_t signals;
        sigemptyset(&signals);
        posix_spawnattr_setsigmask(&attributes_, &signals);
        sigaddset(&signals, SIGPIPE);
        sigaddset(&signals, SIGXFSZ);
        posix_spawnattr_setsigdefault(&attributes_, &signals);
        posix_spawnattr_setpgroup(&attributes_, 0);
    }
    SpawnAttributes(const SpawnAttributes&) = delete;
    SpawnAttributes& operator=(const SpawnAttributes&) = delete;
    ~SpawnAttributes() { posix_spawnattr_destroy(&attributes_); }

    const posix_spawnattr_t* get() const { return &attributes_; }

private:
    posix_spawnattr_t attributes_;
};

/// Standard error as it was.
class SpawnFiles {
public:
    explicit SpawnFiles(const Fd& standard_error) {
        posix_spawn_file_actions_init(&actions_);
        if (standard_error)
            posix_spawn_file_actions_adddup2(&actions_, standard_error.get(), STDERR_FILENO);
    }
    SpawnFiles(const SpawnFiles&) = delete;
    SpawnFiles& operator=(const SpawnFiles&) = delete;
    ~SpawnFiles() { posix_spawn_file_actions_destroy(&actions_); }

    const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
    posix_spawn_file_actions_t actions_;
};

/// Our environment, but with our own socket: our WAYLAND_DISPLAY may name the session around us.
std::vector<std::string> environment_for(const std::string& socket) {
    std::vector<std::string> result;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        if (!text.starts_with("WAYLAND_DISPLAY=") && !text.starts_with("WAYLAND_SOCKET="))
            result.emplace_back(text);
    }
    result.push_back("WAYLAND_DISPLAY=" + socket);
    return result;
}

std::vector<char*> c_array(std::vector<std::string>& strings) {
    std::vector<char*> result;
    for (auto& string : strings)
        result.push_back(string.data());
    result.push_back(nullptr);
    return result;
}

} // namespace

std::expected<StartupChild, std::string> StartupChild::start(const std::string& command,
                                                             const std::string& socket,
                                                             const Inheritance& inheritance) {
    // posix_spawn() has no attribute for it. $0 is what `command` would have it be.
    const std::string limit = inheritance.descriptors == RLIM_INFINITY
                                  ? "unlimited"
                                  : std::to_string(inheritance.descriptors);
    std::vector<std::string> arguments{
        "/bin/sh", "-c", "ulimit -S -n \"$1\"; exec /bin/sh -c \"$2\"", "/bin/sh", limit, command};
    std::vector<std::string> environment = environment_for(socket);
    const SpawnAttributes attributes;
    const SpawnFiles files{inheritance.standard_error};
    pid_t pid = -1;
    const int error = posix_spawn(&pid, "/bin/sh", files.get(), attributes.get(),
                                  c_array(arguments).data(), c_array(environment).data());
    if (error != 0) {
        return std::unexpected(
            formatted("Can't run the startup command: {}.", std::strerror(error)));
    }
    return StartupChild{pid};
}

StartupChild::~StartupChild() {
    if (pid_ > 0)
        kill(-pid_, SIGTERM);
}

std::optional<int> StartupChild::reap() {
    int status = 0;
    if (pid_ <= 0 || waitpid(pid_, &status, WNOHANG) != pid_)
        return std::nullopt;
    // From here on the number may belong to another process.
    pid_ = -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace tarmac::compositor
