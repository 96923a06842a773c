// Surfaces that were there before the global.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <drm_fourcc.h>
#include <list>
#include <optional>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/color_surface.hpp"
#include "support/fake_writer.hpp"
#include "support/screen.hpp"
#include "support/subsurface.hpp"
#include "support/surface_role.hpp"

using namespace test;

namespace {

constexpr auto Stride = PictureWidth * 4;

/// A dma-buf of a client's that came before the global.
class LateBuffer {
public:
    LateBuffer(RawClient& client, const Pixel& color) {
        std::vector<std::uint8_t> bytes;
        for (int i = 0; i < PictureWidth * PictureHeight; ++i)
            bytes.insert(bytes.end(), {color.blue, color.green, color.red, 255});
        dmabuf = make_dmabuf(Exporter::Udmabuf, bytes);
        auto* factory = static_cast<zwp_linux_dmabuf_v1*>(
            client.bind_global(&zwp_linux_dmabuf_v1_interface, 4));
        auto* params = zwp_linux_dmabuf_v1_create_params(factory);
        zwp_linux_buffer_params_v1_add(params, dmabuf.get(), 0, 0, Stride, 0,
                                       DRM_FORMAT_MOD_LINEAR);
        buffer_ = zwp_linux_buffer_params_v1_create_immed(params, PictureWidth, PictureHeight,
                                                          DRM_FORMAT_XRGB8888, 0);
        zwp_linux_buffer_params_v1_destroy(params);
        zwp_linux_dmabuf_v1_destroy(factory);
    }
    ~LateBuffer() { wl_buffer_destroy(buffer_); }
    LateBuffer(const LateBuffer&) = delete;
    LateBuffer& operator=(const LateBuffer&) = delete;

    wl_buffer* get() const { return buffer_; }
    tarmac::Fd dmabuf;

private:
    wl_buffer* buffer_;
};

/// A window whose global is gone, for another one to come.
struct Fixture {
    LocalShell shell{GENERATE(Drawing::Pixman, Drawing::Gles2), {}};
    RawClient& client = shell.connect();
    ClientSurface window{shell, client};
    Toplevel toplevel{window};
    ShmBuffer red{client, Red};

    void come_back() {
        shell.global.emplace(
            make_global(shell.compositor->display(), shell.surfaces, shell.drawer().importers()));
        REQUIRE(client.round_trip());
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "a surface that was there before the global is followed as told") {
    const bool shows = GENERATE(false, true);
    if (shows)
        window.show(red.get());
    shell.global.reset();
    come_back();
    CHECK_FALSE(shell.global->shown_picture(*window.server()));
    REQUIRE(shell.global->follow(*window.server()));
    REQUIRE(shell.global->follow(*window.server()));
    CHECK(window.seen() == (shows ? "64x48 red" : "nothing"));
    window.commit();
    shell.settle();
    CHECK(window.seen() == (shows ? "64x48 red" : "nothing"));

    const LateBuffer late{client, Green};
    std::optional<FakeWriter> writer{late.dmabuf};
    window.show(late.get());
    CHECK(window.seen() == (shows ? "64x48 red" : "nothing"));
    writer.reset();
    CHECK(window.awaits("64x48 green"));
    CHECK(shell.global->shown_picture(*window.server()));
    window.show(red.get());
    CHECK(window.awaits("64x48 red"));
    CHECK(client.connection() == Answer{});
}

TEST_CASE_METHOD(Fixture, "with a surface its subsurfaces are followed") {
    Subsurface child{window};
    window.show(red.get());
    shell.global.reset();
    come_back();
    REQUIRE(shell.global->follow(*window.server()));
    const LateBuffer late{client, Green}, other{client, Blue};
    std::optional<FakeWriter> writer{late.dmabuf};
    child.surface.commit(late.get());
    window.show(other.get());
    CHECK(window.seen() == "64x48 red");
    CHECK(child.surface.seen() == "nothing");
    writer.reset();
    CHECK(window.awaits("64x48 blue"));
    CHECK(child.surface.awaits("64x48 green"));
    CHECK(client.connection() == Answer{});
}

TEST_CASE_METHOD(Fixture, "a deep tree is followed as fast as a flat one") {
    std::list<Subsurface> chain;
    ClientSurface* parent = &window;
    for (int i = 0; i < 40; ++i) {
        parent = &chain.emplace_back(*parent).surface;
        parent->commit();
    }
    window.show(red.get());
    shell.global.reset();
    come_back();
    REQUIRE(shell.global->follow(*window.server()));
    CHECK(client.round_trip());
}

TEST_CASE_METHOD(Fixture, "a commit that waits for its parent is applied whole") {
    Subsurface child{window};
    const ShmBuffer blue{client, Blue}, green{client, Green};
    child.surface.commit(blue.get());
    window.show(red.get());
    REQUIRE(child.surface.awaits("64x48 blue"));
    shell.global.reset();
    come_back();
    wl_surface_set_buffer_scale(child.surface.get(), 2);
    child.surface.show(green.get());
    REQUIRE(shell.global->follow(*window.server()));
    window.commit();
    CHECK(child.surface.awaits("32x24 green"));
    child.surface.show(blue.get());
    window.commit();
    CHECK(child.surface.awaits("32x24 blue"));
}

TEST_CASE_METHOD(Fixture,
                 "what shows a picture when the renderer is lost goes on after the global") {
    window.show(red.get());
    shell.global.reset();
    come_back();
    REQUIRE(shell.global->follow(*window.server()));
    REQUIRE(shell.global->set_importers(shell.drawer().importers()));
    CHECK(window.awaits("64x48 red"));
}
