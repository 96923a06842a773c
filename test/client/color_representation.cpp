// What clients say of their numbers through wp_color_representation_v1, and what is then seen.

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cmath>
#include <drm_fourcc.h>
#include <sys/mman.h>
#include <unistd.h>

#include "linux-dmabuf-v1-client-protocol.h"
#include "single-pixel-buffer-v1-client-protocol.h"
#include "support/color_surface.hpp"
#include "support/image_buffer.hpp"
#include "support/stages.hpp"
#include "support/window.hpp"
#include "viewporter-client-protocol.h"

using namespace test;

namespace {

constexpr int Width = 64, Height = 48;

using Coefficients = wp_color_representation_surface_v1_coefficients;
using Range = wp_color_representation_surface_v1_range;

struct Meaning {
    Coefficients coefficients;
    Range range;
    double kr, kb;
};

constexpr auto Identity = WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_IDENTITY;
constexpr auto Bt601 = WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT601;
constexpr auto Bt709 = WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT709;
constexpr auto Bt2020 = WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT2020;
constexpr auto Limited = WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_LIMITED;
constexpr auto Full = WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL;

constexpr Meaning meanings[] = {
    {Bt601, Limited, 0.299, 0.114},    {Bt601, Full, 0.299, 0.114},
    {Bt709, Limited, 0.2126, 0.0722},  {Bt709, Full, 0.2126, 0.0722},
    {Bt2020, Limited, 0.2627, 0.0593}, {Bt2020, Full, 0.2627, 0.0593},
};

// A colour that every meaning makes another of.
constexpr std::uint8_t Y = 120, U = 90, V = 190;

Pixel defined(const Meaning& meaning) {
    const bool is_full = meaning.range == Full;
    const double luma = is_full ? Y / 255.0 : (Y - 16) / 219.0;
    const double scale = is_full ? 255 : 224;
    const double cb = (U - 128) / scale, cr = (V - 128) / scale;
    const double red = luma + 2 * (1 - meaning.kr) * cr, blue = luma + 2 * (1 - meaning.kb) * cb;
    const double green =
        (luma - meaning.kr * red - meaning.kb * blue) / (1 - meaning.kr - meaning.kb);
    const auto byte = [](double value) {
        return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 1.0) * 255));
    };
    return {byte(red), byte(green), byte(blue)};
}

struct Format {
    std::uint32_t fourcc;
    std::vector<std::vector<std::uint8_t>> blocks;
};
const Format formats[] = {
    {DRM_FORMAT_NV12, {{Y}, {U, V}}},
    {DRM_FORMAT_NV16, {{Y}, {U, V}}},
    {DRM_FORMAT_YUV444, {{Y}, {U}, {V}}},
    {DRM_FORMAT_YUYV, {{Y, U, Y, V}}},
};

struct Studio {
    CompositorProcess compositor{{"--size", "320x240"},
                                 stage_of(GENERATE("gles2", "vulkan", "pixman"))};
    RawClient client = compositor.connect(6);
    Window window{client};
    ColorSurface colors{client, window.surface()};

    Pixel seen() {
        const Picture screen = take_screenshot(compositor.socket());
        const Box place = find_window(screen, Width, Height);
        return screen.at(place.x + Width / 2, place.y + Height / 2);
    }
    void set(const Meaning& meaning) {
        colors.set_coefficients(meaning.coefficients, meaning.range);
    }
};

/// A pixel stretched over a window.
class Overlay {
public:
    Overlay(RawClient& client, wl_surface* below)
        : client_{client}
        , surface_{wl_compositor_create_surface(client.compositor())}
        , subcompositor_{static_cast<wl_subcompositor*>(
              client.bind_global(&wl_subcompositor_interface, 1))}
        , subsurface_{wl_subcompositor_get_subsurface(subcompositor_, surface_, below)}
        , viewporter_{static_cast<wp_viewporter*>(client.bind_global(&wp_viewporter_interface, 1))}
        , viewport_{wp_viewporter_get_viewport(viewporter_, surface_)} {
        wp_viewport_set_destination(viewport_, Width, Height);
    }
    ~Overlay() {
        wl_buffer_destroy(buffer_);
        wp_viewport_destroy(viewport_);
        wp_viewporter_destroy(viewporter_);
        wl_subsurface_destroy(subsurface_);
        wl_subcompositor_destroy(subcompositor_);
        wl_surface_destroy(surface_);
    }
    Overlay(const Overlay&) = delete;
    Overlay& operator=(const Overlay&) = delete;

    wl_surface* surface() const { return surface_; }

    // With the next commit of the window:
    void show(wl_buffer* buffer) {
        wl_surface_attach(surface_, buffer, 0, 0);
        wl_surface_damage_buffer(surface_, 0, 0, 1, 1);
        wl_surface_commit(surface_);
    }
    void show_single_pixel(std::uint32_t red, std::uint32_t green, std::uint32_t blue,
                           std::uint32_t alpha) {
        auto* manager = static_cast<wp_single_pixel_buffer_manager_v1*>(
            client_.bind_global(&wp_single_pixel_buffer_manager_v1_interface, 1));
        show_own(wp_single_pixel_buffer_manager_v1_create_u32_rgba_buffer(manager, red, green, blue,
                                                                          alpha));
        wp_single_pixel_buffer_manager_v1_destroy(manager);
    }
    void show_shm_pixel(std::uint32_t argb) {
        auto* shm = static_cast<wl_shm*>(client_.bind_global(&wl_shm_interface, 1));
        const tarmac::Fd memory{memfd_create("tarmac-test", MFD_CLOEXEC)};
        REQUIRE(write(memory.get(), &argb, sizeof argb) == sizeof argb);
        wl_shm_pool* pool = wl_shm_create_pool(shm, memory.get(), sizeof argb);
        show_own(wl_shm_pool_create_buffer(pool, 0, 1, 1, 4, WL_SHM_FORMAT_ARGB8888));
        wl_shm_pool_destroy(pool);
        wl_shm_destroy(shm);
    }

private:
    void show_own(wl_buffer* buffer) {
        buffer_ = buffer;
        show(buffer);
    }

    RawClient& client_;
    wl_surface* surface_;
    wl_subcompositor* subcompositor_;
    wl_subsurface* subsurface_;
    wp_viewporter* viewporter_;
    wp_viewport* viewport_;
    wl_buffer* buffer_ = nullptr;
};

void check(const Pixel& seen, const Meaning& meaning) {
    INFO("coefficients " << meaning.coefficients << ", range " << meaning.range << ": expected "
                         << to_string(defined(meaning)) << ", got " << to_string(seen));
    CHECK(distance(seen, defined(meaning)) <= 2);
}

} // namespace

TEST_CASE_METHOD(Studio, "YUV has the colours that its coefficients and range define") {
    for (const Format& format : formats) {
        INFO(tarmac::fourcc_name(format.fourcc));
        ImageBuffer image{client, format.fourcc, Width, Height};
        image.fill(image.whole(), format.blocks);
        for (const Meaning& meaning : meanings) {
            set(meaning);
            window.show(image.get());
            check(seen(), meaning);
        }
    }
}

TEST_CASE_METHOD(Studio, "colours change with their meaning, without a new buffer") {
    for (const Format& format : formats) {
        INFO(tarmac::fourcc_name(format.fourcc));
        ImageBuffer image{client, format.fourcc, Width, Height};
        image.fill(image.whole(), format.blocks);
        set(meanings[0]);
        window.show(image.get());
        check(seen(), meanings[0]);
        for (const Meaning& meaning : {meanings[3], meanings[4], meanings[0]}) {
            set(meaning);
            window.commit();
            check(seen(), meaning);
        }
    }
}

TEST_CASE_METHOD(Studio, "without a word YUV is taken for BT.601 in limited range") {
    ImageBuffer image{client, DRM_FORMAT_YUV444, Width, Height};
    image.fill(image.whole(), {{Y}, {U}, {V}});
    window.show(image.get());
    check(seen(), meanings[0]);
}

TEST_CASE_METHOD(Studio,
                 "an encoding that the client's format can't have is an error, whatever its way") {
    struct Case {
        std::uint32_t fourcc;
        std::uint32_t flags;
        Coefficients coefficients;
        Range range;
        bool is_wrong;
    };
    constexpr std::uint32_t Inverted = ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_Y_INVERT;
    constexpr Case cases[] = {
        {DRM_FORMAT_XRGB8888, 0, Bt709, Limited, true},
        {DRM_FORMAT_XRGB8888, Inverted, Bt601, Full, true},
        {DRM_FORMAT_RGBX8888, 0, Bt709, Limited, true},
        {DRM_FORMAT_YUYV, 0, Identity, Full, true},
        {DRM_FORMAT_P010, 0, Identity, Full, true},
        {DRM_FORMAT_XRGB8888, 0, Identity, Full, false},
        {DRM_FORMAT_RGBX8888, 0, Identity, Full, false},
    };
    const auto pixel_format = protocol_error(WP_COLOR_REPRESENTATION_SURFACE_V1_ERROR_PIXEL_FORMAT);
    for (const auto& [fourcc, flags, coefficients, range, is_wrong] : cases) {
        for (const bool comes_with_buffer : {true, false}) {
            INFO(tarmac::fourcc_name(fourcc)
                 << " with coefficients " << coefficients
                 << (comes_with_buffer ? " that come with the buffer" : " that come after it"));
            // An error is the end of a client, not of the compositor.
            RawClient alone = compositor.connect(6);
            Window shown{alone};
            ColorSurface meant{alone, shown.surface()};
            ImageBuffer image{alone, fourcc, Width, Height, flags};
            if (!comes_with_buffer)
                shown.show(image.get());
            meant.set_coefficients(coefficients, range);
            if (comes_with_buffer)
                wl_surface_attach(shown.surface(), image.get(), 0, 0);
            wl_surface_commit(shown.surface());
            alone.round_trip();
            CHECK(alone.connection() == (is_wrong ? pixel_format : Answer{}));
            if (is_wrong)
                CHECK(alone.connection().interface == "wp_color_representation_surface_v1");
        }
    }
}

TEST_CASE_METHOD(Studio,
                 "a surface may go over from RGB to YUV and name its coefficients at once") {
    ImageBuffer rgb{client, DRM_FORMAT_XRGB8888, Width, Height};
    window.show(rgb.get());
    for (const std::uint32_t fourcc : {DRM_FORMAT_NV12, DRM_FORMAT_YUV444}) {
        colors.set_coefficients(Bt709, Limited);
        ImageBuffer yuv{client, fourcc, Width, Height};
        window.show(yuv.get());
        CHECK(client.connection() == Answer{});
    }
}

TEST_CASE_METHOD(Studio, "half-transparent red looks the same in whatever buffer") {
    ImageBuffer black{client, DRM_FORMAT_XRGB8888, Width, Height};
    window.show(black.get());
    Overlay overlay{client, window.surface()};
    ImageBuffer red{client, DRM_FORMAT_ARGB8888, 1, 1};
    red.fill(red.whole(), {{0, 0, 128, 128}});
    overlay.show(red.get());
    window.commit();
    const Pixel expected = seen();
    // Vulkan's blends light, the others numbers.
    CHECK(expected.red <= 188);
    SECTION("a single pixel") {
        overlay.show_single_pixel(0x80000000, 0, 0, 0x80000000);
    }
    SECTION("shared memory") {
        overlay.show_shm_pixel(0x80800000);
    }
    window.commit();
    CHECK(distance(seen(), expected) <= 1);
    // wlroots 0.20.2 would draw straight alpha as if it were premultiplied.
    ColorSurface straight{client, overlay.surface()};
    CHECK(straight.alpha_modes() ==
          std::vector<std::uint32_t>{
              WP_COLOR_REPRESENTATION_SURFACE_V1_ALPHA_MODE_PREMULTIPLIED_ELECTRICAL});
    straight.set_straight(true);
    client.round_trip();
    CHECK(client.connection() ==
          protocol_error(WP_COLOR_REPRESENTATION_SURFACE_V1_ERROR_ALPHA_MODE));
}
