// What clients say of their numbers through wp_color_representation_v1, and what is then seen.

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cmath>
#include <drm_fourcc.h>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/color_surface.hpp"
#include "support/image_buffer.hpp"
#include "support/stages.hpp"
#include "support/window.hpp"

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
    const auto& [fourcc, flags, coefficients, range, is_wrong] = GENERATE_REF(values<Case>({
        {DRM_FORMAT_XRGB8888, 0, Bt709, Limited, true},
        {DRM_FORMAT_XRGB8888, Inverted, Bt601, Full, true},
        {DRM_FORMAT_RGBX8888, 0, Bt709, Limited, true},
        {DRM_FORMAT_YUYV, 0, Identity, Full, true},
        {DRM_FORMAT_P010, 0, Identity, Full, true},
        {DRM_FORMAT_XRGB8888, 0, Identity, Full, false},
        {DRM_FORMAT_RGBX8888, 0, Identity, Full, false},
    }));
    INFO(tarmac::fourcc_name(fourcc) << " with coefficients " << coefficients);
    const auto pixel_format = protocol_error(WP_COLOR_REPRESENTATION_SURFACE_V1_ERROR_PIXEL_FORMAT);
    ImageBuffer image{client, fourcc, Width, Height, flags};
    SECTION("that comes with the buffer") {
        colors.set_coefficients(coefficients, range);
        wl_surface_attach(window.surface(), image.get(), 0, 0);
    }
    SECTION("that comes after it") {
        window.show(image.get());
        colors.set_coefficients(coefficients, range);
    }
    wl_surface_commit(window.surface());
    client.round_trip();
    CHECK(client.connection() == (is_wrong ? pixel_format : Answer{}));
    if (is_wrong)
        CHECK(client.connection().interface == "wp_color_representation_surface_v1");
}

TEST_CASE_METHOD(Studio, "alpha that colours aren't multiplied with is multiplied") {
    constexpr std::uint8_t Alpha = 128, Red = 220, Green = 120, Blue = 30;
    const auto times = [](std::uint8_t color) {
        return static_cast<std::uint8_t>(std::lround(color * Alpha / 255.0));
    };
    ImageBuffer premultiplied{client, DRM_FORMAT_ARGB8888, Width, Height};
    premultiplied.fill(premultiplied.whole(), {{times(Blue), times(Green), times(Red), Alpha}});
    ImageBuffer straight{client, DRM_FORMAT_ARGB8888, Width, Height};
    straight.fill(straight.whole(), {{Blue, Green, Red, Alpha}});

    window.show(premultiplied.get());
    const Pixel expected = seen();
    window.show(straight.get());
    CHECK(distance(seen(), expected) > 20);
    colors.set_straight(true);
    window.commit();
    CHECK(distance(seen(), expected) <= 1);
    colors.set_straight(false);
    window.show(premultiplied.get());
    CHECK(distance(seen(), expected) <= 1);
}
