#pragma once

#include "compositor/wlr_shells.hpp"
#include "wlr/listener.hpp"

namespace tarmac::compositor {

class Layers;
class Scene;

/// One bar, wallpaper, launcher or notification of the layer shell: where it is, and what its
/// client is asked for. Owned by Layers, and goes when the client's zwlr_layer_surface_v1 goes.
class LayerSurface {
public:
    /// On an output that is there.
    LayerSurface(Layers& layers, wlr_layer_surface_v1& shell, Scene& scene);
    LayerSurface(const LayerSurface&) = delete;
    LayerSurface& operator=(const LayerSurface&) = delete;
    ~LayerSurface();

    /// The one that `surface`, a part of it or one of its popups, belongs to; may be nullptr.
    static LayerSurface* of(wlr_surface* surface);

    wlr_surface& surface() const noexcept { return *shell_.surface; }
    wlr_output* output() const noexcept { return shell_.output; }
    zwlr_layer_shell_v1_layer layer() const noexcept { return shell_.current.layer; }
    bool is_mapped() const noexcept { return surface().mapped; }
    /// Whether it keeps a part of its output for itself.
    bool has_zone() const noexcept { return shell_.current.exclusive_zone > 0; }
    /// Whether it may have the keyboard, if the user wants it to.
    bool can_have_keyboard() const noexcept;
    /// Whether it has the keyboard, whatever the user does.
    bool wants_all_keys() const noexcept;
    bool is_above_windows() const noexcept;
    /// Upper left corner on the desktop.
    int x() const noexcept { return tree_->node.x; }
    int y() const noexcept { return tree_->node.y; }

    /// Finds its place on its output, of which others have left `usable`, and takes its share.
    void arrange(const wlr_box& whole, wlr_box& usable);
    void set_shown(bool shown);
    /// Tells the client that it isn't there any more. Destroys this.
    void close() { wlr_layer_surface_v1_destroy(&shell_); }

private:
    void committed();
    void configure(int width, int height);

    Layers& layers_;
    wlr_layer_surface_v1& shell_;
    Scene& scene_;
    wlr_scene_tree* tree_; ///< goes with the surface
    wlr_scene_tree* popups_;
    int width_ = 0, height_ = 0; ///< as last configured; 0 before that
    bool waits_for_ack_ = false; ///< to be configured anew
    bool is_by_client_ = false;  ///< the change that is to be arranged
    Listener commit_, map_, unmap_, new_popup_, destroy_;
};

} // namespace tarmac::compositor
