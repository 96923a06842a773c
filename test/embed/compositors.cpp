// Compositors that are C alone, tiny.c with wlr_scene and drawer.c without, with the library as
// others get it.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <cstdlib>
#include <drm_fourcc.h>
#include <filesystem>
#include <sys/syscall.h>
#include <unistd.h>

#include "client/gradient.hpp"
#include "clients/programs.hpp"
#include "support/image_buffer.hpp"
#include "support/stages.hpp"
#include "support/virtual_card.hpp"

using namespace test;
using tarmac::Fd;

namespace {

constexpr Box Client{0, 0, 256, 256};

std::string any_program() {
#ifdef TARMAC_DRAWER
    return GENERATE(TARMAC_TINY, TARMAC_DRAWER);
#else
    return TARMAC_TINY;
#endif
}

Stage stage_for(const std::string& program, const std::string& renderer) {
    Stage stage = stage_of(renderer);
    stage.program = program;
    return stage;
}

Process start_client(const CompositorProcess& compositor) {
    return Process{{"weston-simple-dmabuf-egl", "-d", RenderNode},
                   {compositor.environment(), SynchronousMesa}};
}

bool shows_client(const Picture& seen) {
    return find_gradient(seen, Client).width == Client.width;
}

} // namespace

TEST_CASE("a compositor in C shows weston-simple-dmabuf-egl") {
    const std::string program = any_program(), renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(program << " with " << renderer);
    CompositorProcess compositor{{}, stage_for(program, renderer)};
    const Process client = start_client(compositor);
    check_gradient(await_picture(compositor, shows_client), Client);
}

TEST_CASE("a compositor in C tells clients what its screen scans out") {
    const std::string program = any_program();
    INFO(program);
    VirtualCard card{1};
    Stage stage = stage_for(program, "gles2");
    stage.drm_device = card.path();
    stage.on_screen = true;
    CompositorProcess compositor{{}, stage};
    Process client{{"weston-simple-dmabuf-feedback"}, {compositor.environment(), SynchronousMesa}};
    client.await_line(", scanout");
    client.await_line("end of dma-buf feedback");
    CHECK(client.wait() == 0);
}

TEST_CASE("a compositor in C answers as the protocol has it") {
    const std::string program = any_program(), renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(program << " with " << renderer);
    if (std::string_view{TARMAC_CONFORMANCE}.empty())
        SKIP("tarmac-conformance isn't built");
    CompositorProcess compositor{{}, stage_for(program, renderer)};
    Process conformance{{TARMAC_CONFORMANCE}, {compositor.environment()}};
    // The compositor says much meanwhile, and would wait for somebody to read it.
    compositor.process().read_until(
        Fd{static_cast<int>(syscall(SYS_pidfd_open, conformance.pid(), 0))});
    const int status = conformance.wait();
    INFO(conformance.output());
    CHECK(status == 0);
    CHECK(conformance.output().contains(", 0 failed"));
}

TEST_CASE("a compositor in C lets its user look at what clients have") {
    if (std::string_view{TARMAC_INSPECT}.empty())
        SKIP("tarmac-inspect isn't built");
    const std::string place =
        std::filesystem::temp_directory_path() / ("tiny-inspect-" + std::to_string(getpid()));
    Stage stage = stage_for(TARMAC_TINY, "pixman");
    stage.environment.push_back("TINY_INSPECT=" + place);
    {
        CompositorProcess compositor{{}, stage};
        RawClient client = compositor.connect(6);
        const ImageBuffer image{client, DRM_FORMAT_XRGB8888, 64, 48};
        Process tool{{TARMAC_INSPECT, "buffers", "--inspect-socket", place}};
        const int status = tool.wait();
        INFO(tool.output());
        CHECK(status == 0);
        CHECK(tool.output().contains("64x48"));
    }
    CHECK_FALSE(std::filesystem::exists(place));
}

// Of readme.sh, which names a script with the commands.
TEST_CASE("the README's compositor shows its client", "[.readme]") {
    Process commands{{"bash", "-e", std::getenv("TARMAC_README")},
                     {"WLR_BACKENDS=headless", SynchronousMesa}};
    const std::string ready = commands.await_line(": ready socket=");
    check_gradient(await_picture(ready.substr(ready.find('=') + 1), shows_client), Client);
}
