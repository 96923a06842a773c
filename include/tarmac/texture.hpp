#pragma once

#include <tarmac/cxx23.hpp>

#include <cstdint>
#include <memory>
#include <tarmac/buffer.hpp>
#include <tarmac/color_state.hpp>
#include <tarmac/geometry.hpp>

struct wlr_buffer;
struct wlr_renderer;
struct wlr_texture;

namespace tarmac {

class Dmabuf;

/// A built texture: a wlr_buffer that tells its dma-buf (wlr_buffer_get_dmabuf), so that it can be
/// put on a wlr_scene or scanned out, and the wlr_texture that the renderer made from it. Owns
/// both.
///
/// It is one picture. For memory that its producer fills again, a camera's or a decoder's, the same
/// builder builds another one for each frame: which of them a texture shows after that depends on
/// how it came about. An imported one has copied nothing (mapped_bytes() is 0), so building it
/// again costs the import alone, whatever the size; what is read is copied or converted by each
/// build, but no more than the damage that TextureBuilder::set_update() names.
class TARMAC_EXPORT Texture {
public:
    /// For importers: takes the buffer and the texture, neither of them null. `mapped_bytes` is
    /// what the buffer takes of this process's memory while it lives.
    Texture(BufferPtr buffer, wlr_texture* texture, std::uint64_t mapped_bytes = 0);
    /// For importers whose buffers are read by `renderer`: it makes the texture once get() is
    /// called, which who only wants the buffer never does.
    Texture(BufferPtr buffer, wlr_renderer* renderer, std::uint64_t mapped_bytes = 0);
    Texture(Texture&&) noexcept;
    Texture& operator=(Texture&&) noexcept;
    ~Texture();

    /// Borrowed. nullptr once the renderer is gone, which destroys its textures, or if it can't
    /// read the buffer's memory.
    wlr_texture* get() const noexcept;
    /// Borrowed; lock it (wlr_buffer_lock) to keep it longer than this object.
    wlr_buffer* buffer() const noexcept;
    /// In pixels.
    Extent extent() const noexcept;
    std::uint64_t mapped_bytes() const noexcept;
    /// What the numbers in the texture mean. Where that is YUV, its matrix and range have to be
    /// passed to the renderer: wlr_render_texture_options.color_encoding and .color_range. Where it
    /// is RGB, which converted YUV is as well, they must not be: Vulkan's ends the process over it.
    /// A wlr_scene_buffer is told the same by wlr_scene_buffer_set_color_encoding() and
    /// wlr_scene_buffer_set_color_range().
    ColorState color() const noexcept;
    /// Whether the picture lies upside down in the texture, so that who draws it has to turn it
    /// (WL_OUTPUT_TRANSFORM_FLIPPED_180). What was copied lies the right way up.
    bool is_y_inverted() const noexcept;

    /// Destroys the texture and keeps the buffer. Renderers keep what they imported with the
    /// buffer, so that drawing it later doesn't import again.
    BufferPtr take_buffer() &&;

private:
    struct TARMAC_LOCAL State;
    std::unique_ptr<State> state_;
};

/// The image behind a buffer that Tarmac made, or nullptr for any other buffer. Lives with it.
TARMAC_EXPORT const Dmabuf* dmabuf_from_buffer(const wlr_buffer* buffer) noexcept;

} // namespace tarmac
