#pragma once

#include "compositor/handle.hpp"
#include "compositor/wlr_shells.hpp"

namespace tarmac::compositor {

/// The scene graph and the layers of the desktop in it. Owned by the Server.
class Scene {
public:
    Scene()
        : scene_{wlr_scene_create()}
        , desktop_{wlr_scene_tree_create(&scene_->tree)}
        , background_{wlr_scene_tree_create(desktop_)}
        , below_{wlr_scene_tree_create(desktop_), wlr_scene_tree_create(desktop_)}
        , windows_{wlr_scene_tree_create(desktop_)}
        , above_{wlr_scene_tree_create(desktop_), wlr_scene_tree_create(desktop_)}
        , popups_{wlr_scene_tree_create(desktop_)}
        , overlay_{wlr_scene_tree_create(&scene_->tree)} {}

    wlr_scene* get() const noexcept { return scene_.get(); }
    /// All that the pointer can be on.
    wlr_scene_tree* desktop() const noexcept { return desktop_; }
    wlr_scene_tree* background() const noexcept { return background_; }
    wlr_scene_tree* windows() const noexcept { return windows_; }
    /// Of the layer shell.
    wlr_scene_tree* layer(zwlr_layer_shell_v1_layer layer) const noexcept {
        return layer < ZWLR_LAYER_SHELL_V1_LAYER_TOP
                   ? below_[layer]
                   : above_[layer - ZWLR_LAYER_SHELL_V1_LAYER_TOP];
    }
    /// Above all that they belong to.
    wlr_scene_tree* popups() const noexcept { return popups_; }
    /// Above everything: what is dragged.
    wlr_scene_tree* overlay() const noexcept { return overlay_; }

private:
    static void destroy(wlr_scene* scene) {
#if TARMAC_WLROOTS_SINCE(20)
        // The manager goes later, with the display, and wlroots 0.20.2 leaves this in its list.
        if (scene->color_manager_v1 != nullptr) {
            wl_list& link = scene->WLR_PRIVATE.color_manager_v1_destroy.link;
            wl_list_remove(&link);
            wl_list_init(&link);
        }
#endif
        wlr_scene_node_destroy(&scene->tree.node);
    }

    Handle<wlr_scene, destroy> scene_;
    wlr_scene_tree* desktop_;
    wlr_scene_tree* background_;
    wlr_scene_tree* below_[2];
    wlr_scene_tree* windows_;
    wlr_scene_tree* above_[2];
    wlr_scene_tree* popups_;
    wlr_scene_tree* overlay_;
};

} // namespace tarmac::compositor
