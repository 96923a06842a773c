#include "scene/scanout_candidate.hpp"

#include <tarmac/pixel_format.hpp>

#include "wlr/plane_colors.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

bool is_opaque(const wlr_scene_buffer& node, const wlr_box& box) {
    if (node.opacity < 1)
        return false;
    // A surface whose format has no alpha is opaque to wlroots, too, but that knows few formats.
    wlr_dmabuf_attributes dmabuf;
    if (wlr_buffer_get_dmabuf(node.buffer, &dmabuf)) {
        const PixelFormat* format = find_pixel_format(dmabuf.format);
        if (format && !format->has_alpha)
            return true;
    }
    const pixman_box32_t whole{0, 0, box.width, box.height};
    return pixman_region32_contains_rectangle(&node.opaque_region, &whole) == PIXMAN_REGION_IN;
}

/// Why the output shows nothing but what is composed for it; empty if it may.
std::string_view obstacle_of(const wlr_scene_output& scene_output) {
    wlr_output* output = scene_output.output;
    const wlr_scene& scene = *scene_output.scene;
    if (!output->enabled)
        return "the output is off";
    if (!scene.WLR_PRIVATE.direct_scanout)
        return "scanout is switched off (WLR_SCENE_DISABLE_DIRECT_SCANOUT)";
    if (scene.WLR_PRIVATE.debug_damage_option == WLR_SCENE_DEBUG_DAMAGE_HIGHLIGHT)
        return "damage is highlighted (WLR_SCENE_DEBUG_DAMAGE)";
    if (output->attach_render_locks > 0)
        return "somebody captures the output";
    if (!wlr_output_is_direct_scanout_allowed(output))
        return "a cursor is drawn on the output";
    return {};
}

wlr_box box_of(const wlr_scene_buffer& node, int x, int y) {
    int width = node.buffer->width, height = node.buffer->height;
    wlr_output_transform_coords(node.transform, &width, &height);
    if (node.dst_width > 0 && node.dst_height > 0)
        width = node.dst_width, height = node.dst_height;
    return {x, y, width, height};
}

bool is_black(const wlr_scene_rect& rect) {
    return rect.color[0] == 0 && rect.color[1] == 0 && rect.color[2] == 0 && rect.color[3] == 1;
}

/// Looks at what an output shows, from the top down, as far as it can be seen. The functions say
/// whether to look further.
class Look {
public:
    explicit Look(wlr_scene_output& output)
        : scene_output_{output}, output_{output.x, output.y, 0, 0} {
        wlr_output_effective_resolution(output.output, &output_.width, &output_.height);
    }

    ScanoutLook result() const {
        if (candidate_ && reason_.empty())
            return {candidate_, candidate_};
        return {nullptr, topmost_, reason_.empty() ? "no surface covers the output" : reason_};
    }

    bool at(wlr_scene_node& node, int x, int y) {
        if (!node.enabled)
            return true;
        x += node.x, y += node.y;
        switch (node.type) {
        case WLR_SCENE_NODE_TREE:
            return at_tree(*wlr_scene_tree_from_node(&node), x, y);
        case WLR_SCENE_NODE_RECT:
            return at_rect(*wlr_scene_rect_from_node(&node), x, y);
        case WLR_SCENE_NODE_BUFFER:
            return at_buffer(*wlr_scene_buffer_from_node(&node), x, y);
        }
        return true;
    }

private:
    bool at_tree(const wlr_scene_tree& tree, int x, int y) {
        for (wl_list* link = tree.children.prev; link != &tree.children; link = link->prev) {
            wlr_scene_node* child = wl_container_of(link, child, link);
            if (!at(*child, x, y))
                return false;
        }
        return true;
    }

    bool at_rect(const wlr_scene_rect& rect, int x, int y) {
        const wlr_box box{x, y, rect.width, rect.height};
        if (rect.color[3] == 0 || !is_on_output(box))
            return true;
        // Where nothing is drawn, an output is black.
        if (!is_black(rect) || !covers_output(box))
            note_other();
        return false;
    }

    bool at_buffer(wlr_scene_buffer& node, int x, int y) {
        if (node.opacity == 0)
            return true;
        const wlr_scene_surface* shown = wlr_scene_surface_try_from_buffer(&node);
        if (!node.buffer) {
            // A surface without a buffer shows nothing. Others let go of theirs once a texture has
            // it; wlroots doesn't tell those from one that is given a size and no buffer.
            if (shown || !is_on_output(node))
                return true;
            note_other();
            return false;
        }
        const wlr_box box = box_of(node, x, y);
        if (!is_on_output(box))
            return true;
        if (candidate_ || !shown) {
            note_other();
            return false;
        }
        topmost_ = shown->surface;
        // Composed, be it alone or not.
        const wlr_output& output = *scene_output_.output;
        if (!covers_output(box))
            reason_ = "it doesn't cover the output";
        else if (node.transform != output.transform)
            reason_ = "it is turned otherwise than the output";
        else if (!has_plane_colors(node, output))
            reason_ = "the output's plane wouldn't show its colours";
        else
            candidate_ = topmost_;
        return candidate_ && !is_opaque(node, box);
    }
    /// Something else is seen.
    void note_other() {
        reason_ = candidate_ ? "what lies behind it is seen through it or beside it"
                             : "something lies above it";
    }

    bool is_on_output(const wlr_box& box) const {
        wlr_box common;
        return wlr_box_intersection(&common, &box, &output_);
    }
    /// Asks the scene, which alone keeps the size of a buffer that was dropped.
    bool is_on_output(wlr_scene_buffer& node) const {
        struct Search {
            wlr_scene_buffer* node;
            bool is_found = false;
        } search{&node};
        wlr_scene_output_for_each_buffer(
            &scene_output_,
            [](wlr_scene_buffer* found, int, int, void* data) {
                auto& search = *static_cast<Search*>(data);
                search.is_found |= found == search.node;
            },
            &search);
        return search.is_found;
    }
    bool covers_output(const wlr_box& box) const {
        wlr_box common;
        return wlr_box_intersection(&common, &box, &output_) && wlr_box_equal(&common, &output_);
    }

    wlr_scene_output& scene_output_;
    wlr_box output_;
    wlr_surface *candidate_ = nullptr, *topmost_ = nullptr;
    std::string_view reason_; ///< what is seen has to be composed
};

} // namespace

ScanoutLook look_for_scanout(wlr_scene_output& output) {
    if (const auto obstacle = obstacle_of(output); !obstacle.empty())
        return {nullptr, nullptr, obstacle};
    Look look{output};
    look.at(output.scene->tree.node, 0, 0);
    return look.result();
}

bool is_always_drawn([[maybe_unused]] wlr_output* output) {
    // It copies for each card but the first (backend/drm/renderer.c of 0.20.2).
#if WLR_HAS_DRM_BACKEND
    return wlr_output_is_drm(output) && wlr_drm_backend_get_parent(output->backend);
#else
    return false;
#endif
}

} // namespace tarmac
