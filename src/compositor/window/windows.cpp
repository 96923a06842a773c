#include "compositor/window/windows.hpp"

#include "compositor/output/outputs.hpp"
#include "compositor/scene.hpp"
#include "compositor/window/window_input.hpp"

#include <ranges>

namespace tarmac::compositor {

Windows::Windows(wl_display* display, Scene& scene, Outputs& outputs)
    : scene_{scene}
    , outputs_{outputs}
    , list_{wlr_ext_foreign_toplevel_list_v1_create(display, 1)}
    , layers_{display, scene, outputs, *this} {
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
    wlr_scene_node* node = wlr_scene_node_at(&scene_.desktop()->node, x, y, &hit.x, &hit.y);
    if (node == nullptr)
        return hit;
    if (node->type == WLR_SCENE_NODE_BUFFER) {
        wlr_scene_surface* surface =
            wlr_scene_surface_try_from_buffer(wlr_scene_buffer_from_node(node));
        hit.surface = surface != nullptr ? surface->surface : nullptr;
        hit.layer = LayerSurface::of(hit.surface);
    }
    // Only Toplevel sets `data`.
    while (node != nullptr && node->data == nullptr)
        node = node->parent != nullptr ? &node->parent->node : nullptr;
    hit.window = node != nullptr ? static_cast<Toplevel*>(node->data) : nullptr;
    return hit;
}

Toplevel* Windows::window_of(wlr_surface* surface) const {
    const wlr_surface* root = root_of(surface);
    for (const auto& window : stack_)
        if (&window->surface() == root)
            return window.get();
    return nullptr;
}

std::optional<Origin> Windows::origin_of(wlr_surface* surface) const {
    if (const LayerSurface* layer = LayerSurface::of(surface))
        return Origin{layer->x(), layer->y(), layer->output()};
    const Toplevel* window = window_of(surface);
    if (window == nullptr)
        return std::nullopt;
    const wlr_box place = window->box(), geometry = window->geometry();
    return Origin{place.x - geometry.x, place.y - geometry.y, window->output()};
}

void Windows::focus(Toplevel& window) {
    if (!window.is_mapped())
        return;
    activate(window);
    layers_.focus(nullptr);
    layers_.arrange_later();
}

void Windows::activate(Toplevel& window) {
    raise(window);
    const auto position = std::ranges::find_if(
        stack_, [&](const auto& candidate) { return candidate.get() == &window; });
    stack_.splice(stack_.begin(), stack_, position);
    if (focused_ != &window) {
        if (focused_ != nullptr)
            focused_->set_activated(false);
        focused_ = &window;
        window.set_activated(true);
    }
}

void Windows::focus(const Hit& hit) {
    if (hit.window != nullptr)
        focus(*hit.window);
    else if (hit.layer != nullptr)
        layers_.focus(hit.layer);
}

bool Windows::close_focused() {
    if (LayerSurface* layer = LayerSurface::of(layers_.keyboard_surface()))
        layer->close();
    else if (focused_ != nullptr)
        focused_->close();
    else
        return false;
    return true;
}

Toplevel* Windows::with_keyboard() const {
    return layers_.keyboard_surface() == nullptr ? focused_ : nullptr;
}

wlr_surface* Windows::keyboard_surface() const {
    wlr_surface* surface = layers_.keyboard_surface();
    return surface == nullptr && focused_ != nullptr ? &focused_->surface() : surface;
}

bool Windows::is_filled(wlr_output& output) const {
    const auto top = std::ranges::find_if(stack_, [&](const auto& window) {
        return window->is_mapped() && window->output() == &output;
    });
    Toplevel* window = top == stack_.end() ? nullptr : top->get();
    while (window != nullptr && !window->xdg().current.fullscreen)
        window = parent_of(*window);
    return window != nullptr && window->output() == &output;
}

Toplevel* Windows::parent_of(const Toplevel& window) const {
    const wlr_xdg_toplevel* parent = window.xdg().parent;
    return parent == nullptr ? nullptr : window_of(parent->base->surface);
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
    // It goes, whatever becomes of the rest.
    decltype(stack_) gone;
    gone.splice(gone.begin(), stack_,
                std::ranges::find(stack_, &window, &std::unique_ptr<Toplevel>::get));
    forget(window);
}

void Windows::remove(Popup& popup) {
    std::erase_if(popups_, [&](const auto& candidate) { return candidate.get() == &popup; });
}

void Windows::forget(Toplevel& window) {
    end_cycle();
    layers_.arrange_later();
    if (focused_ != &window)
        return;
    focused_ = nullptr;
    const auto next = std::ranges::find_if(stack_, [&](const auto& candidate) {
        return candidate.get() != &window && candidate->is_mapped();
    });
    if (next != stack_.end())
        activate(**next);
    input().follow_focus();
}

void Windows::show_popup(wlr_xdg_popup& popup, wlr_scene_tree* parent) {
    for (const auto& own : popups_)
        if (&own->xdg() == &popup)
            own->show_in(parent);
}

wlr_box Windows::place(const Toplevel& window, const wlr_box& size) {
    if (const Toplevel* parent = parent_of(window))
        return kept_in_reach(centred(size, parent->box()), outputs_.usable(parent->output()));
    const auto others = std::ranges::count_if(
        stack_, [&](const auto& other) { return other.get() != &window && other->is_mapped(); });
    return centred(size, outputs_.usable(input().output_in_use()), static_cast<int>(others));
}

} // namespace tarmac::compositor
