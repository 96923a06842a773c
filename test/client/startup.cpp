// What the compositor is started with, and what it gives the startup command.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <sys/resource.h>

#include "support/image_buffer.hpp"
#include "support/stages.hpp"
#include "support/window.hpp"

using namespace test;

TEST_CASE("wlroots' own handler may stand in the place of Tarmac's") {
    CompositorProcess compositor{{"--dmabuf", "wlroots"}, importing_stage()};
    RawClient client = compositor.connect(6);
    CHECK(client.version() == 5);
    Window window{client};
    ImageBuffer image{client, DRM_FORMAT_XRGB8888, 64, 48};
    image.fill(image.whole(), {{10, 90, 200, 0}});
    window.show(image.get());
    const Picture screen = take_screenshot(compositor.socket());
    const Box shown = find_window(screen, 64, 48);
    CHECK(screen.at(shown.x, shown.y) == Pixel{200, 90, 10});
    CHECK_FALSE(compositor.process().output().contains("tarmac: imported"));
}

TEST_CASE("the startup command has the limit of descriptors that the compositor was given") {
    rlimit limit;
    REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    // Less than the compositor may have, which it takes.
    const rlimit given{limit.rlim_max / 2, limit.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &given) == 0);
    Process process = start_compositor(
        {"--startup", "echo of $0: $(ulimit -S -n) $(ulimit -H -n); grep files /proc/$PPID/limits",
         "--exit-with-client"},
        {.renderer = "pixman", .drm_device = ""});
    REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    CHECK(process.await_line("of ") ==
          "of /bin/sh: " + std::to_string(given.rlim_cur) + " " + std::to_string(given.rlim_max));
    CHECK(process.await_line("Max open files").contains(std::to_string(limit.rlim_max)));
    CHECK(process.wait() == 0);
}
