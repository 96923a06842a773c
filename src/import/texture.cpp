#include <tarmac/texture.hpp>

#include "import/copy_buffer.hpp"
#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

struct Texture::State {
    BufferPtr buffer;
    wlr_renderer* renderer; ///< nullptr once it is gone
    wlr_texture* texture;   ///< nullptr until it is made, and without a renderer
    std::uint64_t mapped_bytes;
    Listener renderer_gone;

    State(BufferPtr own_buffer, wlr_renderer* its_renderer, wlr_texture* own_texture,
          std::uint64_t bytes)
        : buffer{std::move(own_buffer)}
        , renderer{its_renderer}
        , texture{own_texture}
        , mapped_bytes{bytes} {
        renderer_gone.connect(renderer->events.destroy, [this] {
            renderer_gone.disconnect();
            renderer = nullptr;
            texture = nullptr;
        });
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        renderer_gone.disconnect();
        if (texture)
            wlr_texture_destroy(texture);
    }
};

Texture::Texture(BufferPtr buffer, wlr_texture* texture, std::uint64_t mapped_bytes)
    : state_{new State{std::move(buffer), texture->renderer, texture, mapped_bytes}} {}

Texture::Texture(BufferPtr buffer, wlr_renderer* renderer, std::uint64_t mapped_bytes)
    : state_{new State{std::move(buffer), renderer, nullptr, mapped_bytes}} {}

Texture::Texture(Texture&&) noexcept = default;
Texture& Texture::operator=(Texture&&) noexcept = default;
Texture::~Texture() = default;

wlr_texture* Texture::get() const noexcept {
    if (!state_->texture && state_->renderer)
        state_->texture = wlr_texture_from_buffer(state_->renderer, state_->buffer.get());
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

ColorState Texture::color() const noexcept {
    const CopyBuffer* copy = CopyBuffer::from(buffer());
    if (copy && copy->rendition().is_converted)
        return ColorState::of(ColorModel::Rgb);
    if (const Dmabuf* image = dmabuf_from_buffer(buffer()))
        return image->color();
    // Made by an importer of the embedder's.
    wlr_dmabuf_attributes told;
    const PixelFormat* format =
        wlr_buffer_get_dmabuf(buffer(), &told) ? find_pixel_format(told.format) : nullptr;
    return ColorState::of(format ? format->model : ColorModel::Rgb);
}

bool Texture::is_y_inverted() const noexcept {
    const Dmabuf* image = dmabuf_from_buffer(buffer());
    return image && image->is_y_inverted() && !CopyBuffer::from(buffer());
}

BufferPtr Texture::take_buffer() && {
    BufferPtr buffer = std::move(state_->buffer);
    state_.reset();
    return buffer;
}

} // namespace tarmac
