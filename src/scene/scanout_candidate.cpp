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

/// Whether the output shows anything but what is composed for it.
bool may_scan_out(const wlr_scene_output& scene_output) {
    wlr_output* output = scene_output.output;
    const wlr_scene& scene = *scene_output.scene;
    return output->enabled && scene.WLR_PRIVATE.direct_scanout &&
           scene.WLR_PRIVATE.debug_damage_option != WLR_SCENE_DEBUG_DAMAGE_HIGHLIGHT &&
           wlr_output_is_direct_scanout_allowed(output);
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

    wlr_surface* candidate() const { return others_ ? nullptr : candidate_; }

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
            others_ = true;
        return false;
    }

    bool at_buffer(wlr_scene_buffer& node, int x, int y) {
        if (node.opacity == 0)
            return true;
        const wlr_scene_surface* shown = wlr_scene_surface_try_from_buffer(&node);
        if (!node.buffer) {
            // A surface without a buffer shows nothing. Others let go of theirs once a texture has
            // it; wlroots doesn't tell those from one that is given a size and no buffer.
            others_ = !shown && is_on_output(node);
            return !others_;
        }
        const wlr_box box = box_of(node, x, y);
        if (!is_on_output(box))
            return true;
        if (candidate_ || !shown || !covers_output(box)) {
            others_ = true;
            return false;
        }
        candidate_ = shown->surface;
        // Composed, be it alone or not.
        const wlr_output& output = *scene_output_.output;
        others_ = node.transform != output.transform || !has_plane_colors(node, output);
        return !others_ && !is_opaque(node, box);
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
    wlr_surface* candidate_ = nullptr;
    bool others_ = false;
};

} // namespace

wlr_surface* find_scanout_candidate(wlr_scene_output& output) {
    if (!may_scan_out(output))
        return nullptr;
    Look look{output};
    look.at(output.scene->tree.node, 0, 0);
    return look.candidate();
}

} // namespace tarmac
