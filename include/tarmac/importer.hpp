#pragma once

#include <memory>
#include <string_view>
#include <sys/types.h>
#include <tarmac/dmabuf.hpp>
#include <tarmac/format_set.hpp>
#include <tarmac/texture.hpp>

struct wlr_renderer;

namespace tarmac {

/// What is known of the picture that a new one replaces. A hint: an importer that copies nothing
/// needs it not, one that converts may convert only the damage.
struct Update {
    const Texture* previous = nullptr;
    /// Where the new picture differs, in pixels; nothing outside it does. Within the image.
    std::span<const Rect> damage;
};

/// Makes textures from dma-bufs. Everything on the thread of the renderer's GPU context, which is
/// the compositor's main thread.
class Importer {
public:
    virtual ~Importer() = default;

    /// What can be imported, in order of preference.
    virtual const FormatSet& formats() const noexcept = 0;
    /// The device that samples from the textures: what Feedback names as the target of a Sampling
    /// tranche. DRM nodes are named by st_rdev of the node that the renderer has open.
    virtual dev_t device() const noexcept = 0;
    /// How textures come about, in a word: "renderer". For logs and tables.
    virtual std::string_view way() const noexcept = 0;

    /// Imports `dmabuf` now, wholly: what can't be drawn later fails here. The texture's buffer
    /// keeps `dmabuf` and with it the descriptors. Errors: UnsupportedFormat kind if formats()
    /// lacks the pair, ImportFailed if the driver refuses it.
    Result<Texture> import(std::shared_ptr<const Dmabuf> dmabuf, const Update& update = {}) {
        return import_dmabuf(std::move(dmabuf), update);
    }

private:
    virtual Result<Texture> import_dmabuf(std::shared_ptr<const Dmabuf> dmabuf,
                                          const Update& update) = 0;
};

/// Alpha and colours are drawn as wlroots does it by default, whatever the builder was told, and an
/// inverted image lies in the texture as in memory: who draws it turns it (see scene.hpp).
///
/// Imports through wlr_texture_from_buffer() of `renderer`, which must outlive the importer (not
/// its textures: those notice). Errors: NotAvailable if the renderer has no dma-buf support
/// (pixman) or doesn't tell its DRM device.
Result<std::unique_ptr<Importer>> create_renderer_importer(wlr_renderer* renderer);

} // namespace tarmac
