#include "fuzz/content_painter.hpp"

#include <algorithm>
#include <array>
#include <wayland-client-protocol.h>

#include "color-representation-v1-client-protocol.h"
#include "linux-dmabuf-v1-client-protocol.h"
#include "linux-drm-syncobj-v1-client-protocol.h"
#include "viewporter-client-protocol.h"

namespace fuzz {

Painter::Painter(Compositor& compositor, std::uint8_t knows)
    : compositor_{compositor}
    , client_{compositor.connect()}
    , knows_colors_{(knows & 1) != 0}
    , knows_points_{(knows & 0x30) == 0x10} {
    client_.flush();
    compositor_.turn();
    client_.receive();
    client_.bind(wl_compositor_interface, 6);
    client_.bind(zwp_linux_dmabuf_v1_interface, 5);
    client_.bind(wl_subcompositor_interface, 1);
    client_.bind(wp_viewporter_interface, 1);
    if (knows_colors_)
        client_.bind(wp_color_representation_manager_v1_interface, 1);
    if (knows_points_)
        client_.bind(wp_linux_drm_syncobj_manager_v1_interface, 1);
}

Painter::~Painter() {
    for (Canvas& canvas : canvases()) {
        if (canvas.owner != this)
            continue;
        canvas.owner = nullptr;
        canvas.buffer = 0;
        canvas.is_held = false;
    }
}

Painter::Surface* Painter::choose(test::FuzzInput& input) {
    const auto choice = input.number<std::uint8_t>();
    if (surfaces_.empty())
        return nullptr;
    return &*std::next(surfaces_.begin(), choice % static_cast<std::ptrdiff_t>(surfaces_.size()));
}

void Painter::add_surface(test::FuzzInput& input) {
    const auto how = input.number<std::uint8_t>();
    Surface* parent = choose(input);
    if (surfaces_.size() == MostSurfaces)
        return;
    if (parent && parent->parent)
        parent = parent->parent;
    Surface made{};
    made.id = client_.write(client_.find(wl_compositor_interface), WL_COMPOSITOR_CREATE_SURFACE,
                            {NewObject{&wl_surface_interface, 6}});
    made.viewport = client_.write(client_.find(wp_viewporter_interface), WP_VIEWPORTER_GET_VIEWPORT,
                                  {NewObject{&wp_viewport_interface, 1}, made.id});
    if (knows_colors_ && how & 4)
        made.colors =
            client_.write(client_.find(wp_color_representation_manager_v1_interface),
                          WP_COLOR_REPRESENTATION_MANAGER_V1_GET_SURFACE,
                          {NewObject{&wp_color_representation_surface_v1_interface, 1}, made.id});
    if (knows_points_)
        made.sync =
            client_.write(client_.find(wp_linux_drm_syncobj_manager_v1_interface),
                          WP_LINUX_DRM_SYNCOBJ_MANAGER_V1_GET_SURFACE,
                          {NewObject{&wp_linux_drm_syncobj_surface_v1_interface, 1}, made.id});
    if (parent && how & 1) {
        made.parent = parent;
        made.subsurface =
            client_.write(client_.find(wl_subcompositor_interface), WL_SUBCOMPOSITOR_GET_SUBSURFACE,
                          {NewObject{&wl_subsurface_interface, 1}, made.id, parent->id});
    }
    if (made.parent && how & 2) {
        made.tree = parent->tree;
        made.part = &made.tree->add_child();
    } else {
        made.tree = std::make_shared<Tree>();
        made.part = &made.tree->root();
        if (made.parent)
            client_.write(made.subsurface, WL_SUBSURFACE_SET_DESYNC, {});
    }
    surfaces_.push_back(made);
    if (made.parent)
        return;
    send();
    compositor_.turn();
    Compositor::give_role(Compositor::find_surface(client_.server_side(), made.id));
}

void Painter::remove(Surface& surface) {
    // First what it is the parent of.
    for (auto other = surfaces_.begin(); other != surfaces_.end();) {
        Surface& one = *other++;
        if (one.parent == &surface)
            remove(one);
    }
    const auto destroy = [&](std::uint32_t id, unsigned opcode) {
        if (id == 0)
            return;
        client_.write(id, opcode, {});
        client_.forget(id);
    };
    destroy(surface.sync, WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_DESTROY);
    destroy(surface.colors, WP_COLOR_REPRESENTATION_SURFACE_V1_DESTROY);
    destroy(surface.viewport, WP_VIEWPORT_DESTROY);
    destroy(surface.subsurface, WL_SUBSURFACE_DESTROY);
    destroy(surface.id, WL_SURFACE_DESTROY);
    if (surface.part != &surface.tree->root())
        surface.tree->remove_child(*surface.part);
    surfaces_.remove_if([&](const Surface& one) { return &one == &surface; });
}

void Painter::remove_surface(test::FuzzInput& input) {
    if (Surface* surface = choose(input))
        remove(*surface);
    // What is looked at has to be what there is.
    send();
    compositor_.turn();
}

void Painter::remove_all() {
    while (!surfaces_.empty())
        remove(surfaces_.back());
    send();
    compositor_.turn();
}

void Painter::hear() {
    client_.receive();
    FUZZ_CHECK(client_.is_connected(), "a client that does nothing wrong is ended");
    const auto released = client_.take_released();
    for (Canvas& canvas : canvases()) {
        if (canvas.owner != this || !canvas.is_held)
            continue;
        // To who has points, wl_buffer.release says nothing.
        canvas.is_held =
            knows_points_ ? !canvas.is_released() : !std::ranges::contains(released, canvas.buffer);
    }
}

void Painter::name_surfaces(std::vector<wlr_surface*>& looked_at) const {
    for (const Surface& surface : surfaces_)
        looked_at.push_back(Compositor::find_surface(client_.server_side(), surface.id));
}

template <class Function>
bool Painter::for_each_tree(std::span<const Seen> seen, Function&& function) {
    FUZZ_CHECK(seen.size() == surfaces_.size(), "something else was looked at");
    bool is_true = true;
    for (const Surface& surface : surfaces_) {
        if (surface.part != &surface.tree->root())
            continue;
        std::array<const Seen*, MostSurfaces> of_tree;
        std::size_t n = 0;
        for (const Tree::Part& part : surface.tree->parts()) {
            auto one = seen.begin();
            for (const Surface& other : surfaces_) {
                if (other.part == &part)
                    of_tree[n++] = &*one;
                ++one;
            }
        }
        is_true = function(*surface.tree, std::span{of_tree}.first(n)) && is_true;
    }
    return is_true;
}

void Painter::check_seen(std::span<const Seen> seen) {
    for_each_tree(seen, [](Tree& tree, std::span<const Seen* const> of_tree) {
        const auto what = [&] {
            std::string text;
            for (const Seen* one : of_tree)
                text += "\n" + to_string(*one);
            return text + "\n is seen, instead" + tree.describe();
        };
        FUZZ_CHECK(tree.may_be_seen(of_tree), what());
        return true;
    });
}

bool Painter::is_settled(std::span<const Seen> seen) {
    return for_each_tree(seen, [](Tree& tree, std::span<const Seen* const> of_tree) {
        return tree.is_settled(of_tree);
    });
}

void Painter::lose() {
    for (const Surface& surface : surfaces_)
        surface.tree->lose();
}

std::string Painter::describe(std::span<const Seen> seen) {
    std::string text;
    for_each_tree(seen, [&](Tree& tree, std::span<const Seen* const> of_tree) {
        for (const Seen* one : of_tree)
            text += "\n" + to_string(*one);
        text += "\n is seen, in the end" + tree.describe();
        return true;
    });
    return text;
}

} // namespace fuzz
