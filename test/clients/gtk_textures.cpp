// The same dma-bufs through GTK's GdkDmabufTextureBuilder and through ours.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <tarmac/texture_builder.hpp>

#include "clients/programs.hpp"
#include "dmabuf/formatted.hpp"
#include "picture/card.hpp"
#include "support/dmabuf_source.hpp"
#include "wlr/wlr.hpp"

using namespace test;

namespace {

/// Premultiplied R, G, B and A of every pixel.
using Bytes = std::vector<std::uint8_t>;

/// What rounding, and coefficients of whole numbers for YUV, may make of a component.
constexpr int MostApart = 3;

/// An image of a format in one dma-buf.
struct Image {
    explicit Image(const FormatLayout& layout)
        : card{layout, {.width = 16, .height = 8, .offset = 64, .padding = 8}}
        , dmabuf{make_dmabuf(Exporter::Udmabuf, card.files().front())} {}

    Card card;
    tarmac::Fd dmabuf;
};

std::string describe(const Image& image) {
    std::string line =
        tarmac::formatted("{} {} {} {}", image.card.geometry().width, image.card.geometry().height,
                          image.card.layout().fourcc, image.card.planes().size());
    for (const Card::Plane& plane : image.card.planes())
        line += tarmac::formatted(" {} {} {}", image.dmabuf.get(), plane.offset, plane.stride);
    return line;
}

/// A directory for what is made on the way.
struct Workshop {
    std::filesystem::path path = std::filesystem::temp_directory_path() / "tarmac-test-gtk";

    Workshop() { std::filesystem::create_directories(path); }
    ~Workshop() { std::filesystem::remove_all(path); }
    Workshop(const Workshop&) = delete;
    Workshop& operator=(const Workshop&) = delete;
};

/// gtk_reader.c, compiled into `workshop`.
std::string make_reader(const Workshop& workshop) {
    need("libgtk-4-dev", {"pkg-config", "--exists", "gtk4"});
    const std::string program = workshop.path / "gtk-reader";
    Process compiler{{"sh", "-c", "cc -o \"$1\" \"$0\" $(pkg-config --cflags --libs gtk4)",
                      clients_file("gtk_reader.c"), program}};
    const int status = compiler.wait();
    INFO(compiler.output());
    REQUIRE(status == 0);
    return program;
}

/// What GTK reads of each image; nothing where it refuses it.
std::vector<std::optional<Bytes>> read_with_gtk(const std::vector<Image>& images,
                                                const std::string& disabled) {
    const Workshop workshop;
    const std::string reader = make_reader(workshop), list = workshop.path / "images";
    {
        std::ofstream file{list};
        for (const Image& image : images) {
            file << describe(image) << '\n';
            // The reader inherits it.
            REQUIRE(fcntl(image.dmabuf.get(), F_SETFD, 0) == 0);
        }
    }
    CompositorProcess compositor;
    Process process{{reader, list},
                    {compositor.environment(), SynchronousMesa, DmabufMesa, "GDK_BACKEND=wayland",
                     "GDK_DISABLE=" + disabled}};
    std::vector<std::optional<Bytes>> results;
    for (std::size_t i = 0; i < images.size(); ++i) {
        const std::string line = process.await_line("image "), read = "image read ";
        auto& result = results.emplace_back();
        if (!line.starts_with(read))
            continue;
        result.emplace();
        for (std::size_t at = read.size(); at + 1 < line.size(); at += 2)
            result->push_back(
                static_cast<std::uint8_t>(std::stoi(line.substr(at, 2), nullptr, 16)));
    }
    CHECK(process.wait() == 0);
    return results;
}

/// What we read of it, into memory.
Bytes read_with_ours(tarmac::Importer& importer, const Image& image) {
    const Geometry& size = image.card.geometry();
    tarmac::TextureBuilder builder;
    builder.set_size(size.width, size.height)
        .set_format(image.card.layout().fourcc, DRM_FORMAT_MOD_LINEAR)
        .set_n_planes(static_cast<unsigned>(image.card.planes().size()));
    for (unsigned i = 0; i < image.card.planes().size(); ++i)
        builder.set_plane(i, std::move(*image.dmabuf.duplicate()), image.card.planes()[i].offset,
                          image.card.planes()[i].stride);
    const auto texture = builder.build(importer);
    INFO(image.card.layout().name << ": " << (texture ? "" : texture.error().message));
    REQUIRE(texture);
    Bytes bytes(std::size_t{size.width} * size.height * 4);
    const wlr_texture_read_pixels_options options = {
        .data = bytes.data(),
        .format = DRM_FORMAT_ABGR8888,
        .stride = size.width * 4,
        .dst_x = 0,
        .dst_y = 0,
        .src_box = {},
    };
    REQUIRE(wlr_texture_read_pixels(texture->get(), &options));
    return bytes;
}

/// The largest difference of a component, of alpha only where the format has it.
int difference(const FormatLayout& layout, const Bytes& a, const Bytes& b) {
    int result = a.size() == b.size() ? 0 : 255;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        if (i % 4 != 3 || layout.alpha)
            result = std::max(result, std::abs(a[i] - b[i]));
    }
    return result;
}

} // namespace

TEST_CASE("GTK's texture builder and ours read the same of a dma-buf") {
    if (const std::string reason = missing(Exporter::Udmabuf); !reason.empty())
        SKIP(reason);
    std::string disabled;
    bool interpolates_chroma = false;
    // Where GTK 4.24.1 is wrong: components of packed YUV are mixed up, and what has no alpha gets
    // one.
    std::set<std::string> faults = {"AVUY8888", "XVUY8888", "VUY888"};
    SECTION("on the CPU") {
        disabled = "gl,vulkan";
        faults.insert({"AYUV", "XYUV8888"});
    }
    SECTION("with OpenGL") {
        disabled = "vulkan";
        interpolates_chroma = true;
        faults.insert({"XRGB2101010", "XBGR2101010"});
    }
    std::vector<Image> images;
    for (const FormatLayout& layout : all_format_layouts())
        images.emplace_back(layout);
    const auto theirs = read_with_gtk(images, disabled);

    wlr_renderer* renderer = wlr_pixman_renderer_create();
    int compared = 0;
    {
        const auto importer = std::move(*tarmac::create_mapped_importer(renderer, 1));
        for (std::size_t i = 0; i < images.size(); ++i) {
            const FormatLayout& layout = images[i].card.layout();
            const bool shares_chroma = layout.horizontal * layout.vertical > 1;
            if (!theirs[i] || (interpolates_chroma && shares_chroma))
                continue;
            const int apart = difference(layout, read_with_ours(*importer, images[i]), *theirs[i]);
            INFO(layout.name);
            if (!faults.contains(layout.name))
                CHECK(apart <= MostApart);
            else if (apart <= MostApart)
                WARN("GTK reads " << layout.name << " right: no fault to know of any more");
            ++compared;
        }
    }
    wlr_renderer_destroy(renderer);
    CHECK(compared >= 30);
}
