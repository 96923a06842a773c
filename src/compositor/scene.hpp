#pragma once

#include "compositor/handle.hpp"
#include "wlr/wlr.hpp"

namespace tarmac::compositor {

/// The scene graph and the layers of the desktop in it. Owned by the Server.
class Scene {
public:
    Scene()
        : scene_{wlr_scene_create()}
        , background_{wlr_scene_tree_create(&scene_->tree)}
        , windows_{wlr_scene_tree_create(&scene_->tree)}
        , overlay_{wlr_scene_tree_create(&scene_->tree)} {}

    wlr_scene* get() const noexcept { return scene_.get(); }
    wlr_scene_tree* background() const noexcept { return background_; }
    wlr_scene_tree* windows() const noexcept { return windows_; }
    /// Above everything: what is dragged.
    wlr_scene_tree* overlay() const noexcept { return overlay_; }

private:
    static void destroy(wlr_scene* scene) { wlr_scene_node_destroy(&scene->tree.node); }

    Handle<wlr_scene, destroy> scene_;
    wlr_scene_tree* background_;
    wlr_scene_tree* windows_;
    wlr_scene_tree* overlay_;
};

} // namespace tarmac::compositor
