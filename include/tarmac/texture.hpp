#pragma once

#include <tarmac/cxx23.hpp>

#include <cstdint>
#include <memory>
#include <tarmac/buffer.hpp>
#include <tarmac/geometry.hpp>

struct wlr_buffer;
struct wlr_renderer;
struct wlr_texture;

namespace tarmac {

class Dmabuf;

/// A built texture: a wlr_buffer that tells its dma-buf (wlr_buffer_get_dmabuf), so that it can be
/// put on a wlr_scene or scanned out, and the wlr_texture that the renderer made from it. Owns
/// both.
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
