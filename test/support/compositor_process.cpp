#include "support/compositor_process.hpp"

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "support/patience.hpp"

namespace test {

using tarmac::Fd;

namespace {

std::vector<std::string> command_line(std::vector<std::string> options, const Stage& stage) {
    std::vector<std::string> command = stage.launcher;
    if (!stage.drm_device.empty() && access(stage.drm_device.c_str(), R_OK | W_OK) != 0)
        SKIP(stage.drm_device << " is missing");
    if (!stage.program.empty()) {
        command.push_back(stage.program);
    } else {
        command.insert(command.end(), {TARMAC_COMPOSITOR, "--renderer", stage.renderer});
        if (!stage.drm_device.empty())
            command.insert(command.end(), {"--drm-device", stage.drm_device});
    }
    command.insert(command.end(), options.begin(), options.end());
    return command;
}

std::vector<std::string> environment_of(const Stage& stage) {
    // Of two values the first one counts.
    std::vector<std::string> environment = stage.environment;
    environment.push_back(SynchronousMesa);
    if (stage.on_screen) {
        environment.insert(environment.end(), {"WLR_BACKENDS=drm", "WLR_LIBINPUT_NO_DEVICES=1",
                                               "LIBSEAT_BACKEND=builtin", "SEATD_VTBOUND=0"});
    } else {
        environment.push_back("WLR_BACKENDS=headless");
    }
    if (!stage.program.empty()) {
        environment.insert(environment.end(),
                           {"WLR_RENDERER=" + stage.renderer, "WLR_RENDERER_ALLOW_SOFTWARE=1"});
        if (!stage.drm_device.empty())
            environment.push_back(
                (stage.on_screen ? "WLR_DRM_DEVICES=" : "WLR_RENDER_DRM_DEVICE=") +
                stage.drm_device);
    }
    // The Vulkan loader unloads Mesa's driver with its leaks, which then have no name to go by.
    if (stage.renderer == "vulkan")
        environment.push_back("LSAN_OPTIONS=detect_leaks=0");
    return environment;
}

/// The value of `key=` in a line of the compositor.
std::string value_of(const std::string& line, const std::string& key) {
    const auto start = line.find(" " + key + "=") + key.size() + 2;
    return line.substr(start, line.find(' ', start) - start);
}

} // namespace

Process start_compositor(std::vector<std::string> options, const Stage& stage) {
    return Process{command_line(std::move(options), stage), environment_of(stage)};
}

CompositorProcess::CompositorProcess(std::vector<std::string> options, const Stage& stage)
    : process_{start_compositor(std::move(options), stage)} {
    socket_ = value_of(process_.await_line(": ready "), "socket");
}

CompositorProcess::~CompositorProcess() {
    if (has_ended_)
        return;
    process_.signal(SIGTERM);
    const int status = process_.wait();
    INFO(process_.output());
    CHECK(status == 0);
}

int CompositorProcess::await_end() {
    has_ended_ = true;
    return process_.wait();
}

Fd CompositorProcess::open_socket() const {
    Fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = {}};
    const std::string path = std::string{std::getenv("XDG_RUNTIME_DIR")} + "/" + socket_;
    REQUIRE(path.size() < sizeof address.sun_path);
    path.copy(address.sun_path, path.size());
    REQUIRE(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    return fd;
}

std::size_t CompositorProcess::count_settled_fds() {
    // The hang-ups of former clients came before this connection, so they have been dealt with when
    // it is answered. It is counted too, every time.
    RawClient last = connect(1);
    last.round_trip();
    return process_.count_open_fds();
}

bool CompositorProcess::settles_at_most(std::size_t n_fds) {
    const auto end = std::chrono::steady_clock::now() + patience();
    RawClient last = connect(1);
    while (last.round_trip()) {
        if (process_.count_open_fds() <= n_fds)
            return true;
        if (std::chrono::steady_clock::now() >= end)
            break;
    }
    UNSCOPED_INFO(process_.count_open_fds() << " descriptors, more than " << n_fds);
    return false;
}

} // namespace test
