#pragma once

#include <tarmac/cxx23.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <sys/types.h>
#include <tarmac/color_state.hpp>
#include <tarmac/error.hpp>
#include <tarmac/fd.hpp>
#include <tarmac/pixel_format.hpp>

namespace tarmac {

/// One plane of a dma-buf image. Several planes may lie in one dma-buf at several offsets; each
/// then has a descriptor of its own that refers to the same dma-buf.
struct Plane {
    Fd fd = {};
    std::uint32_t offset = 0; ///< bytes from the start of the dma-buf to the first row
    std::uint32_t stride = 0; ///< bytes from one row of blocks to the next
};

/// Everything that says how the bytes of a dma-buf become a picture. Nothing in it is checked.
struct DmabufDescription {
    std::uint32_t width = 0, height = 0; ///< of the whole image, in pixels
    std::uint32_t fourcc = 0;            ///< DRM_FORMAT_*, from <drm_fourcc.h>
    unsigned n_planes = 0;
    std::uint64_t modifier = 0; ///< DRM_FORMAT_MOD_*; INVALID means an implicit one
    std::array<Plane, MaxPlanes> planes = {};
    bool is_y_inverted = false; ///< the first row in memory is the lowest of the picture
    bool is_premultiplied = true;
    std::optional<ColorState> color = {}; ///< empty means ColorState::of() the format's model
};

/// Where a plane of a LINEAR or INVALID layout ends, which must not be beyond its dma-buf.
enum class PlaneEnd : std::uint8_t {
    Stride, ///< `offset + stride * rows`: the definition in zwp_linux_buffer_params_v1.error
    Pixel,  ///< with the last pixel: the last row may be shorter than a stride, as KMS has it
};

/// An image in dma-bufs whose description has been checked and doesn't change any more. That it
/// can be imported, only an Importer can tell.
class Dmabuf {
public:
    /// The largest width and height accepted, in pixels. Beyond it no renderer has textures.
    static constexpr std::uint32_t MaxSize = 1u << 16;

    /// Checks `description` and takes its descriptors, also on failure. Needs no device; any
    /// thread.
    ///
    /// Errors, in the order of the checks; the last two plane by plane:
    /// - InvalidDimensions: width or height is 0 or beyond MaxSize.
    /// - InvalidFormat: <drm_fourcc.h> has no such fourcc.
    /// - Incomplete: no plane, a plane without a descriptor, or another number of planes than
    ///   plane_count() says.
    /// - NotADmabuf: a descriptor isn't a dma-buf (DMA_BUF_MAGIC of <linux/magic.h>) or was opened
    ///   with O_PATH.
    /// - OutOfBounds: a plane's `end` is beyond that of the dma-buf, or the stride is 0 or, for
    ///   LINEAR and INVALID, shorter than a row. Layouts of other modifiers are known to their
    ///   driver alone: there only the first plane's rows are counted, by strides, and auxiliary
    ///   planes may have a stride of 0.
    TARMAC_EXPORT static Result<Dmabuf> create(DmabufDescription description,
                                               PlaneEnd end = PlaneEnd::Stride);

    std::uint32_t width() const noexcept { return description_.width; }
    std::uint32_t height() const noexcept { return description_.height; }
    std::uint32_t fourcc() const noexcept { return description_.fourcc; }
    std::uint64_t modifier() const noexcept { return description_.modifier; }
    const PixelFormat& format() const noexcept { return *format_; }
    bool is_y_inverted() const noexcept { return description_.is_y_inverted; }
    bool is_premultiplied() const noexcept { return description_.is_premultiplied; }
    ColorState color() const noexcept {
        return description_.color.value_or(ColorState::of(format_->model));
    }
    std::span<const Plane> planes() const noexcept {
        return {description_.planes.data(), description_.n_planes};
    }
    /// The inode number (st_ino of <sys/stat.h>) of the dma-buf that `plane` lies in: two planes
    /// with the same lie in one dma-buf, though each has a descriptor of its own.
    ino_t inode(unsigned plane) const noexcept { return inodes_[plane]; }

private:
    using Inodes = std::array<ino_t, MaxPlanes>;

    Dmabuf(DmabufDescription&& description, const PixelFormat& format,
           const Inodes& inodes) noexcept
        : description_{std::move(description)}, format_{&format}, inodes_{inodes} {}

    DmabufDescription description_;
    const PixelFormat* format_;
    Inodes inodes_;
};

} // namespace tarmac
