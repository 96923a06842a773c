#include "wlr/yuv_trial.hpp"

#include <array>
#include <cstdlib>
#include <string_view>

#include "wlr/sample_buffer.hpp"

namespace tarmac {

namespace {

/// A format's samples in memory, by plane: Y, U, V and A (which is opaque) for the 8 bits of one,
/// or for the upper 8 of 16 after a 0.
struct Layout {
    std::uint32_t fourcc;
    std::string_view planes[3];
};

constexpr Layout layouts[] = {
    {DRM_FORMAT_NV12, {"Y", "UV"}},
    {DRM_FORMAT_NV21, {"Y", "VU"}},
    {DRM_FORMAT_NV16, {"Y", "UV"}},
    {DRM_FORMAT_NV61, {"Y", "VU"}},
    {DRM_FORMAT_NV24, {"Y", "UV"}},
    {DRM_FORMAT_NV42, {"Y", "VU"}},
    {DRM_FORMAT_P010, {"0Y", "0U0V"}},
    {DRM_FORMAT_P012, {"0Y", "0U0V"}},
    {DRM_FORMAT_P016, {"0Y", "0U0V"}},
    {DRM_FORMAT_P210, {"0Y", "0U0V"}},
    {DRM_FORMAT_YUV410, {"Y", "U", "V"}},
    {DRM_FORMAT_YVU410, {"Y", "V", "U"}},
    {DRM_FORMAT_YUV411, {"Y", "U", "V"}},
    {DRM_FORMAT_YVU411, {"Y", "V", "U"}},
    {DRM_FORMAT_YUV420, {"Y", "U", "V"}},
    {DRM_FORMAT_YVU420, {"Y", "V", "U"}},
    {DRM_FORMAT_YUV422, {"Y", "U", "V"}},
    {DRM_FORMAT_YVU422, {"Y", "V", "U"}},
    {DRM_FORMAT_YUV444, {"Y", "U", "V"}},
    {DRM_FORMAT_YVU444, {"Y", "V", "U"}},
    {DRM_FORMAT_S016, {"0Y", "0U", "0V"}},
    {DRM_FORMAT_S216, {"0Y", "0U", "0V"}},
    {DRM_FORMAT_S416, {"0Y", "0U", "0V"}},
    {DRM_FORMAT_YUYV, {"YUYV"}},
    {DRM_FORMAT_YVYU, {"YVYU"}},
    {DRM_FORMAT_UYVY, {"UYVY"}},
    {DRM_FORMAT_VYUY, {"VYUY"}},
    {DRM_FORMAT_AYUV, {"VUYA"}},
    {DRM_FORMAT_XYUV8888, {"VUYA"}},
    {DRM_FORMAT_AVUY8888, {"YUVA"}},
    {DRM_FORMAT_XVUY8888, {"YUVA"}},
    {DRM_FORMAT_VUY888, {"YUV"}},
    {DRM_FORMAT_Y210, {"0Y0U0Y0V"}},
    {DRM_FORMAT_Y212, {"0Y0U0Y0V"}},
    {DRM_FORMAT_Y216, {"0Y0U0Y0V"}},
    {DRM_FORMAT_Y412, {"0U0Y0VAA"}},
    {DRM_FORMAT_Y416, {"0U0Y0VAA"}},
    {DRM_FORMAT_XVYU12_16161616, {"0U0Y0VAA"}},
    {DRM_FORMAT_XVYU16161616, {"0U0Y0VAA"}},
};

/// A colour far from what it is with another matrix, another range or its parts exchanged.
constexpr std::uint8_t Y = 150, U = 60, V = 170;
/// The same by BT.601 in limited range.
constexpr std::uint8_t Red = 223, Green = 149, Blue = 19;
/// Drivers round, and take the range of 16 bits for that of 8.
constexpr int Tolerance = 5;

constexpr Extent SampleSize{32, 16};
/// Samples are drawn side by side, in squares.
constexpr int Cell = 8, CellsPerRow = 8;
constexpr Extent TargetSize{Cell * CellsPerRow, Cell* CellsPerRow};
static_assert(std::size(layouts) < CellsPerRow * CellsPerRow);

std::uint8_t byte_of(char component) {
    switch (component) {
    case 'Y':
        return Y;
    case 'U':
        return U;
    case 'V':
        return V;
    case 'A':
        return 255;
    default:
        return 0;
    }
}

std::unique_ptr<SampleBuffer, BufferDrop> make_sample(const Layout& layout) {
    const auto n_planes = static_cast<unsigned>(std::ranges::count_if(
        layout.planes, [](std::string_view plane) { return !plane.empty(); }));
    auto sample = SampleBuffer::create(layout.fourcc, SampleSize, n_planes);
    for (unsigned i = 0; sample && i < n_planes; ++i) {
        const std::string_view plane = layout.planes[i];
        std::size_t at = 0;
        for (std::uint8_t& byte : sample->plane(i))
            byte = byte_of(plane[at++ % SampleBuffer::Stride % plane.size()]);
    }
    return sample;
}

using Texture =
    std::unique_ptr<wlr_texture, decltype([](wlr_texture* t) { wlr_texture_destroy(t); })>;

struct Tried {
    std::uint32_t fourcc;
    Texture texture;
};

wlr_box cell(std::size_t nth) {
    const int i = static_cast<int>(nth);
    return {i % CellsPerRow * Cell, i / CellsPerRow * Cell, Cell, Cell};
}

bool draw(wlr_renderer* renderer, wlr_buffer* target, std::span<const Tried> all) {
    wlr_render_pass* pass = wlr_renderer_begin_buffer_pass(renderer, target, nullptr);
    if (!pass)
        return false;
    for (std::size_t i = 0; i < all.size(); ++i) {
        wlr_render_texture_options options{};
        options.texture = all[i].texture.get();
        options.dst_box = cell(i);
        options.blend_mode = WLR_RENDER_BLEND_MODE_NONE;
        wlr_render_pass_add_texture(pass, &options);
    }
    return wlr_render_pass_submit(pass);
}

bool is_right(std::uint32_t xrgb) {
    const auto is_near = [&](unsigned shift, int expected) {
        return std::abs(static_cast<int>(xrgb >> shift & 0xff) - expected) <= Tolerance;
    };
    return is_near(16, Red) && is_near(8, Green) && is_near(0, Blue);
}

} // namespace

std::vector<std::uint32_t> find_miscolored(wlr_renderer* renderer,
                                           std::span<const std::uint32_t> fourccs) {
    const auto target = SampleBuffer::create(DRM_FORMAT_XRGB8888, TargetSize);
    const Texture drawn{target ? wlr_texture_from_buffer(renderer, target.get()) : nullptr};
    if (!drawn)
        return {};
    // Without it in its cell, what is read back isn't what was drawn, and says nothing of YUV.
    const auto control = SampleBuffer::create(DRM_FORMAT_XRGB8888, SampleSize);
    for (std::size_t at = 0; control && at < control->plane(0).size(); ++at)
        control->plane(0)[at] = std::array<std::uint8_t, 4>{Blue, Green, Red, 255}[at % 4];
    std::vector<Tried> all;
    for (const Layout& layout : layouts) {
        if (!std::ranges::contains(fourccs, layout.fourcc))
            continue;
        const auto sample = make_sample(layout);
        if (Texture texture{sample ? wlr_texture_from_buffer(renderer, sample.get()) : nullptr})
            all.push_back({layout.fourcc, std::move(texture)});
    }
    if (Texture texture{control ? wlr_texture_from_buffer(renderer, control.get()) : nullptr})
        all.push_back({DRM_FORMAT_XRGB8888, std::move(texture)});
    else
        return {};
    std::vector<std::uint32_t> pixels(std::size_t{TargetSize.width} * TargetSize.height);
    const wlr_texture_read_pixels_options options{.data = pixels.data(),
                                                  .format = DRM_FORMAT_XRGB8888,
                                                  .stride = TargetSize.width * 4,
                                                  .dst_x = 0,
                                                  .dst_y = 0,
                                                  .src_box = {}};
    if (!draw(renderer, target.get(), all) || !wlr_texture_read_pixels(drawn.get(), &options))
        return {};
    std::vector<std::uint32_t> miscolored;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const wlr_box box = cell(i);
        const int middle =
            (box.y + Cell / 2) * static_cast<int>(TargetSize.width) + box.x + Cell / 2;
        if (!is_right(pixels[static_cast<std::size_t>(middle)]))
            miscolored.push_back(all[i].fourcc);
    }
    if (std::ranges::contains(miscolored, DRM_FORMAT_XRGB8888))
        return {};
    return miscolored;
}

} // namespace tarmac
