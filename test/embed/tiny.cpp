// A compositor that is C alone, tiny.c, with the library as others get it.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <sys/syscall.h>
#include <unistd.h>

#include "client/gradient.hpp"
#include "support/compositor_process.hpp"
#include "support/stages.hpp"
#include "support/virtual_card.hpp"

using namespace test;
using tarmac::Fd;

namespace {

Stage tiny_stage(const std::string& renderer) {
    Stage stage = stage_of(renderer);
    stage.program = TARMAC_TINY;
    return stage;
}

Process start_client(const CompositorProcess& compositor) {
    return Process{{"weston-simple-dmabuf-egl", "-d", RenderNode},
                   {compositor.environment(), SynchronousMesa}};
}

} // namespace

TEST_CASE("a compositor in C shows weston-simple-dmabuf-egl") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(renderer);
    CompositorProcess compositor{{}, tiny_stage(renderer)};
    const Process client = start_client(compositor);
    CHECK(compositor.process().await_line("tiny: imported").contains("size=256x256"));
    compositor.process().await_line("tiny: mapped size=256x256");
    const Picture screen = take_screenshot(compositor.socket());
    check_gradient(screen, {0, 0, 256, 256});
}

TEST_CASE("a compositor in C tells clients what its screen scans out") {
    VirtualCard card{1};
    Stage stage = tiny_stage("gles2");
    stage.drm_device = card.path();
    stage.on_screen = true;
    CompositorProcess compositor{{}, stage};
    Process client{{"weston-simple-dmabuf-feedback"}, {compositor.environment(), SynchronousMesa}};
    client.await_line(", scanout");
    client.await_line("end of dma-buf feedback");
    CHECK(client.wait() == 0);
}

TEST_CASE("a compositor in C answers as the protocol has it") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(renderer);
    if (std::string_view{TARMAC_CONFORMANCE}.empty())
        SKIP("tarmac-conformance isn't built");
    CompositorProcess compositor{{}, tiny_stage(renderer)};
    Process conformance{{TARMAC_CONFORMANCE}, {compositor.environment()}};
    // The compositor says much meanwhile, and would wait for somebody to read it.
    compositor.process().read_until(
        Fd{static_cast<int>(syscall(SYS_pidfd_open, conformance.pid(), 0))});
    const int status = conformance.wait();
    INFO(conformance.output());
    CHECK(status == 0);
    CHECK(conformance.output().contains(", 0 failed"));
}
