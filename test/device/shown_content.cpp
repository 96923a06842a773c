// What a surface shows is right for everybody who reads its state: the right way up, in the colours
// that its client means, whatever was shown before and elsewhere.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <optional>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/client_surface.hpp"
#include "support/color_surface.hpp"
#include "support/screen.hpp"
#include "support/surface_role.hpp"
#include "viewporter-client-protocol.h"

using namespace test;

namespace {

constexpr auto Bt601 = WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT601;
constexpr auto Bt709 = WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT709;
constexpr auto Limited = WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_LIMITED;
constexpr auto Full = WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL;

constexpr Box UpperHalf{0, 0, PictureWidth, PictureHeight / 2};
constexpr Box LastColumn{PictureWidth - 2, 0, 2, PictureHeight};

struct Format {
    std::uint32_t fourcc;
    Blocks dark, light;
};
const Format Xrgb{DRM_FORMAT_XRGB8888, {{30, 20, 10, 255}}, {{200, 210, 220, 255}}};
const Format Argb{DRM_FORMAT_ARGB8888, {{30, 20, 10, 200}}, {{180, 190, 195, 200}}};
const Format Yuyv{DRM_FORMAT_YUYV, {{40, 110, 40, 140}}, {{200, 110, 200, 140}}};
const Format Nv12{DRM_FORMAT_NV12, {{40}, {110, 140}}, {{200}, {110, 140}}};

/// Its halves: "light over dark", or what else it is.
std::string halves(const Picture& picture) {
    if (picture.pixels.empty())
        return "nothing";
    const auto shade = [&](int y) {
        const Pixel first = picture.at(0, y), last = picture.at(picture.width - 1, y);
        return distance(first, last) > 2 ? "mixed" : first.green >= 70 ? "light" : "dark";
    };
    return std::string{shade(1)} + " over " + shade(picture.height - 2);
}

struct Fixture {
    explicit Fixture(Drawing drawing = GENERATE(Drawing::Pixman, Drawing::Gles2, Drawing::Vulkan))
        : shell{drawing} {}

    bool awaits(const std::string& sight) {
        return shell.await([&] { return halves(look()) == sight; });
    }
    Picture look() { return shell.drawer().look(window.server()); }

    LocalShell shell;
    RawClient& client = shell.connect();
    ClientSurface window{shell, client};
};

/// A picture that is light above and dark below, though its first row is the lowest.
struct Inverted : ColorBuffer {
    Inverted(RawClient& client, const Format& format)
        : ColorBuffer{client,       format.fourcc, format.light,
                      PictureWidth, PictureHeight, ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_Y_INVERT} {
        fill(UpperHalf, format.dark);
    }
};

const char* const Upright = "light over dark";

} // namespace

TEST_CASE_METHOD(Fixture, "an inverted picture stays upright through all changes of its colours") {
    const Format& format = GENERATE_COPY(Xrgb, Argb, Yuyv, Nv12);
    INFO(name_of(shell.drawer().drawing()) << ' ' << tarmac::fourcc_name(format.fourcc));
    Inverted image{client, format};
    Toplevel toplevel{window};
    ColorSurface colors{client, window.get()};
    window.commit(image.get());
    REQUIRE(awaits(Upright));
    const bool is_yuv = format.fourcc == DRM_FORMAT_YUYV || format.fourcc == DRM_FORMAT_NV12;
    for (int i = 0; i < 4; ++i) {
        INFO("change " << i);
        if (is_yuv)
            colors.set_coefficients(i % 2 == 0 ? Bt709 : Bt601, i < 2 ? Full : Limited);
        else
            colors.set_straight(i % 2 == 0);
        SECTION("without a buffer") {
            window.commit();
        }
        SECTION("with the same buffer") {
            window.commit(image.get());
        }
        CHECK(awaits(Upright));
        shell.settle();
        CHECK(halves(look()) == Upright);
        CHECK(client.connection() == Answer{});
    }
}

TEST_CASE_METHOD(Fixture, "who draws by himself is told how") {
    const Format& format = GENERATE_COPY(Xrgb, Yuyv, Nv12);
    INFO(name_of(shell.drawer().drawing()) << ' ' << tarmac::fourcc_name(format.fourcc));
    const auto shown = [this] { return shell.global->shown_picture(*window.server()); };
    Inverted image{client, format};
    shell.settle();
    CHECK(!shown());
    Toplevel toplevel{window};
    std::optional<ColorSurface> colors{std::in_place, client, window.get()};
    const bool is_yuv = format.fourcc != DRM_FORMAT_XRGB8888;
    if (is_yuv)
        colors->set_coefficients(Bt709, Limited);
    window.commit(image.get());
    REQUIRE(awaits(Upright));
    const auto picture = shown();
    REQUIRE(picture);
    CHECK(picture->image->fourcc() == format.fourcc);
    CHECK(picture->texture == wlr_surface_get_texture(window.server()));
    CHECK(picture->texture);
    CHECK(picture->buffer->width == PictureWidth);
    CHECK(picture->is_premultiplied);
    const bool is_imported = picture->way == "imported";
    CHECK(picture->is_y_inverted == is_imported);
    CHECK(picture->color.matrix == (is_yuv && is_imported ? tarmac::ColorState::Matrix::Bt709
                                                          : tarmac::ColorState::Matrix::Identity));
    if (!is_imported)
        CHECK(picture->way == (is_yuv ? "converted" : "copied"));
    // What it says of YUV is an error with RGB.
    colors.reset();
    ShmBuffer memory{client, White};
    window.show(memory.get());
    CHECK(!shown());
    window.show(nullptr);
    CHECK(!shown());
    CHECK(client.connection() == Answer{});
}

TEST_CASE_METHOD(Fixture, "an inverted picture is turned once, whatever else turns and crops it") {
    const Format& format = GENERATE_COPY(Xrgb, Yuyv);
    Inverted image{client, format};
    ColorBuffer plain{client, format.fourcc, format.light};
    const Toplevel toplevel{window};
    wl_surface_set_buffer_transform(window.get(), WL_OUTPUT_TRANSFORM_FLIPPED_180);
    window.commit(image.get());
    CHECK(awaits("dark over light"));
    // What isn't inverted is turned as its client says, and nothing of the last one stays.
    window.commit(plain.get());
    CHECK(awaits("light over light"));
    wl_surface_set_buffer_transform(window.get(), WL_OUTPUT_TRANSFORM_NORMAL);
    window.commit();
    window.commit(image.get());
    CHECK(awaits(Upright));
}

TEST_CASE_METHOD(Fixture, "a cursor is the right way up, and in the right colours") {
    const Format& format = GENERATE_COPY(Xrgb, Yuyv);
    INFO(name_of(shell.drawer().drawing()) << ' ' << tarmac::fourcc_name(format.fourcc));
    ClientSurface window_of_client{shell, client};
    const auto role = make_role(RoleKind::Cursor, window);
    ColorSurface colors{client, window.get()};
    if (format.fourcc == DRM_FORMAT_YUYV)
        colors.set_coefficients(Bt709, Full);
    Inverted image{client, format};
    Screen screen{shell};
    screen.set_cursor(window.server());
    const auto sees = [&](const std::string& sight) {
        return shell.await([&] { return halves(screen.cursor_plane()) == sight; });
    };
    window.commit(image.get());
    CHECK(sees(Upright));
    colors.set_straight(true);
    window.commit();
    shell.settle();
    CHECK(sees(Upright));
    // The colours are those of a window with the same.
    const Toplevel toplevel{window_of_client};
    ColorSurface window_colors{client, window_of_client.get()};
    if (format.fourcc == DRM_FORMAT_YUYV)
        window_colors.set_coefficients(Bt709, Full);
    window_of_client.commit(image.get());
    shell.await([&] { return halves(shell.drawer().look(window_of_client.server())) == Upright; });
    const Picture expected = shell.drawer().look(window_of_client.server());
    const Picture cursor = screen.cursor_plane();
    REQUIRE(!cursor.pixels.empty());
    CHECK(distance(cursor.at(1, 1), expected.at(1, 1)) <= 2);
}

TEST_CASE_METHOD(Fixture, "a scene that somebody else makes shows pictures right") {
    const Format& format = GENERATE_COPY(Xrgb, Argb, Yuyv, Nv12);
    INFO(name_of(shell.drawer().drawing()) << ' ' << tarmac::fourcc_name(format.fourcc));
    const Toplevel toplevel{window};
    ColorSurface colors{client, window.get()};
    Inverted image{client, format};
    Screen screen{shell}, late_screen{shell};
    wlr_scene_surface_create(&screen.scene()->tree, window.server());
    const auto sees = [&](Screen& by) {
        return shell.await([&] { return halves(by.draw()) == Upright; });
    };
    const bool is_yuv = format.fourcc == DRM_FORMAT_YUYV || format.fourcc == DRM_FORMAT_NV12;
    if (is_yuv)
        colors.set_coefficients(Bt709, Full);
    window.commit(image.get());
    CHECK(sees(screen));
    if (is_yuv)
        colors.set_coefficients(Bt601, Limited);
    colors.set_straight(true);
    window.commit();
    shell.settle();
    CHECK(sees(screen));
    // As for a capture that begins now.
    REQUIRE(window.server());
    wlr_scene_subsurface_tree_create(&late_screen.scene()->tree, window.server());
    CHECK(sees(late_screen));
    CHECK(client.connection() == Answer{});
}

TEST_CASE_METHOD(Fixture, "one buffer is shown in the colours of each surface") {
    ClientSurface other{shell, client};
    const Toplevel toplevel{window}, other_toplevel{other};
    ColorSurface colors{client, window.get()}, other_colors{client, other.get()};
    const Format& format = GENERATE_COPY(Yuyv, Nv12);
    ColorBuffer image{client, format.fourcc, format.light};
    // What each looks like alone.
    colors.set_coefficients(Bt601, Limited);
    window.commit(image.get());
    REQUIRE(awaits("light over light"));
    const Picture limited = look();
    colors.set_coefficients(Bt709, Full);
    window.commit();
    REQUIRE(shell.await([&] { return distance(look().at(1, 1), limited.at(1, 1)) > 4; }));
    const Picture full = look();

    other_colors.set_coefficients(Bt601, Limited);
    other.commit(image.get());
    const auto look_at_other = [&] { return shell.drawer().look(other.server()); };
    CHECK(shell.await([&] { return look_at_other() == limited; }));
    CHECK(look() == full);
    // Exchanged.
    colors.set_coefficients(Bt601, Limited);
    other_colors.set_coefficients(Bt709, Full);
    window.commit(image.get());
    other.commit();
    CHECK(shell.await([&] { return look_at_other() == full && look() == limited; }));
}

TEST_CASE_METHOD(Fixture, "damage of a fractional part of a picture reaches its last column") {
    auto* viewporter = static_cast<wp_viewporter*>(client.bind_global(&wp_viewporter_interface, 1));
    wp_viewport* viewport = wp_viewporter_get_viewport(viewporter, window.get());
    const Toplevel toplevel{window};
    // Read or converted, so that only damage is.
    const Format& format = GENERATE_COPY(Xrgb, Nv12);
    ColorBuffer image{client, format.fourcc, format.dark};
    wp_viewport_set_source(viewport, wl_fixed_from_double(PictureWidth / 2.0 - 0.5), 0,
                           wl_fixed_from_double(PictureWidth / 2.0 + 0.5),
                           wl_fixed_from_int(PictureHeight));
    wp_viewport_set_destination(viewport, PictureWidth, PictureHeight);
    Screen screen{shell};
    wlr_scene_surface_create(&screen.scene()->tree, window.server());
    window.commit(image.get());
    REQUIRE(shell.await([&] { return halves(screen.draw()) == "dark over dark"; }));
    image.fill(LastColumn, format.light);
    wl_surface_attach(window.get(), image.get(), 0, 0);
    // The right half of the surface.
    wl_surface_damage(window.get(), PictureWidth / 2, 0, PictureWidth / 2, PictureHeight);
    window.commit();
    const auto shade_of_last = [&] {
        const Picture picture = screen.draw();
        return picture.at(picture.width - 1, 10).green;
    };
    CHECK(shell.await([&] { return shade_of_last() > 150; }));
    wp_viewport_destroy(viewport);
    wp_viewporter_destroy(viewporter);
}

namespace {

/// Keeps what a surface's damage is when all state of a commit has been moved: wlroots 0.20.0 draws
/// that, later versions gather it once more.
struct EarlyDamage {
    struct State {
        EarlyDamage* current_of;
    };

    explicit EarlyDamage(LocalShell& shell) {
        new_surface.notify = [](wl_listener* listener, void* surface) {
            auto* self = reinterpret_cast<EarlyDamage*>(listener);
            self->follow(*static_cast<wlr_surface*>(surface));
        };
        // Before the library does, so that its state is moved before this.
        wl_list_insert(&shell.surfaces->events.new_surface.listener_list, &new_surface.link);
    }
    ~EarlyDamage() {
        wl_list_remove(&new_surface.link);
        leave();
    }
    EarlyDamage(const EarlyDamage&) = delete;
    EarlyDamage& operator=(const EarlyDamage&) = delete;

    void follow(wlr_surface& surface) {
        static constexpr wlr_surface_synced_impl impl = {
            .state_size = sizeof(State),
            .move_state =
                [](void* to, void*) {
                    EarlyDamage* self = static_cast<State*>(to)->current_of;
                    if (!self)
                        return;
                    const pixman_box32_t& box = self->synced.surface->buffer_damage.extents;
                    self->seen = {box.x1, box.y1, box.x2 - box.x1, box.y2 - box.y1};
                },
        };
        REQUIRE(wlr_surface_synced_init(&synced, &surface, &impl, &pending, &current));
        current.current_of = this;
        gone.connect(surface.events.destroy, [this] { leave(); });
    }
    void leave() {
        if (std::exchange(current.current_of, nullptr))
            wlr_surface_synced_finish(&synced);
        gone.disconnect();
    }

    wl_listener new_surface{}; ///< the first, so that it leads to this
    wlr_surface_synced synced{};
    State pending{}, current{};
    tarmac::Listener gone;
    Box seen{};
};

} // namespace

TEST_CASE("other colours are drawn by every version of wlroots") {
    LocalShell shell{Drawing::Pixman};
    EarlyDamage early{shell};
    RawClient& client = shell.connect();
    ClientSurface window{shell, client};
    const Toplevel toplevel{window};
    ColorSurface colors{client, window.get()};
    ColorBuffer image{client, DRM_FORMAT_ARGB8888, {{100, 80, 60, 100}}};
    window.commit(image.get());
    REQUIRE(shell.await([&] { return image.releases == 0 && window.seen().starts_with("64x48"); }));
    const std::string before = window.seen();
    wl_surface_damage_buffer(window.get(), 0, 0, 1, 1);
    window.commit();
    window.commit();
    shell.settle();
    CHECK(early.seen.width <= 1);
    colors.set_straight(true);
    window.commit();
    CHECK(shell.await([&] { return window.seen() != before; }));
    CHECK(early.seen.width == PictureWidth);
    CHECK(early.seen.height == PictureHeight);
}

TEST_CASE("a compositor whose surfaces have no renderer shows nothing, and lives") {
    LocalShell shell{Drawing::Pixman, {.has_own_renderer = true}};
    RawClient& client = shell.connect();
    ClientSurface window{shell, client};
    const Toplevel toplevel{window};
    ColorBuffer red{client, Red}, green{client, Green};
    const bool has_picture = GENERATE(true, false);
    if (has_picture) {
        window.commit(red.get());
        REQUIRE(window.awaits("64x48 red"));
    }
    wlr_compositor_set_renderer(shell.surfaces, nullptr);
    const int commits = window.commits;
    window.commit(green.get());
    window.commit(red.get());
    window.commit();
    CHECK(shell.await([&] { return window.commits >= commits + 3; }));
    ColorSurface colors{client, window.get()};
    colors.set_straight(true);
    window.commit();
    shell.settle();
    window.commit(nullptr);
    shell.settle();
    CHECK(client.connection() == Answer{});
    CHECK(shell.await([&] { return red.releases >= 1; }));
}
