// How long a picture in a dma-buf takes to become DRM_FORMAT_ARGB8888 in memory, beside GTK 4,
// which has it in its dma-buf textures' gdk_texture_download().

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <drm_fourcc.h>
#include <gtk/gtk.h>
#include <memory>
#include <sys/mman.h>
#include <tarmac/pixel_format.hpp>
#include <vector>

#include "bench/comparison.hpp"
#include "bench/figures.hpp"
#include "convert/conversion.hpp"
#include "dmabuf/formatted.hpp"
#include "support/compositor_process.hpp"
#include "support/dmabuf_source.hpp"

using namespace bench;
using namespace tarmac;
using namespace test;

namespace {

constexpr Extent FullHd{1920, 1080};
constexpr std::size_t LumaSize = std::size_t{FullHd.width} * FullHd.height;
constexpr std::size_t OutStride = FullHd.width * 4;

struct Unref {
    void operator()(void* object) const { g_object_unref(object); }
};
template <typename Object>
using Ref = std::unique_ptr<Object, Unref>;

/// Grey from black to white and back, whatever matrix is meant.
std::vector<std::uint8_t> ramp() {
    std::vector<std::uint8_t> picture(LumaSize * 3 / 2, 128);
    for (std::size_t i = 0; i < LumaSize; ++i)
        picture[i] = static_cast<std::uint8_t>(16 + i % 220);
    return picture;
}

Ref<GdkTexture> texture_of(const Fd& dmabuf, GdkDisplay* display) {
    const Ref<GdkDmabufTextureBuilder> builder{gdk_dmabuf_texture_builder_new()};
    gdk_dmabuf_texture_builder_set_display(builder.get(), display);
    gdk_dmabuf_texture_builder_set_width(builder.get(), FullHd.width);
    gdk_dmabuf_texture_builder_set_height(builder.get(), FullHd.height);
    gdk_dmabuf_texture_builder_set_fourcc(builder.get(), DRM_FORMAT_NV12);
    gdk_dmabuf_texture_builder_set_modifier(builder.get(), DRM_FORMAT_MOD_LINEAR);
    gdk_dmabuf_texture_builder_set_n_planes(builder.get(), 2);
    for (unsigned plane = 0; plane < 2; ++plane) {
        gdk_dmabuf_texture_builder_set_fd(builder.get(), plane, dmabuf.get());
        gdk_dmabuf_texture_builder_set_stride(builder.get(), plane, FullHd.width);
        gdk_dmabuf_texture_builder_set_offset(builder.get(), plane, plane * LumaSize);
    }
    GError* error = nullptr;
    Ref<GdkTexture> texture{
        gdk_dmabuf_texture_builder_build(builder.get(), nullptr, nullptr, &error)};
    INFO((error ? error->message : ""));
    g_clear_error(&error);
    REQUIRE(texture);
    return texture;
}

class MappedDmabuf {
public:
    MappedDmabuf(const Fd& dmabuf, std::size_t size)
        : size_{size}, memory_{mmap(nullptr, size, PROT_READ, MAP_SHARED, dmabuf.get(), 0)} {
        REQUIRE(memory_ != MAP_FAILED);
    }
    ~MappedDmabuf() { munmap(memory_, size_); }
    MappedDmabuf(const MappedDmabuf&) = delete;
    MappedDmabuf& operator=(const MappedDmabuf&) = delete;
    const std::uint8_t* bytes() const { return static_cast<const std::uint8_t*>(memory_); }

private:
    std::size_t size_;
    void* memory_;
};

/// Of one `work`.
template <typename Work>
Cost cost_of(unsigned rounds, Work work) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    const std::clock_t processor = std::clock();
    for (unsigned i = 0; i < rounds; ++i)
        work();
    return {std::chrono::duration<double>(Clock::now() - start).count() / rounds,
            static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC / rounds};
}

/// Whether each component of each pixel is within a few steps of the other's: GTK's renderer may
/// draw it with another precision.
bool is_alike(const std::vector<std::uint8_t>& one, const std::vector<std::uint8_t>& other) {
    for (std::size_t i = 0; i < one.size(); ++i) {
        if (std::abs(one[i] - other[i]) > 4)
            return false;
    }
    return true;
}

} // namespace

TEST_CASE("bench: NV12 in 1080p, beside GTK's download", "[bench]") {
    CompositorProcess compositor;
    setenv("WAYLAND_DISPLAY", compositor.socket().c_str(), 1);
    // Mesa's layer that chooses a device crashes where Vulkan has none.
    setenv("GDK_DISABLE", "vulkan", 1);
    REQUIRE(gtk_init_check());
    GdkDisplay* display = gdk_display_get_default();
    REQUIRE(display);
    const Fd dmabuf = make_dmabuf(Exporter::Udmabuf, ramp());
    const Ref<GdkTexture> texture = texture_of(dmabuf, display);
    const MappedDmabuf memory{dmabuf, LumaSize * 3 / 2};
    const Picture picture{
        *find_pixel_format(DRM_FORMAT_NV12),
        FullHd,
        {{{memory.bytes(), FullHd.width}, {memory.bytes() + LumaSize, FullHd.width}}},
        ColorState::of(ColorModel::Yuv),
        true};

    std::vector<std::uint8_t> ours(OutStride * FullHd.height), theirs(ours.size());
    const unsigned rounds = is_measuring() ? 20 : 1;
    const auto convert = [&] {
        return cost_of(rounds, [&] {
            convert_to_argb(picture, Rect{0, 0, FullHd.width, FullHd.height}, ours.data(),
                            OutStride);
        });
    };
    const auto download = [&] {
        return cost_of(rounds,
                       [&] { gdk_texture_download(texture.get(), theirs.data(), OutStride); });
    };
    convert();
    download();
    REQUIRE(is_alike(ours, theirs));
    const Pairs pairs = measure_pairs(convert, download, is_measuring() ? Effort{} : Effort{1, 1});
    const Peer gtk{formatted("GTK {}.{}.{}", gtk_get_major_version(), gtk_get_minor_version(),
                             gtk_get_micro_version())};
    record("downloads",
           json_of("NV12 1080p into memory", gtk, rounds, pairs, {.elapsed = 1.0 / 5}));
}
