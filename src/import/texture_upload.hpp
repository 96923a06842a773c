#pragma once

#include "import/copy_buffer.hpp"
#include "wlr/buffer_lock.hpp"
#include "wlr/renderer_facts.hpp"

namespace tarmac {

/// A texture of a copy that no dma-buf is made of, uploaded in bands: all of a large one at once
/// takes longer than a turn of the event loop may. On the thread of the renderer's GPU context.
class TextureUpload {
public:
    /// Whether `copy` is to be uploaded so. Only wlroots' GLES2 renderer makes textures before
    /// their pixels are there (render/gles2/texture.c of 0.20, gles2_texture_from_pixels): others
    /// upload at once, when the picture is shown.
    static bool is_needed(const RendererFacts& renderer, const CopyBuffer& copy) noexcept;

    /// `copy` must live as long.
    explicit TextureUpload(CopyBuffer& copy) noexcept : copy_{copy} {}

    /// Makes the texture, or uploads some more. False when nothing is left to do.
    bool do_next(wlr_renderer& renderer);
    /// The wlr_client_buffer that has the texture; nullptr unless it is whole.
    BufferLock take() noexcept {
        return next_row_ >= copy_.height ? std::move(texture_) : BufferLock{};
    }

private:
    CopyBuffer& copy_;
    BufferLock texture_;
    bool is_begun_ = false;
    int next_row_ = 0;
};

} // namespace tarmac
