// What surfaces show, and what they wait for, when the renderer is another one.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <list>
#include <memory>
#include <optional>

#include "support/client_surface.hpp"
#include "support/color_surface.hpp"
#include "support/fake_writer.hpp"
#include "support/screen.hpp"
#include "support/surface_role.hpp"
#include "support/viewport.hpp"

using namespace test;

namespace {

/// A window, with colours of its own, and renderers that come after each other.
struct Fixture {
    explicit Fixture(Drawing drawing, tarmac::Quotas quotas = {})
        : shell{drawing, {.has_own_renderer = true, .global = {.options = {.quotas = quotas}}}}
        , drawing{drawing} {}
    ~Fixture() { end(); }

    /// The compositor goes over to a new renderer, and those before stay alive.
    void replace() {
        current = &drawers.emplace_back(drawing);
        wlr_compositor_set_renderer(shell.surfaces, current->renderer());
        REQUIRE(shell.global->set_importers(current->importers()));
        shell.settle();
    }
    std::string seen(const ClientSurface& surface) {
        return describe(current->look(surface.server()));
    }
    bool awaits(const ClientSurface& surface, const std::string& sight) {
        return shell.await([&] { return seen(surface) == sight; });
    }
    /// Everything of the clients' goes before the renderers do.
    void end() {
        if (shell.compositor)
            wl_display_destroy_clients(shell.compositor->display());
        shell.global.reset();
    }

    std::list<Drawer> drawers;
    LocalShell shell;
    Drawing drawing;
    Drawer* current = &shell.drawer();
    RawClient& client = shell.connect();
    ClientSurface window{shell, client};
    Toplevel toplevel{window};
};

} // namespace

TEST_CASE("a picture stays over two losses, with the first renderer alive until the end") {
    Fixture fixture{GENERATE(Drawing::Pixman, Drawing::Gles2)};
    ColorBuffer red{fixture.client, Red}, green{fixture.client, Green};
    ColorBuffer video{fixture.client, DRM_FORMAT_NV12, {{81}, {90, 240}}};
    ClientSurface other{fixture.shell, fixture.client};
    const Toplevel other_role{other};
    ColorSurface colors{fixture.client, fixture.window.get()};
    const bool changes_colors = GENERATE(false, true);
    fixture.window.commit(red.get());
    other.commit(video.get());
    REQUIRE(fixture.awaits(fixture.window, "64x48 red"));
    REQUIRE(fixture.awaits(other, "64x48 red"));
    for (int i = 0; i < 2; ++i) {
        fixture.replace();
        if (changes_colors) {
            colors.set_straight(i == 0);
            fixture.window.commit();
        }
        CHECK(fixture.awaits(fixture.window, "64x48 red"));
        CHECK(fixture.awaits(other, "64x48 red"));
    }
    fixture.window.commit(green.get());
    CHECK(fixture.awaits(fixture.window, "64x48 green"));
    CHECK(fixture.client.connection() == Answer{});
}

TEST_CASE("a renderer that imports nothing shows the part that one before it showed") {
    Fixture fixture{Drawing::Gles2};
    const Viewport viewport{fixture.window};
    ColorBuffer image{fixture.client, Green};
    image.fill({20, 10, 8, 8}, block_of(Red));
    viewport.crop(20, 10, 4, 4);
    viewport.scale(30, 30);
    fixture.window.commit(image.get());
    REQUIRE(fixture.awaits(fixture.window, "30x30 red"));
    viewport.crop(20, 10, 8, 8);
    fixture.window.commit();
    fixture.shell.settle();
    fixture.drawing = Drawing::Pixman;
    fixture.replace();
    // Before that its texture is one of the other renderer's.
    REQUIRE(fixture.shell.await([&] {
        const auto shown = fixture.shell.global->shown_picture(*fixture.window.server());
        return shown && shown->way == "copied" && shown->texture;
    }));
    CHECK(describe(fixture.current->look(fixture.window.server(), WLR_SCALE_FILTER_BILINEAR)) ==
          "30x30 red");
}

TEST_CASE("a part that is chosen while there is no renderer is shown by the next one") {
    Fixture fixture{GENERATE(Drawing::Pixman, Drawing::Gles2)};
    const Viewport viewport{fixture.window};
    ColorBuffer video{fixture.client, DRM_FORMAT_NV12, {{81}, {90, 240}}};
    viewport.crop(0, 0, 20, 20);
    fixture.window.commit(video.get());
    REQUIRE(fixture.awaits(fixture.window, "20x20 red"));
    wlr_compositor_set_renderer(fixture.shell.surfaces, nullptr);
    viewport.crop(0, 0, 10, 10);
    fixture.window.commit();
    CHECK(fixture.shell.await([&] { return fixture.window.server()->current.width == 10; }));
    fixture.replace();
    CHECK(fixture.awaits(fixture.window, "10x10 red"));
}

TEST_CASE("importers may be replaced again before the first renderer is destroyed") {
    Fixture fixture{Drawing::Pixman};
    ColorBuffer red{fixture.client, Red}, green{fixture.client, Green};
    ColorBuffer video{fixture.client, DRM_FORMAT_NV12, {{81}, {90, 240}}};
    const bool is_converted = GENERATE(false, true);
    fixture.window.commit(is_converted ? video.get() : red.get());
    REQUIRE(fixture.awaits(fixture.window, "64x48 red"));
    fixture.replace();
    fixture.replace();
    fixture.shell.destroy_renderer();
    CHECK(fixture.awaits(fixture.window, "64x48 red"));
    fixture.drawers.pop_front();
    CHECK(fixture.awaits(fixture.window, "64x48 red"));
    fixture.replace();
    fixture.window.commit(green.get());
    CHECK(fixture.awaits(fixture.window, "64x48 green"));
    fixture.end();
}

TEST_CASE("what a client may map and copy is enough after any number of losses") {
    tarmac::Quotas quotas;
    // A client may have half: a picture, and what a row more may take; copies of it, while one is
    // exchanged for another.
    quotas.mapped_bytes = 2 * 64 * 48 * 4 * 2;
    Fixture fixture{Drawing::Pixman, quotas};
    ColorBuffer red{fixture.client, Red};
    fixture.window.commit(red.get());
    REQUIRE(fixture.awaits(fixture.window, "64x48 red"));
    const std::size_t descriptors = count_open_fds();
    for (int i = 0; i < 5; ++i) {
        fixture.replace();
        CHECK(fixture.awaits(fixture.window, "64x48 red"));
    }
    CHECK(count_open_fds() <= descriptors + 5 * 4);
    fixture.window.commit(red.get());
    CHECK(fixture.awaits(fixture.window, "64x48 red"));
    CHECK(fixture.client.connection() == Answer{});
}

TEST_CASE("a renderer that is replaced leaves nothing behind of what it drew") {
    const Drawing drawing = GENERATE(Drawing::Pixman, Drawing::Vulkan);
    Fixture fixture{drawing};
    std::list<ColorBuffer> images;
    const auto replace = [&] {
        fixture.replace();
        // Only the last two are left, so that each adds as much as it takes away.
        fixture.shell.settle();
        while (fixture.drawers.size() > 1)
            fixture.drawers.pop_front();
        for (ColorBuffer& image : images) {
            fixture.window.commit(image.get());
            CHECK(fixture.awaits(fixture.window, "64x48 red"));
        }
        fixture.shell.settle();
        return count_open_fds();
    };
    for (int i = 0; i < 4; ++i)
        images.emplace_back(fixture.client, Red);
    fixture.replace();
    fixture.shell.destroy_renderer();
    replace();
    const std::size_t descriptors = replace();
    for (int i = 0; i < 3; ++i)
        CHECK(replace() == descriptors);
    fixture.end();
}

TEST_CASE("a picture that waits while the renderer is replaced comes with the next") {
    const Drawing drawing = GENERATE(Drawing::Pixman, Drawing::Gles2);
    Fixture fixture{drawing};
    ColorBuffer red{fixture.client, Red}, green{fixture.client, Green};
    ColorBuffer video{fixture.client, DRM_FORMAT_NV12, {{81}, {90, 240}}};
    const bool has_picture = GENERATE(true, false);
    if (has_picture) {
        fixture.window.commit(red.get());
        REQUIRE(fixture.awaits(fixture.window, "64x48 red"));
    }
    ColorBuffer& late = GENERATE(true, false) ? green : video;
    std::optional<FakeWriter> writer{std::in_place, late.dmabuf()};
    fixture.window.commit(late.get());
    fixture.shell.settle();
    fixture.replace();
    fixture.shell.destroy_renderer();
    CHECK(fixture.seen(fixture.window) == (has_picture ? "64x48 red" : "nothing"));
    writer.reset();
    CHECK(fixture.awaits(fixture.window, &late == &green ? "64x48 green" : "64x48 red"));
    CHECK(fixture.client.connection() == Answer{});
    fixture.end();
}

TEST_CASE("a picture whose buffer is destroyed stays when the renderer is replaced") {
    const Drawing drawing = GENERATE(Drawing::Pixman, Drawing::Gles2);
    Fixture fixture{drawing};
    ColorBuffer image{fixture.client, DRM_FORMAT_NV12, {{81}, {90, 240}}};
    ColorBuffer red{fixture.client, Red};
    ColorBuffer& shown = GENERATE(true, false) ? image : red;
    fixture.window.commit(shown.get());
    REQUIRE(fixture.awaits(fixture.window, "64x48 red"));
    shown.destroy();
    fixture.shell.settle();
    CHECK(fixture.awaits(fixture.window, "64x48 red"));
    const bool is_kept = shown.releases == 0;
    for (int i = 0; i < 2; ++i) {
        fixture.replace();
        if (is_kept)
            CHECK(fixture.awaits(fixture.window, "64x48 red"));
    }
    fixture.window.commit(GENERATE(true, false) ? nullptr : red.get());
    fixture.shell.settle();
    CHECK(fixture.client.connection().kind != Answer::Error);
}

TEST_CASE("shared memory keeps its picture, or none, and does no harm") {
    Fixture fixture{Drawing::Pixman};
    const ShmBuffer memory{fixture.client, White};
    ColorBuffer red{fixture.client, Red};
    fixture.window.commit(memory.get());
    REQUIRE(fixture.awaits(fixture.window, "64x48 white"));
    fixture.replace();
    fixture.shell.destroy_renderer();
    fixture.shell.settle();
    fixture.window.commit(red.get());
    CHECK(fixture.awaits(fixture.window, "64x48 red"));
    fixture.window.commit(memory.get());
    CHECK(fixture.awaits(fixture.window, "64x48 white"));
    fixture.end();
}
