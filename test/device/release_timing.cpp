// When a client may draw in its buffer again: once for each time that it was shown, as soon as
// nobody reads it any more or will have to, and not before.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <linux/dma-buf.h>
#include <optional>
#include <sys/ioctl.h>

#include "support/client_surface.hpp"
#include "support/color_surface.hpp"
#include "support/fake_writer.hpp"
#include "support/screen.hpp"
#include "support/surface_role.hpp"

using namespace test;

namespace {

const Blocks RedVideo{{81}, {90, 240}}, GreenVideo{{145}, {54, 34}};

struct Fixture {
    LocalShell shell{GENERATE(Drawing::Pixman, Drawing::Gles2, Drawing::Vulkan)};
    RawClient& client = shell.connect();
    ClientSurface window{shell, client};
    Toplevel toplevel{window};
    ColorBuffer red{client, Red}, green{client, Green};

    void show(ColorBuffer& buffer, const std::string& sight) {
        window.commit(buffer.get());
        REQUIRE(window.awaits(sight));
        shell.settle();
    }
    bool await_releases(const ColorBuffer& buffer, int count) {
        const bool came = shell.await([&] { return buffer.releases >= count; });
        shell.settle();
        return came && buffer.releases == count;
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "a buffer is released once for each time that it was shown") {
    INFO(name_of(shell.drawer().drawing()));
    for (int i = 1; i <= 3; ++i) {
        show(red, "64x48 red");
        CHECK(await_releases(green, i - 1));
        CHECK(red.releases == i - 1);
        show(green, "64x48 green");
        CHECK(await_releases(red, i));
    }
    window.commit(nullptr);
    CHECK(await_releases(green, 3));
    CHECK(red.releases == 3);
}

TEST_CASE_METHOD(Fixture, "a buffer that is committed again while it is shown isn't released") {
    show(red, "64x48 red");
    for (int i = 0; i < 3; ++i) {
        window.commit(red.get());
        shell.settle();
    }
    CHECK(red.releases == 0);
    show(green, "64x48 green");
    CHECK(await_releases(red, 1));
}

TEST_CASE_METHOD(Fixture, "a buffer on two surfaces is released when both have done with it") {
    ClientSurface other{shell, client};
    const Toplevel role{other};
    show(red, "64x48 red");
    other.commit(red.get());
    REQUIRE(other.awaits("64x48 red"));
    show(green, "64x48 green");
    CHECK(red.releases == 0);
    SECTION("as it shows another") {
        other.commit(green.get());
    }
    SECTION("as it shows none") {
        other.commit(nullptr);
    }
    CHECK(await_releases(red, 1));
}

TEST_CASE_METHOD(Fixture, "what is copied is released as soon as that is done, and once") {
    if (shell.drawer().drawing() != Drawing::Pixman)
        return; // the others import it
    ColorBuffer video{client, DRM_FORMAT_NV12, RedVideo}, next{client, DRM_FORMAT_NV12, GreenVideo};
    show(video, "64x48 red");
    CHECK(await_releases(video, 1));
    // It isn't read any more, whatever becomes of it.
    video.fill(video.whole(), GreenVideo);
    wl_surface_damage_buffer(window.get(), 0, 0, PictureWidth, PictureHeight);
    window.commit();
    shell.settle();
    CHECK(window.seen() == "64x48 red");
    show(next, "64x48 green");
    CHECK(await_releases(next, 1));
    CHECK(video.releases == 1);
}

TEST_CASE_METHOD(Fixture, "what may have to be converted anew is kept as long as it is shown") {
    if (shell.drawer().drawing() != Drawing::Pixman)
        return;
    const ColorSurface colors{client, window.get()};
    ColorBuffer video{client, DRM_FORMAT_NV12, RedVideo};
    show(video, "64x48 red");
    if (video.releases == 0) {
        ColorBuffer next{client, DRM_FORMAT_NV12, GreenVideo};
        show(next, "64x48 green");
    }
    CHECK(await_releases(video, 1));
}

TEST_CASE_METHOD(Fixture, "a buffer isn't released before those who read it have done") {
    INFO(name_of(shell.drawer().drawing()));
    show(red, "64x48 red");
    // As a GPU or a screen would.
    std::optional<FakeReader> reader{std::in_place, red.dmabuf()};
    show(green, "64x48 green");
    CHECK(red.releases == 0);
    reader.reset();
    CHECK(await_releases(red, 1));
}

TEST_CASE_METHOD(Fixture, "a drawer of one's own says until when it reads") {
    INFO(name_of(shell.drawer().drawing()));
    show(red, "64x48 red");
    const auto shown = shell.global->shown_picture(*window.server());
    REQUIRE(shown);
    // The fence of something else, as of a GPU's job.
    ColorBuffer other{client, Blue};
    std::optional<FakeWriter> job{std::in_place, other.dmabuf()};
    dma_buf_export_sync_file exported{.flags = DMA_BUF_SYNC_READ, .fd = -1};
    REQUIRE(ioctl(other.dmabuf().get(), DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &exported) == 0);
    const tarmac::Fd fence{exported.fd};
    CHECK(shown->add_reader(fence));
    show(green, "64x48 green");
    // What the processor reads is read without a fence.
    if (shown->way == "imported")
        CHECK(red.releases == 0);
    job.reset();
    CHECK(await_releases(red, 1));
    const tarmac::Fd no_fence;
    const auto now = shell.global->shown_picture(*window.server());
    REQUIRE(now);
    if (now->way == "imported")
        CHECK(now->add_reader(no_fence).error().fault == tarmac::Fault::OutOfResources);
}

TEST_CASE_METHOD(Fixture, "a late picture's buffer is released when it was shown, or wasn't") {
    show(red, "64x48 red");
    std::optional<FakeWriter> writer{std::in_place, green.dmabuf()};
    window.commit(green.get());
    shell.settle();
    CHECK(green.releases == 0);
    CHECK(red.releases == 0);
    SECTION("shown") {
        writer.reset();
        REQUIRE(window.awaits("64x48 green"));
        CHECK(await_releases(red, 1));
        CHECK(green.releases == 0);
        show(red, "64x48 red");
    }
    SECTION("unmapped before") {
        window.show(nullptr);
        CHECK(await_releases(red, 1));
        writer.reset();
    }
    SECTION("gone before, with its surface") {
        toplevel.destroy();
        window.destroy();
        shell.settle();
        writer.reset();
    }
    CHECK(await_releases(green, 1));
}

TEST_CASE_METHOD(Fixture, "a buffer stays a scene's for as long as that draws it") {
    Screen screen{shell};
    wlr_scene_buffer* shown =
        wlr_scene_surface_create(&screen.scene()->tree, window.server())->buffer;
    show(red, "64x48 red");
    REQUIRE(describe(screen.draw()) == "64x48 red");
    REQUIRE(shown->buffer);
    wlr_buffer* kept = wlr_buffer_lock(shown->buffer);
    show(green, "64x48 green");
    CHECK(red.releases == 0);
    wlr_buffer_unlock(kept);
    CHECK(await_releases(red, 1));
}

TEST_CASE_METHOD(Fixture, "shared memory is released as wlroots does it, around dma-bufs too") {
    ShmBuffer memory{client, White};
    std::optional<FakeWriter> writer;
    if (GENERATE(false, true)) {
        writer.emplace(green.dmabuf());
        window.commit(green.get());
    }
    window.commit(memory.get());
    shell.settle();
    writer.reset();
    REQUIRE(window.awaits("64x48 white"));
    show(red, "64x48 red");
    CHECK(shell.await([&] { return memory.releases == 1; }));
}
