// A program that shows a camera without clients, camera.c.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <csignal>
#include <unistd.h>

#include "client/camera.hpp"
#include "clients/programs.hpp"
#include "support/stages.hpp"

using namespace test;

TEST_CASE("the builder alone shows a camera, in a program that has no clients") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(renderer);
    if (access(Camera, R_OK | W_OK) != 0)
        SKIP(Camera << " is missing");
    // Its screen is a window, whose compositor is asked what is seen there.
    Stage outer = stage_of(renderer);
    outer.program = TARMAC_TINY;
    CompositorProcess compositor{{}, outer};
    Stage stage = stage_of(renderer);
    stage.program = TARMAC_CAMERA;
    stage.environment.insert(stage.environment.end(),
                             {"WLR_BACKENDS=wayland", compositor.environment()});
    Process program = start_compositor({Camera}, stage);
    const auto is_seen = [](const Picture& screen) {
        return shows_camera(screen, {0, 0, screen.width, screen.height});
    };
    Picture last = await_picture(compositor, is_seen);
    CHECK(is_seen(last));
    // More than there are buffers: text above the bars counts milliseconds.
    for (int i = 0; i < 8; ++i) {
        const Picture next =
            await_picture(compositor, [&](const Picture& screen) { return screen != last; });
        REQUIRE(next != last);
        last = next;
    }
    program.signal(SIGTERM);
    const int status = program.wait();
    INFO(program.output());
    CHECK(status == 0);
}
