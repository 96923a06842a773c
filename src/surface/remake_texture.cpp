#include "surface/remake_texture.hpp"

#include <utility>

#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

/// Keeps a wlr_client_buffer right about its texture when renderers go: by itself it only heeds
/// the one that it was made with, whose end takes any texture from it. Goes with the buffer.
class RemadeTexture {
public:
    static RemadeTexture& of(wlr_client_buffer& buffer) {
        if (wlr_addon* addon = wlr_addon_find(&buffer.base.addons, nullptr, &addon_impl))
            return *reinterpret_cast<Node*>(addon)->self;
        return *new RemadeTexture{buffer};
    }

    void set(wlr_texture* texture) {
        if (wlr_texture* old = std::exchange(buffer_.texture, texture)) {
            if (old->renderer != texture->renderer)
                old_renderer_gone_.connect(old->renderer->events.destroy, [this, texture] {
                    old_renderer_gone_.disconnect();
                    buffer_.texture = texture;
                });
            wlr_texture_destroy(old);
        }
        renderer_gone_.connect(texture->renderer->events.destroy, [this] {
            renderer_gone_.disconnect();
            buffer_.texture = nullptr;
        });
    }

private:
    // Plain, so that the way back from the wlr_addon is well defined.
    struct Node {
        wlr_addon addon;
        RemadeTexture* self;
    };
    static const wlr_addon_interface addon_impl;

    explicit RemadeTexture(wlr_client_buffer& buffer) : buffer_{buffer} {
        node_.self = this;
        wlr_addon_init(&node_.addon, &buffer.base.addons, nullptr, &addon_impl);
    }
    ~RemadeTexture() { wlr_addon_finish(&node_.addon); }

    wlr_client_buffer& buffer_;
    Node node_{};
    Listener old_renderer_gone_, renderer_gone_;
};

const wlr_addon_interface RemadeTexture::addon_impl = {
    .name = "tarmac texture",
    .destroy = [](wlr_addon* addon) { delete reinterpret_cast<Node*>(addon)->self; },
};

} // namespace

bool remake_texture(wlr_surface& surface, wlr_buffer& buffer) {
    wlr_renderer* renderer = surface.compositor->renderer;
    if (!surface.buffer || !renderer)
        return false;
    wlr_texture* texture = wlr_texture_from_buffer(renderer, &buffer);
    if (texture)
        RemadeTexture::of(*surface.buffer).set(texture);
    return texture != nullptr;
}

} // namespace tarmac
