#pragma once

#include <tarmac/cxx23.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <tarmac/dmabuf.hpp>
#include <tarmac/importer.hpp>
#include <utility>
#include <vector>

struct wl_event_loop;

namespace tarmac {

/// A wait for whoever writes to an image, see TextureBuilder::when_ready(). Destroying it, at any
/// time, gives the wait up. It may outlive the event loop, and then tells nothing any more. On the
/// thread of the event loop.
class TARMAC_EXPORT ReadyTicket {
public:
    ReadyTicket(ReadyTicket&&) noexcept;
    ReadyTicket& operator=(ReadyTicket&&) noexcept;
    ~ReadyTicket();

private:
    friend class TextureBuilder;
    struct TARMAC_LOCAL Wait;
    TARMAC_LOCAL explicit ReadyTicket(std::unique_ptr<Wait> wait) noexcept;
    std::unique_ptr<Wait> wait_;
};

/// Collects the properties of an image in dma-bufs and builds a texture from them. Needs no Wayland
/// object: a compositor that gets dma-bufs from a camera, a decoder or PipeWire uses it as it is.
///
/// Required are width, height, fourcc, modifier and, for every plane, a descriptor and a stride.
/// All else has a default: offset 0, one plane, premultiplied alpha, the right way up, the usual
/// colours of the format's model. Nothing is checked before a build.
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
/// duplicated; only an update is forgotten); building from an rvalue gives its descriptors away.
/// Setters return the builder as what they were called on. Any thread, one at a time; the build
/// runs on the importer's thread.
class TARMAC_EXPORT TextureBuilder {
public:
    /// In pixels.
    template <class Self>
    Self&& set_size(this Self&& self, std::uint32_t width, std::uint32_t height) {
        self.width_ = width;
        self.height_ = height;
        return std::forward<Self>(self);
    }

    /// `fourcc`: DRM_FORMAT_*. `modifier`: DRM_FORMAT_MOD_*, the same for every plane;
    /// DRM_FORMAT_MOD_INVALID says that the producer's implicit one is meant.
    template <class Self>
    Self&& set_format(this Self&& self, std::uint32_t fourcc, std::uint64_t modifier) {
        self.fourcc_ = fourcc;
        self.modifier_ = modifier;
        return std::forward<Self>(self);
    }

    /// 1 to 4; planes set at or above it are ignored.
    template <class Self>
    Self&& set_n_planes(this Self&& self, unsigned n_planes) {
        self.n_planes_ = n_planes;
        return std::forward<Self>(self);
    }

    /// Takes ownership of `fd`. `offset` and `stride` are in bytes. `plane` must be below
    /// MaxPlanes. Setting a plane again replaces it.
    template <class Self>
    Self&& set_plane(this Self&& self, unsigned plane, Fd fd, std::uint32_t offset,
                     std::uint32_t stride) {
        self.replace_plane(plane, {std::move(fd), offset, stride});
        return std::forward<Self>(self);
    }

    /// Whether one plane may stand for all of a linear multi-plane format, which then follow it in
    /// the same dma-buf, as V4L2's single-planar formats have it. Default: no.
    template <class Self>
    Self&& set_expand_single_plane(this Self&& self, bool expand) {
        self.expands_single_plane_ = expand;
        return std::forward<Self>(self);
    }

    /// Where planes end. Default: with their last pixel, so that a part of a larger picture can be
    /// shown by its offset, and what was allocated without room behind the last row.
    template <class Self>
    Self&& set_plane_end(this Self&& self, PlaneEnd end) {
        self.plane_end_ = end;
        return std::forward<Self>(self);
    }

    /// Whether the colours are multiplied with alpha already. Default: yes.
    template <class Self>
    Self&& set_premultiplied(this Self&& self, bool premultiplied) {
        self.is_premultiplied_ = premultiplied;
        return std::forward<Self>(self);
    }

    /// Whether the first row in memory is the lowest of the picture. Default: no.
    template <class Self>
    Self&& set_y_inverted(this Self&& self, bool inverted) {
        self.is_y_inverted_ = inverted;
        return std::forward<Self>(self);
    }

    /// What the numbers mean as colours; empty goes back to the default, ColorState::of().
    template <class Self>
    Self&& set_color_state(this Self&& self, std::optional<ColorState> color) {
        self.color_ = color;
        return std::forward<Self>(self);
    }

    /// Says that the picture equals that of `previous` but for `damage`, in pixels (what lies
    /// outside the previous picture is ignored). `previous` is borrowed until the next build(),
    /// which forgets it, come what may. A hint; see Update.
    template <class Self>
    Self&& set_update(this Self&& self, const Texture& previous, std::vector<Rect> damage) {
        self.previous_ = &previous;
        self.damage_ = std::move(damage);
        return std::forward<Self>(self);
    }

    /// For who lends the memory: calls `unused` once for every texture that is built, when nobody
    /// reads the planes any more. That is when the texture and all that was made of it are gone, no
    /// output shows its buffer, and the GPU has finished, as the dma-bufs' fences say; where the
    /// image was copied by the build, soon after that. Called from `loop`, never from inside a
    /// build, and never for one that fails; when the loop is destroyed first, for what is unused
    /// by then and later at once.
    template <class Self>
    Self&& set_on_unused(this Self&& self, wl_event_loop* loop, std::function<void()> unused) {
        self.loop_ = loop;
        self.on_unused_ = std::move(unused);
        return std::forward<Self>(self);
    }

    bool has_plane(unsigned plane) const noexcept { return plane < MaxPlanes && planes_[plane].fd; }

    /// The checked image without a texture. Errors: those of Dmabuf::create(), OutOfResources when
    /// a descriptor can't be duplicated, InvalidFormat where no format was set, and Incomplete
    /// where a single plane can't be expanded.
    Result<Dmabuf> build_dmabuf() const&;
    Result<Dmabuf> build_dmabuf() &&;

    /// The texture. Where the image is read rather than imported, and somebody still writes to it,
    /// the error is NotReady: nobody is waited for (who begins to write in the very moment of the
    /// reading costs 20 ms). Build again then, from an lvalue, and with set_update() if there was
    /// one. What is imported is read when it is drawn, so who draws it asks when_ready() first, or
    /// leaves it to a driver that waits for implicit fences. Other errors: those of build_dmabuf()
    /// and of Importer::import().
    Result<Texture> build(Importer& importer) &;
    Result<Texture> build(Importer& importer) &&;

    /// Calls `ready` once, from `loop` and never from inside this call, when everybody who writes
    /// to the planes now has finished, as their implicit fences say
    /// (DMA_BUF_IOCTL_EXPORT_SYNC_FILE). Who begins later isn't waited for. Errors: those of
    /// build_dmabuf(), and OutOfResources when no descriptor is left.
    Result<ReadyTicket> when_ready(wl_event_loop* loop, std::function<void()> ready) const;

private:
    void replace_plane(unsigned index, Plane plane);
    TARMAC_LOCAL Result<std::array<Plane, MaxPlanes>> duplicate_planes() const;
    TARMAC_LOCAL Result<Dmabuf> build_from(std::array<Plane, MaxPlanes> planes) const;
    TARMAC_LOCAL Result<Texture> import(Importer& importer, Dmabuf dmabuf, const Texture* previous);

    std::uint32_t width_ = 0, height_ = 0;
    std::optional<std::uint32_t> fourcc_;
    std::optional<std::uint64_t> modifier_;
    unsigned n_planes_ = 1;
    std::array<Plane, MaxPlanes> planes_;
    bool expands_single_plane_ = false, is_premultiplied_ = true, is_y_inverted_ = false;
    PlaneEnd plane_end_ = PlaneEnd::Pixel;
    std::optional<ColorState> color_;
    const Texture* previous_ = nullptr;
    std::vector<Rect> damage_;
    wl_event_loop* loop_ = nullptr; ///< that on_unused_ is called from
    std::function<void()> on_unused_;
};

} // namespace tarmac
