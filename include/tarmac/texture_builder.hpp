#pragma once

#include <optional>
#include <tarmac/dmabuf.hpp>
#include <tarmac/importer.hpp>

namespace tarmac {

/// Collects the properties of an image in dma-bufs and builds a texture from them. Needs no Wayland
/// object: a compositor that gets dma-bufs from a camera, a decoder or PipeWire uses it as it is.
///
/// Required are width, height, fourcc, modifier and, for every plane, a descriptor and a stride.
/// Offsets default to 0 and the number of planes to 1. Nothing is checked before a build.
///
///     auto texture = TextureBuilder{}
///                        .set_size(1920, 1080)
///                        .set_format(DRM_FORMAT_NV12, DRM_FORMAT_MOD_LINEAR)
///                        .set_n_planes(2)
///                        .set_plane(0, std::move(fd), 0, 1920)
///                        .set_plane(1, std::move(same_fd), 1920 * 1080, 1920)
///                        .build(importer);
///
/// Building from an lvalue leaves the builder as it was, ready to build again (its descriptors are
/// duplicated); building from an rvalue gives its descriptors away.
/// Any thread, one at a time; the build runs on the importer's thread.
class TextureBuilder {
public:
    TextureBuilder& set_size(std::uint32_t width, std::uint32_t height) &;
    TextureBuilder&& set_size(std::uint32_t width, std::uint32_t height) &&;

    /// `fourcc`: DRM_FORMAT_*. `modifier`: DRM_FORMAT_MOD_*, the same for every plane;
    /// DRM_FORMAT_MOD_INVALID says that the producer's implicit one is meant.
    TextureBuilder& set_format(std::uint32_t fourcc, std::uint64_t modifier) &;
    TextureBuilder&& set_format(std::uint32_t fourcc, std::uint64_t modifier) &&;

    /// 1 to 4; planes set at or above it are ignored.
    TextureBuilder& set_n_planes(unsigned n_planes) &;
    TextureBuilder&& set_n_planes(unsigned n_planes) &&;

    /// Takes ownership of `fd`. `offset` and `stride` are in bytes. `plane` must be below MaxPlanes.
    /// Setting a plane again replaces it.
    TextureBuilder& set_plane(unsigned plane, Fd fd, std::uint32_t offset, std::uint32_t stride) &;
    TextureBuilder&& set_plane(unsigned plane, Fd fd, std::uint32_t offset,
                               std::uint32_t stride) &&;

    bool has_plane(unsigned plane) const noexcept { return static_cast<bool>(planes_[plane].fd); }

    /// The checked image without a texture. Errors: those of Dmabuf::create(), OutOfResources when a
    /// descriptor can't be duplicated, and Incomplete or InvalidFormat for what was never set.
    Result<Dmabuf> build_dmabuf() const&;
    Result<Dmabuf> build_dmabuf() &&;

    /// The texture. Errors: those of build_dmabuf() and of Importer::import().
    Result<Texture> build(Importer& importer) const&;
    Result<Texture> build(Importer& importer) &&;

private:
    Result<DmabufDescription> describe_without_planes() const;

    std::uint32_t width_ = 0, height_ = 0;
    std::optional<std::uint32_t> fourcc_;
    std::optional<std::uint64_t> modifier_;
    unsigned n_planes_ = 1;
    std::array<Plane, MaxPlanes> planes_;
};

} // namespace tarmac
