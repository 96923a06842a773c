// tarmac-inspect top, on a terminal.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>

#include "inspect/inspected_compositor.hpp"
#include "inspect/terminal.hpp"
#include "support/image_buffer.hpp"
#include "support/window.hpp"

using namespace test;

TEST_CASE(
    "tarmac-inspect top shows clients and buffers that come and go, until it is told to end") {
    InspectedCompositor compositor;
    RawClient client = compositor.get().connect(6);
    const ImageBuffer image{client, DRM_FORMAT_XRGB8888, 64, 48};
    Terminal terminal{
        {TARMAC_INSPECT, "top", "--interval", "0.1", "--inspect-socket", compositor.path()}};
    terminal.await("1 clients, 1 buffers, 0 refusals");
    terminal.await("MEMORY*");
    terminal.await(tarmac::formatted("inspect-tests[{}]", getpid()));
    terminal.await("64x48 XR24 LINEAR");
    terminal.type("b");
    terminal.await("BUFS*");
    {
        RawClient another = compositor.get().connect(6);
        const ImageBuffer of_another{another, DRM_FORMAT_NV12, 128, 32};
        terminal.await("2 clients, 2 buffers");
        terminal.type("\x1b[B");
        terminal.await("128x32 NV12");
    }
    terminal.await("1 clients, 1 buffers");
    terminal.type("q");
    CHECK(terminal.wait() == 0);
}

TEST_CASE("tarmac-inspect top says that the compositor has ended, and wants a terminal") {
    auto compositor = std::make_unique<InspectedCompositor>();
    Terminal terminal{
        {TARMAC_INSPECT, "top", "--interval", "0.1", "--inspect-socket", compositor->path()}};
    terminal.await("0 clients");
    compositor.reset();
    terminal.await("The compositor has ended the connection.");
    terminal.type("q");
    CHECK(terminal.wait() == 1);
    const Ended without = run_inspect({"top"});
    CHECK(without.status == 1);
    CHECK(without.output.contains("top wants a terminal"));
}

TEST_CASE("tarmac-inspect top writes a line of JSON at each look, until the compositor ends") {
    auto compositor = std::make_unique<InspectedCompositor>();
    RawClient client = compositor->get().connect(6);
    Process top{{TARMAC_INSPECT, "top", "--json", "--interval", "0.1", "--inspect-socket",
                 compositor->path()}};
    const auto read_line = [&] { return nlohmann::json::parse(top.await_line("clients")); };
    CHECK(read_line()["buffers"].empty());
    const ImageBuffer image{client, DRM_FORMAT_XRGB8888, 64, 48};
    nlohmann::json line = read_line();
    while (line["buffers"].empty())
        line = read_line();
    CHECK(line["buffers"][0]["width"] == 64);
    for (const char* entries : {"clients", "buffers", "surfaces", "refusals", "feedback"})
        CHECK(line.contains(entries));
    CHECK(line.size() == 5);
    compositor.reset();
    top.await_line("The compositor has ended the connection.");
    CHECK(top.wait() == 1);
}
