// That C offers programs to look, as far as C can get it wrong. That they see something,
// compositors.cpp shows.

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <tarmac/tarmac.h>
#include <unistd.h>

#include "support/local_compositor.hpp"
#include "support/local_renderer.hpp"
#include "wlr/wlr.hpp"

using namespace test;

namespace {

namespace fs = std::filesystem;

struct Fixture {
    LocalCompositor compositor;
    LocalRenderer& renderer = LocalRenderer::shared("pixman");
    tarmac_error error{};
    tarmac_linux_dmabuf* global = tarmac_linux_dmabuf_create(
        compositor.display(), wlr_compositor_create(compositor.display(), 6, renderer.get()),
        renderer.get(), nullptr, &error);
    const std::string path =
        fs::temp_directory_path() / ("tarmac-c-inspection-" + std::to_string(getpid()));

    Fixture() {
        INFO(error.message);
        REQUIRE(global);
    }
    ~Fixture() { tarmac_linux_dmabuf_destroy(global); }

    tarmac_inspection* create(const std::string& at) {
        return tarmac_inspection_create(global, wl_display_get_event_loop(compositor.display()),
                                        at.c_str(), &error);
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "C has a socket for who looks, and removes it, also after the global") {
    tarmac_inspection* inspection = create(path);
    REQUIRE(inspection);
    CHECK(fs::is_socket(path));
    tarmac_linux_dmabuf_destroy(std::exchange(global, nullptr));
    CHECK(fs::is_socket(path));
    tarmac_inspection_destroy(inspection);
    CHECK_FALSE(fs::exists(path));
    tarmac_inspection_destroy(nullptr);
}

TEST_CASE_METHOD(Fixture, "C is told why there can't be a socket for who looks") {
    CHECK_FALSE(create("/tmp/" + std::string(200, 'x')));
    CHECK(error.fault == TARMAC_FAULT_NOT_AVAILABLE);
    CHECK(error.plane == -1);
    CHECK(std::string{error.message} == "the socket's path has 205 bytes, and may have 1 to 107");
    tarmac_inspection* inspection = create(path);
    REQUIRE(inspection);
    CHECK_FALSE(create(path));
    CHECK(std::string{error.message}.contains("Address already in use"));
    tarmac_inspection_destroy(inspection);
}
