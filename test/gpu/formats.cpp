// Every format on a GPU that has a driver, as grim sees it, against its definition: in buffers of
// its own, and in memory that it refuses.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <optional>
#include <span>

#include "gpu/stage.hpp"
#include "picture/cell.hpp"

using namespace test;

namespace {

struct Place {
    unsigned width, height;
    int x; ///< in a cell
};
constexpr Place places[] = {{64, 48, 0}, {37, 35, 68}};
constexpr int CellWidth = 109, CellHeight = 52;
constexpr std::size_t CellsAcross = Gallery::Width / CellWidth,
                      CellsAtOnce = CellsAcross * (Gallery::Height / CellHeight);

/// A way to bring the same memory.
struct Layout {
    const char* name;
    std::uint64_t modifier;
    std::uint32_t flags; ///< for GBM
};
constexpr Layout layouts[] = {
    {"implicit", DRM_FORMAT_MOD_INVALID, GBM_BO_USE_RENDERING},
    {"linear", DRM_FORMAT_MOD_LINEAR, GBM_BO_USE_RENDERING | GBM_BO_USE_LINEAR},
};

/// A card in dma-bufs.
struct Image {
    Card card;
    std::vector<tarmac::Fd> files;
};

/// Through the driver, since the GPU doesn't see what is written through a mapping.
void fill(gbm_bo* bo, std::span<const std::uint8_t> bytes, std::size_t row_bytes,
          std::size_t stride) {
    const std::size_t rows = (bytes.size() + stride - 1) / stride;
    std::uint32_t map_stride = 0;
    void* map = nullptr;
    auto* to =
        static_cast<std::uint8_t*>(gbm_bo_map(bo, 0, 0, gbm_bo_get_width(bo), gbm_bo_get_height(bo),
                                              GBM_BO_TRANSFER_WRITE, &map_stride, &map));
    REQUIRE(to);
    for (std::size_t row = 0; row < rows; ++row) {
        const auto part = bytes.subspan(row * stride);
        std::ranges::copy(part.first(std::min(row_bytes, part.size())), to + row * map_stride);
    }
    gbm_bo_unmap(bo, map);
}

using Bo = std::unique_ptr<gbm_bo, decltype([](gbm_bo* bo) { gbm_bo_destroy(bo); })>;

/// As GBM allocates the format, where it does.
std::optional<Image> allocate(const GpuClient& gpu, const FormatLayout& format, const Place& place,
                              std::uint32_t flags) {
    if (format.n_planes > 1)
        return {};
    const Bo bo{gbm_bo_create(gpu.gbm(), place.width, place.height, format.fourcc, flags)};
    if (!bo)
        return {};
    const std::size_t row = format.row_bytes(0, place.width);
    const std::uint32_t stride = gbm_bo_get_stride(bo.get());
    REQUIRE(stride >= row);
    Image image{Card{format,
                     {.width = place.width,
                      .height = place.height,
                      .padding = stride - static_cast<unsigned>(row)}},
                {}};
    fill(bo.get(), image.card.files().front(), row, stride);
    image.files.emplace_back(gbm_bo_get_fd(bo.get()));
    return image;
}

/// As a decoder has its pictures: as bytes.
Image allocate_bytes(const GpuClient& gpu, const FormatLayout& format, const Place& place) {
    constexpr std::uint32_t Width = 256;
    Image image{Card{format, {.width = place.width, .height = place.height}}, {}};
    const std::span<const std::uint8_t> bytes = image.card.files().front();
    const auto rows = static_cast<std::uint32_t>((bytes.size() + Width - 1) / Width);
    const Bo bo{gbm_bo_create(gpu.gbm(), Width, rows, GBM_FORMAT_R8,
                              GBM_BO_USE_RENDERING | GBM_BO_USE_LINEAR)};
    REQUIRE(bo);
    REQUIRE(gbm_bo_get_stride(bo.get()) == Width);
    fill(bo.get(), bytes, Width, Width);
    image.files.emplace_back(gbm_bo_get_fd(bo.get()));
    return image;
}

/// Cells next to each other until the screen is full of them.
class Wall {
public:
    explicit Wall(const Style& style) : gallery_{style} {}

    RawClient& client() { return gallery_.client(); }
    Cell& add(const Style& style, const FormatLayout& format, std::string exporter) {
        if (cells_.size() == CellsAtOnce)
            look();
        return cells_.emplace_back(style, format, std::move(exporter));
    }
    /// Into the cell that was added last, unless it is refused.
    Import hang(Image image, const Place& place, std::uint64_t modifier) {
        const std::size_t n = cells_.size() - 1;
        return cells_.back().hang(gallery_, std::move(image.card), modifier, image.files,
                                  static_cast<int>(n % CellsAcross) * CellWidth + place.x,
                                  static_cast<int>(n / CellsAcross) * CellHeight);
    }
    void look() {
        const Picture screen = gallery_.look();
        for (Cell& cell : cells_) {
            cell.compare(screen);
            cell.report();
        }
        gallery_.clear();
        cells_.clear();
    }

private:
    Gallery gallery_;
    std::vector<Cell> cells_;
};

/// Buffers of the GPU's, which it imports or which are refused.
void show_own(Wall& wall, const Style& style, const GpuClient& gpu, const FormatLayout& format) {
    const bool is_imported = wall.client().knows({format.fourcc, DRM_FORMAT_MOD_INVALID});
    for (const Layout& layout : layouts) {
        if (!wall.client().knows({format.fourcc, layout.modifier}))
            continue;
        Cell* cell = nullptr;
        for (const Place& place : places) {
            std::optional<Image> image = allocate(gpu, format, place, layout.flags);
            // Of RGB that it draws, the host takes only what was allocated so.
            if (!image && is_imported && !format.is_yuv)
                continue;
            if (!image)
                image.emplace(allocate_bytes(gpu, format, place));
            if (!cell)
                cell = &wall.add(style, format, std::string{Gpu} + ", " + layout.name);
            const Import import = wall.hang(std::move(*image), place, layout.modifier);
            if (import.way == "mapped")
                cell->fail("read, though the GPU hides its memory");
            if (import.buffer)
                continue;
            if (is_imported)
                cell->fail("refused: " + import.reason);
            else
                cell->note("refused");
            break;
        }
    }
}

/// Memory of `source`, which the GPU refuses.
void show_others(Wall& wall, const Style& style, const Source& source, const FormatLayout& format) {
    for (const Layout& layout : layouts) {
        if (!wall.client().knows({format.fourcc, layout.modifier}))
            continue;
        Cell& cell = wall.add(style, format, source.name + ", " + layout.name);
        for (const Place& place : places) {
            Card card{format, {.width = place.width, .height = place.height}};
            std::vector<tarmac::Fd> files = make_files(card, source);
            const Import import =
                wall.hang({std::move(card), std::move(files)}, place, layout.modifier);
            if (!import.buffer)
                cell.fail("refused: " + import.reason);
        }
    }
}

} // namespace

TEST_CASE("a GPU shows every format of its own and of others as it is defined") {
    const Style own{"gpu-own", gpu_stage(), Chroma::Linear, Blending::Electrical},
        others{"gpu-others", gpu_stage(), Chroma::Linear, Blending::Electrical};
    const GpuClient gpu{drm_nodes_of(Gpu).render};
    const std::vector<Source> sources = available_sources();
    Wall wall{own};
    std::size_t n = 0;
    for (const FormatLayout& format : all_format_layouts()) {
        show_own(wall, own, gpu, format);
        // One of them for each format: the machine is slow.
        show_others(wall, others, sources[n++ % sources.size()], format);
    }
    wall.look();
}
