#pragma once

#include <tarmac/cxx23.hpp>

#include <memory>
#include <string_view>
#include <tarmac/dmabuf.hpp>

struct wlr_buffer;
struct wlr_texture;

namespace tarmac {

/// What a wlr_surface shows of a client's dma-buf image, for compositors that draw surfaces by
/// themselves. wlr_scene, captures and cursors need none of it: the surface's own state says the
/// same. Everything borrowed is good until the next commit of the surface, or turn of the event
/// loop.
struct ShownPicture {
    std::shared_ptr<const Dmabuf> image; ///< the client's
    std::string_view way;                ///< "imported", "read", "copied" or "converted"
    /// What the numbers in the texture mean. Where that is YUV, its matrix and range have to be
    /// passed to the renderer: wlr_render_texture_options.color_encoding and .color_range.
    ColorState color;
    bool is_premultiplied;
    /// Whether the picture lies upside down in the texture. wlr_surface.current.transform has it
    /// already, behind what the client set.
    bool is_y_inverted;
    /// Borrowed. What the renderer was given: the client's image or a copy. Around the part that
    /// wlr_surface_get_buffer_source_box() names, the edge of that may be repeated in a copy.
    wlr_buffer* buffer;
    /// Borrowed. nullptr if the renderer couldn't take the picture.
    wlr_texture* texture;

    /// Says that the memory is read until `sync_file` (a fence of the GPU, borrowed) signals, by
    /// putting that on the buffer's dma-bufs as a reader's (DMA_BUF_IOCTL_IMPORT_SYNC_FILE). The
    /// client's buffer is released no sooner, its release point neither, and a copy isn't written
    /// to again before. For who draws with an API of its own; wlroots' renderers do it themselves.
    /// Errors: Unsupported where the kernel takes no fences (Linux before 6.0), OutOfResources.
    TARMAC_EXPORT Result<void> add_reader(const Fd& sync_file) const;
};

} // namespace tarmac
