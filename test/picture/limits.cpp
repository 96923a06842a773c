// The largest pictures, and what is none.

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cmath>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <tarmac/texture_builder.hpp>
#include <unistd.h>
#include <utility>

#include "picture/gallery.hpp"
#include "support/dmabuf_source.hpp"
#include "support/drawer.hpp"
#include "wlr/renderer_facts.hpp"

using namespace test;
using tarmac::Fd;

namespace {

constexpr int Side = 8192, Part = 40;

/// Corners that differ, in a picture that is otherwise of one colour.
std::uint8_t gray_at(int x, int y) {
    return static_cast<std::uint8_t>(20 + x % 97 + y % 101);
}

/// Upper left ends of the corners' parts.
std::array<std::pair<int, int>, 4> corners_of(int height) {
    return {{{0, 0}, {Side - Part, 0}, {0, height - Part}, {Side - Part, height - Part}}};
}

/// An empty one where the heap lacks so much.
Fd allocate_from_heap(std::size_t size, int flags) {
    const Fd heap{open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC)};
    dma_heap_allocation_data request = {.len = size,
                                        .fd = 0,
                                        .fd_flags = static_cast<std::uint32_t>(flags | O_CLOEXEC),
                                        .heap_flags = 0};
    if (ioctl(heap.get(), DMA_HEAP_IOCTL_ALLOC, &request) != 0)
        return {};
    return Fd{static_cast<int>(request.fd)};
}

/// Of a white picture, by the first of the drawer's importers that takes it; else the last error.
tarmac::Result<tarmac::Texture> build_white(const Drawer& drawer, std::uint32_t fourcc,
                                            tarmac::Extent extent) {
    const tarmac::PixelFormat& format = *tarmac::find_pixel_format(fourcc);
    const auto stride = static_cast<std::uint32_t>(format.min_stride(0, extent.width));
    const std::size_t first_plane = std::size_t{stride} * extent.height;
    std::vector<std::uint8_t> content(first_plane, 255);
    tarmac::TextureBuilder builder;
    builder.set_size(extent.width, extent.height).set_format(fourcc, DRM_FORMAT_MOD_LINEAR);
    if (format.n_planes > 1) {
        content.assign(first_plane, 235);
        content.resize(first_plane / 2 * 3, 128);
    }
    const Fd dmabuf = make_dmabuf(Exporter::Udmabuf, content);
    builder.set_n_planes(format.n_planes);
    builder.set_plane(0, std::move(*dmabuf.duplicate()), 0, stride);
    if (format.n_planes > 1)
        builder.set_plane(1, std::move(*dmabuf.duplicate()),
                          static_cast<std::uint32_t>(first_plane), stride);
    for (tarmac::Importer* importer : drawer.importers()) {
        auto texture = builder.build(*importer);
        if (texture || importer == drawer.importers().back())
            return texture;
    }
    std::unreachable();
}

} // namespace

TEST_CASE("pictures are as wide and as high as the renderer can draw, or refused") {
    const auto drawing = GENERATE(Drawing::Pixman, Drawing::Gles2, Drawing::Vulkan);
    const std::uint32_t fourcc = GENERATE(DRM_FORMAT_XRGB8888, DRM_FORMAT_NV12);
    const bool is_wide = GENERATE(true, false);
    CAPTURE(name_of(drawing), tarmac::fourcc_name(fourcc), is_wide);
    if (const std::string why = missing(Exporter::Udmabuf); !why.empty())
        SKIP(why);
    const Drawer& drawer = Drawer::shared(drawing);
    const std::uint32_t most = tarmac::RendererFacts::of(drawer.renderer())->max_size.width;
    const auto extent_of = [&](std::uint32_t side) {
        return is_wide ? tarmac::Extent{side, 8} : tarmac::Extent{8, side};
    };

    const auto refused = build_white(drawer, fourcc, extent_of(most + 2));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.contains("the renderer has no textures of"));

    const auto texture = build_white(drawer, fourcc, extent_of(most));
    REQUIRE(texture);
    const auto look = [&](const wlr_fbox& part) {
        wlr_render_texture_options options{};
        options.texture = texture->get();
        options.src_box = part;
        options.dst_box = {0, 0, Part, Part};
        return describe(drawer.draw(Part, Part, [&](wlr_render_pass* pass) {
            wlr_render_pass_add_texture(pass, &options);
        }));
    };
    const auto [width, height] = extent_of(most);
    CHECK(look({}) == "40x40 white");
    // Its end, as it is and magnified.
    for (const unsigned part : {8u, 4u})
        CHECK(look({static_cast<double>(width - part), static_cast<double>(height - part),
                    static_cast<double>(part), static_cast<double>(part)}) == "40x40 white");
}

TEST_CASE("a picture of 8192 by 8192 pixels is right in its corners") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    CAPTURE(renderer);
    if (const std::string why = missing(Exporter::SystemHeap); !why.empty())
        SKIP(why);
    CompositorProcess compositor{{"--size", "320x240"}, style_of(renderer).stage};
    for (const std::uint32_t fourcc : {DRM_FORMAT_XRGB8888, DRM_FORMAT_NV12}) {
        const bool is_yuv = fourcc == DRM_FORMAT_NV12;
        // What is converted is copied twice. The test machine maps it page by page into a process
        // of the host, which may have 65530 mappings and is killed for more: it is only as wide.
        const int height = is_yuv ? 1024 : Side;
        const auto corners = corners_of(height);
        const std::uint32_t stride = is_yuv ? Side : Side * 4;
        const std::size_t first_plane = std::size_t{stride} * static_cast<unsigned>(height);
        const Fd dmabuf =
            allocate_dmabuf(Exporter::SystemHeap, is_yuv ? first_plane / 2 * 3 : first_plane);
        {
            DmabufMapping mapping{dmabuf, is_yuv ? first_plane / 2 * 3 : first_plane};
            for (const auto& [left, top] : corners) {
                std::vector<std::uint8_t> row;
                for (int y = top; y < top + Part; ++y) {
                    row.clear();
                    for (int x = left; x < left + Part; ++x)
                        row.insert(row.end(), is_yuv ? 1 : 4, gray_at(x, y));
                    mapping.write(std::size_t{stride} * static_cast<std::size_t>(y) +
                                      static_cast<std::size_t>(is_yuv ? left : left * 4),
                                  row.data(), row.size());
                }
            }
            const std::vector<std::uint8_t> neutral(first_plane / 2, 128);
            if (is_yuv)
                mapping.write(first_plane, neutral.data(), neutral.size());
        }
        RawClient client = compositor.connect(4);
        Window window{client};
        window.set_fullscreen();
        auto& params = client.create_params();
        client.add(params, dmabuf.get(), 0, 0, stride, DRM_FORMAT_MOD_LINEAR);
        if (is_yuv)
            client.add(params, dmabuf.get(), 1, static_cast<std::uint32_t>(first_plane), stride,
                       DRM_FORMAT_MOD_LINEAR);
        REQUIRE(client.create(params, Side, height, fourcc) == Answer{Answer::Created, 0, {}});
        CAPTURE(compositor.process().await_line("tarmac: imported"));
        bool is_first = true;
        for (const auto& [left, top] : corners) {
            CAPTURE(left, top);
            window.set_crop(left, top, Part, Part);
            // All of it once.
            if (std::exchange(is_first, false))
                window.show(params.buffer);
            else
                window.show(params.buffer, {left, top, Part, Part});
            const Picture screen = take_screenshot(compositor.socket());
            int worst = 0;
            for (int y = 0; y < Part; ++y) {
                for (int x = 0; x < Part; ++x) {
                    const double gray = gray_at(left + x, top + y);
                    const auto level = static_cast<std::uint8_t>(
                        is_yuv ? std::lround(std::max((gray - 16) / 219 * 255, 0.0)) : gray);
                    worst = std::max(worst, distance(screen.at((screen.width - Part) / 2 + x,
                                                               (screen.height - Part) / 2 + y),
                                                     {level, level, level}));
                }
            }
            CHECK(worst <= (is_yuv ? 2 : 0));
        }
    }
}

TEST_CASE("what isn't a dma-buf, or can't be read, fails with every renderer") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    CAPTURE(renderer);
    CompositorProcess compositor{{}, style_of(renderer).stage};
    RawClient client = compositor.connect(4);
    Fd fd;
    SECTION("a memfd") {
        fd = Fd{memfd_create("tarmac-test", MFD_CLOEXEC)};
        REQUIRE(ftruncate(fd.get(), 1 << 16) == 0);
    }
    SECTION("a dma-buf that may only be written") {
        if (const std::string why = missing(Exporter::SystemHeap); !why.empty())
            SKIP(why);
        fd = allocate_from_heap(1 << 16, O_WRONLY);
    }
    REQUIRE(fd);
    for (const std::uint32_t fourcc : {DRM_FORMAT_XRGB8888, DRM_FORMAT_YUYV}) {
        auto& params = client.create_params();
        client.add(params, fd.get(), 0, 0, 256, DRM_FORMAT_MOD_LINEAR);
        CHECK(client.create(params, 64, 64, fourcc) == Answer{Answer::Failed, 0, {}});
    }
    CHECK(client.round_trip());
}
