#include <tarmac/texture.hpp>

#include "wlroots/listener.hpp"
#include "wlroots/wlr.hpp"

namespace tarmac {

struct Texture::State {
    BufferPtr buffer;
    wlr_texture* texture;
    std::uint64_t mapped_bytes;
    Listener renderer_gone;

    ~State() {
        renderer_gone.disconnect();
        if (texture)
            wlr_texture_destroy(texture);
    }
};

Texture::Texture(BufferPtr buffer, wlr_texture* texture, std::uint64_t mapped_bytes)
    : state_{new State{std::move(buffer), texture, mapped_bytes, {}}} {
    state_->renderer_gone.connect(texture->renderer->events.destroy, [state = state_.get()] {
        state->renderer_gone.disconnect();
        state->texture = nullptr;
    });
}

Texture::Texture(Texture&&) noexcept = default;
Texture& Texture::operator=(Texture&&) noexcept = default;
Texture::~Texture() = default;

wlr_texture* Texture::get() const noexcept {
    return state_->texture;
}

wlr_buffer* Texture::buffer() const noexcept {
    return state_->buffer.get();
}

Extent Texture::extent() const noexcept {
    return {static_cast<std::uint32_t>(state_->buffer->width),
            static_cast<std::uint32_t>(state_->buffer->height)};
}

std::uint64_t Texture::mapped_bytes() const noexcept {
    return state_->mapped_bytes;
}

BufferPtr Texture::take_buffer() && {
    BufferPtr buffer = std::move(state_->buffer);
    state_.reset();
    return buffer;
}

} // namespace tarmac
