// The event log, whoever reads it or doesn't.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <fcntl.h>

#include "support/compositor_process.hpp"

using namespace test;
using tarmac::Fd;

namespace {

const Stage Plain{.renderer = "pixman", .drm_device = ""};

bool is_event(const std::string& line) {
    return line.starts_with("tarmac: ") && line.rfind("tarmac: ") == 0;
}

} // namespace

TEST_CASE("a log that nobody reads stops nothing, and tells later what it lacks") {
    CompositorProcess compositor;
    RawClient client = compositor.connect(6);
    const Fd null{open("/dev/null", O_RDWR | O_CLOEXEC)};
    const auto refuse = [&] {
        auto& params = client.create_params();
        client.add(params, null.get(), 0, 0, 256, DRM_FORMAT_MOD_LINEAR);
        const Answer answer = client.create(params, 64, 64, DRM_FORMAT_XRGB8888);
        client.destroy_params(params);
        return answer;
    };
    // More lines than a pipe has room for.
    for (int i = 0; i < 1200; ++i)
        REQUIRE(refuse() == Answer{Answer::Failed, 0, {}});
    // Who comes back reads all that there was room for, and how much is missing.
    compositor.process().await_line("tarmac: refused");
    REQUIRE(refuse() == Answer{Answer::Failed, 0, {}});
    CHECK(is_event(compositor.process().await_line("tarmac: dropped lines=")));
    CHECK(is_event(compositor.process().await_line("tarmac: refused")));
}

TEST_CASE("no library waits for who reads standard error, and children do") {
    // Of the command, which has replaced the shell, and of its parent.
    Process process = start_compositor(
        {"--startup", "grep flags /proc/self/fdinfo/2 /proc/$PPID/fdinfo/2", "--exit-with-client"},
        Plain);
    const auto blocks = [](const std::string& line) {
        return (std::stoi(line.substr(line.find('\t')), nullptr, 8) & O_NONBLOCK) == 0;
    };
    CHECK(blocks(process.await_line("/proc/self/fdinfo/2:flags:")));
    CHECK_FALSE(blocks(process.await_line("/fdinfo/2:flags:")));
    CHECK(process.wait() == 0);
}
