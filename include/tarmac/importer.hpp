#pragma once

#include <tarmac/cxx23.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <sys/types.h>
#include <tarmac/dmabuf.hpp>
#include <tarmac/format_set.hpp>
#include <tarmac/texture.hpp>
#include <vector>

struct wlr_renderer;

namespace tarmac {

struct Landed;

/// What is known of the picture that a new one replaces. A hint: an importer that copies nothing
/// needs it not, one that converts may convert only the damage.
struct Update {
    const Texture* previous = nullptr;
    /// Where the new picture differs, in pixels; nothing outside it does. What lies outside the
    /// image doesn't count.
    std::span<const Rect> damage = {};
};

/// Makes textures from dma-bufs. Everything on the thread of the renderer's GPU context, which is
/// the compositor's main thread.
///
/// A compositor may have one of its own, by itself or in an ImporterList. LinuxDmabuf treats it as
/// any other: it imports each buffer of a client once, when that is made, and again when it is
/// given other importers. It keeps the texture's buffer alone (Texture::take_buffer()), and that is
/// what is shown, for as long as the client uses its own: the renderer imports what
/// wlr_buffer_get_dmabuf() tells of it. That has to be there, and to have the size and the fourcc
/// of the client's image; otherwise the import fails. A scene, an output or a capture may have it
/// locked longer than LinuxDmabuf, so it may outlive the importer, and mustn't need it. And it has
/// to show what the memory holds then; one that copies would show the first picture for good.
class TARMAC_EXPORT Importer {
public:
    Importer() = default;
    Importer(const Importer&) : Importer{} {}
    Importer& operator=(const Importer&) noexcept { return *this; }
    virtual ~Importer() = default;

    /// What can be imported, in order of preference. Always the same, unless nothing can be any
    /// more.
    virtual const FormatSet& formats() const noexcept = 0;
    /// The device that samples from the textures: what Feedback names as the target of a Sampling
    /// tranche. DRM nodes are named by st_rdev of the node that the renderer has open.
    virtual dev_t device() const noexcept = 0;
    /// Whether the device gets the dma-bufs themselves, so that what buffers hold could also be
    /// scanned out. Otherwise their memory is mapped and read.
    virtual bool imports() const noexcept { return true; }
    /// Whether it takes what clients allocate on device(). Not every driver lets its memory be
    /// mapped; one that doesn't still leaves memory of others to be read, which is offered behind
    /// another importer.
    virtual bool takes_device_buffers() const noexcept { return true; }
    /// How textures come about, in a word: "renderer". For logs and tables.
    virtual std::string_view way() const noexcept = 0;
    /// The importers that this one consists of, in the order in which they are asked: LinuxDmabuf
    /// asks them instead, and of lists among them the members. Borrowed; none may be nullptr. By
    /// default this one alone.
    virtual std::vector<Importer*> members() { return {this}; }
    /// The renderer that alone can draw what it makes; nullptr if any can, or if it is gone.
    /// LinuxDmabuf takes no importer of another renderer than the wlr_compositor's.
    virtual wlr_renderer* renderer() const noexcept { return nullptr; }

    /// Imports `dmabuf` now, wholly: what can't be drawn later fails here. The texture's buffer
    /// keeps `dmabuf` and with it the descriptors. Errors: UnsupportedFormat kind if formats()
    /// lacks the pair, ImportFailed if the driver refuses it or nobody shows such colours right
    /// (see ColorState), NotReady if it has to be read and somebody still writes to it. Whatever
    /// the error, a client is told `failed`: that what it asked for is right, was checked before.
    Result<Texture> import(std::shared_ptr<const Dmabuf> dmabuf, const Update& update = {}) {
        return import_dmabuf(std::move(dmabuf), update);
    }

    /// Inside: what becomes of a client's image, which surfaces show in the way that is the best
    /// one each time. By default the buffer of import().
    virtual Result<Landed> land(std::shared_ptr<const Dmabuf> dmabuf);
    /// Inside: expires when the importer goes.
    std::weak_ptr<const void> life() const noexcept { return life_; }

private:
    virtual Result<Texture> import_dmabuf(std::shared_ptr<const Dmabuf> dmabuf,
                                          const Update& update) = 0;

    std::shared_ptr<const void> life_ = std::make_shared<char>();
};

/// Imports through wlr_texture_from_buffer() of `renderer`. Once that is gone the importer has no
/// formats any more, and its textures notice. `device` is what clients are told to allocate on; by
/// default the renderer's own, as find_device() has it.
///
/// An inverted image lies in the texture as in memory: who draws it turns it, as a wlr_surface's
/// state says where LinuxDmabuf follows that. What
/// the renderer would show in the wrong colours isn't imported: straight alpha, RGB in limited
/// range, and YUV of another color() than ColorState::of() unless the renderer takes a
/// wlr_color_encoding, which who draws it must then pass. Nor is what it would die of or show
/// further than two steps in 255 from the definition: some layouts with a rasterizer on the CPU,
/// and linear YUV whose size is no whole number of chroma samples with OpenGL. And linear memory
/// that may only be read isn't imported where anything draws on the CPU, which maps it for writing:
/// `renderer`, or another that wlroots has for a second card, where WLR_RENDERER_ALLOW_SOFTWARE
/// lets it. All of it can be mapped.
///
/// Errors: NotAvailable if the renderer has no dma-buf support (pixman) or there is no device.
TARMAC_EXPORT Result<std::unique_ptr<Importer>>
create_renderer_importer(wlr_renderer* renderer, std::optional<dev_t> device = {});

/// Imports by mapping the memory, for `renderer` to read: of any exporter that lets itself be
/// mapped, in the LINEAR layout, in the formats that the renderer reads, and in nearly all others
/// of RGB and YUV, which become RGB of 8 bits, as the image's color() says. Serves
/// renderers without dma-buf support, and what the renderer's own import refuses, so it goes behind
/// that in the list for LinuxDmabuf.
///
/// import() copies or converts the image at once, of an Update no more than the damage, so the
/// texture doesn't change with the dma-buf any more; while somebody writes to that, the error is
/// NotReady. What clients show on surfaces is copied by worker threads, or read where it lies, if
/// the renderer knows the format, rows are aligned as it needs them, they are the right way up and
/// alpha is premultiplied.
///
/// Whose memory it is says its exporter ("exp_name" of /proc/self/fdinfo): that of processes,
/// heaps, cameras and devices that can't draw is linear, so implicit layouts of it are taken too,
/// where somebody offers them. A GPU's driver may lay them out otherwise. And what a GPU keeps to
/// itself is refused, since a mapping of it doesn't show what was drawn: its driver is tried once,
/// with a buffer that is written through a mapping and read by the driver.
///
/// Implicit layouts are offered with pixman or a rasterizer on the CPU, unless `device` is a GPU,
/// and where the renderer offers them itself.
///
/// `device` is what clients are told to allocate on. Whether its buffers can be mapped is tried
/// the same way. Once `renderer` is gone the importer has no formats any more. Errors: NotAvailable
/// if the renderer reads no memory.
TARMAC_EXPORT Result<std::unique_ptr<Importer>> create_mapped_importer(wlr_renderer* renderer,
                                                                       dev_t device);

/// What a compositor imports with unless it wants something else: create_renderer_importer(), where
/// the renderer imports dma-bufs, and behind it create_mapped_importer(), in an ImporterList.
///
/// `device` is what clients are told to allocate on; by default the renderer's own or, where it has
/// none (pixman), another as find_device() has it. Where nothing imports and the buffers of the
/// renderer's device can't be mapped, it is another as find_device(-1) has it, if there is one: one
/// whose buffers can be mapped, or that can't be tried. A `device` that is given stays what clients
/// are told; LinuxDmabuf::create() fails then where its buffers can't be mapped. Errors:
/// NotAvailable if there is no device, or the renderer neither imports dma-bufs nor reads memory.
TARMAC_EXPORT Result<std::unique_ptr<Importer>> create_importer(wlr_renderer* renderer,
                                                                std::optional<dev_t> device = {});

/// The device that clients are told of: that of `drm_fd`; without one (-1) a render node of this
/// machine, whose buffers are mapped and read. One that makes a buffer and lets it be mapped comes
/// first (tried with a dumb buffer), then those that can't be tried.
///
/// On a machine without render nodes it is the device that stands for main memory: /dev/udmabuf, or
/// else the system heap. Clients that look for a GPU there find none: Mesa, weston, wlroots,
/// Xwayland and libva then draw on the CPU or say so, and those that can't, such as
/// weston-simple-dmabuf-feedback and `wl-mirror -b screencopy-dmabuf`, end, as they would without
/// feedback. Others make dma-bufs of memory, which are read like any.
///
/// Errors: NotAvailable if the machine has none of them.
TARMAC_EXPORT Result<dev_t> find_device(int drm_fd);

} // namespace tarmac
