#include "compositor/window/windows.hpp"

#include "compositor/output/outputs.hpp"
#include "compositor/scene.hpp"
#include "compositor/window/window_input.hpp"

#include <ranges>

namespace tarmac::compositor {

Windows::Windows(wl_display* display, Scene& scene, Outputs& outputs)
    : scene_{scene}, outputs_{outputs}, list_{wlr_ext_foreign_toplevel_list_v1_create(display, 1)} {
    wlr_xdg_shell* shell = wlr_xdg_shell_create(display, 6);
    new_toplevel_.connect<wlr_xdg_toplevel>(
        shell->events.new_toplevel, [this](wlr_xdg_toplevel* xdg) {
            stack_.push_back(std::make_unique<Toplevel>(*this, *xdg, scene_.windows()));
        });
    new_popup_.connect<wlr_xdg_popup>(shell->events.new_popup, [this](wlr_xdg_popup* xdg) {
        popups_.push_back(std::make_unique<Popup>(*this, *xdg));
    });

    wlr_xdg_decoration_manager_v1* decorations = wlr_xdg_decoration_manager_v1_create(display);
    new_decoration_.connect<wlr_xdg_toplevel_decoration_v1>(
        decorations->events.new_toplevel_decoration,
        [this](wlr_xdg_toplevel_decoration_v1* decoration) {
            if (Toplevel* window = window_of(decoration->toplevel->base->surface))
                window->decorate(*decoration);
        });

    wlr_xdg_activation_v1* activation = wlr_xdg_activation_v1_create(display);
    request_activate_.connect<wlr_xdg_activation_v1_request_activate_event>(
        activation->events.request_activate,
        [this](wlr_xdg_activation_v1_request_activate_event* event) { activate(*event); });
}

void Windows::follow_outputs() {
    for (const auto& window : stack_)
        window->follow_outputs();
}

Hit Windows::at(double x, double y) const {
    Hit hit;
    wlr_scene_node* node = wlr_scene_node_at(&scene_.windows()->node, x, y, &hit.x, &hit.y);
    if (node == nullptr)
        return hit;
    if (node->type == WLR_SCENE_NODE_BUFFER) {
        wlr_scene_surface* surface =
            wlr_scene_surface_try_from_buffer(wlr_scene_buffer_from_node(node));
        hit.surface = surface != nullptr ? surface->surface : nullptr;
    }
    // Only Toplevel sets `data`.
    while (node != nullptr && node->data == nullptr)
        node = node->parent != nullptr ? &node->parent->node : nullptr;
    hit.window = node != nullptr ? static_cast<Toplevel*>(node->data) : nullptr;
    return hit;
}

Toplevel* Windows::window_of(wlr_surface* surface) const {
    while (surface != nullptr) {
        surface = wlr_surface_get_root_surface(surface);
        wlr_xdg_surface* xdg = wlr_xdg_surface_try_from_wlr_surface(surface);
        if (xdg == nullptr || xdg->role != WLR_XDG_SURFACE_ROLE_POPUP || xdg->popup == nullptr)
            break;
        surface = xdg->popup->parent;
    }
    for (const auto& window : stack_)
        if (&window->surface() == surface)
            return window.get();
    return nullptr;
}

void Windows::focus(Toplevel& window) {
    if (!window.is_mapped())
        return;
    raise(window);
    const auto position = std::ranges::find_if(
        stack_, [&](const auto& candidate) { return candidate.get() == &window; });
    stack_.splice(stack_.begin(), stack_, position);
    if (focused_ == &window)
        return;
    if (focused_ != nullptr)
        focused_->set_activated(false);
    focused_ = &window;
    window.set_activated(true);
    input().give_keyboard_to(&window.surface());
}

void Windows::raise(Toplevel& window) {
    window.raise();
    for (const auto& other : std::views::reverse(stack_))
        if (other->xdg().parent == &window.xdg() && other->is_mapped())
            raise(*other);
}

void Windows::cycle(bool backwards) {
    if (cycle_.empty()) {
        for (const auto& window : stack_)
            if (window->is_mapped())
                cycle_.push_back(window.get());
        cycle_position_ = 0;
    }
    if (cycle_.empty())
        return;
    const std::size_t step = backwards ? cycle_.size() - 1 : 1;
    cycle_position_ = (cycle_position_ + step) % cycle_.size();
    focus(*cycle_[cycle_position_]);
}

void Windows::activate(const wlr_xdg_activation_v1_request_activate_event& event) {
    // A token without a seat didn't come from anything that the user did.
    if (Toplevel* window = window_of(event.surface); window != nullptr && event.token->seat)
        focus(*window);
}

void Windows::remove(Toplevel& window) {
    forget(window);
    std::erase_if(stack_, [&](const auto& candidate) { return candidate.get() == &window; });
}

void Windows::remove(Popup& popup) {
    std::erase_if(popups_, [&](const auto& candidate) { return candidate.get() == &popup; });
}

void Windows::forget(Toplevel& window) {
    end_cycle();
    if (focused_ != &window)
        return;
    focused_ = nullptr;
    const auto next = std::ranges::find_if(stack_, [&](const auto& candidate) {
        return candidate.get() != &window && candidate->is_mapped();
    });
    if (next != stack_.end())
        focus(**next);
    else
        input().give_keyboard_to(nullptr);
}

wlr_box Windows::place(const Toplevel& window, const wlr_box& size) {
    if (const Toplevel* parent = window_of(
            window.xdg().parent != nullptr ? window.xdg().parent->base->surface : nullptr))
        return kept_in_reach(centred(size, parent->box()), outputs_.box(parent->output()));
    const auto others = std::ranges::count_if(
        stack_, [&](const auto& other) { return other.get() != &window && other->is_mapped(); });
    return centred(size, outputs_.box(input().output_in_use()), static_cast<int>(others));
}

} // namespace tarmac::compositor
