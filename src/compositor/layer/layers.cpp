#include "compositor/layer/layers.hpp"

#include "compositor/output/outputs.hpp"
#include "compositor/scene.hpp"
#include "compositor/window/window_input.hpp"
#include "compositor/window/windows.hpp"

#include <ranges>

namespace tarmac::compositor {

Layers::Layers(wl_display* display, Scene& scene, Outputs& outputs, Windows& windows)
    : scene_{scene}
    , outputs_{outputs}
    , windows_{windows}
    , arranging_{wl_display_get_event_loop(display), [this] { arrange(); }}
    , requests_{keep_spent_popups_off_layers(display)} {
    new_surface_.connect<wlr_layer_surface_v1>(
        wlr_layer_shell_v1_create(display, 5)->events.new_surface,
        [this](wlr_layer_surface_v1* shell) { add(*shell); });
}

void Layers::add(wlr_layer_surface_v1& shell) {
    if (shell.output == nullptr)
        shell.output = windows_.input().output_in_use();
    if (outputs_.has(shell.output))
        surfaces_.push_back(std::make_unique<LayerSurface>(*this, shell, scene_));
    else
        wlr_layer_surface_v1_destroy(&shell);
}

void Layers::focus(LayerSurface* surface) {
    if (surface != nullptr && !surface->can_have_keyboard())
        return;
    focused_ = surface;
    windows_.input().follow_focus();
}

wlr_surface* Layers::keyboard_surface() const {
    for (const auto layer : {ZWLR_LAYER_SHELL_V1_LAYER_OVERLAY, ZWLR_LAYER_SHELL_V1_LAYER_TOP})
        for (const auto& surface : std::views::reverse(surfaces_))
            if (surface->layer() == layer && surface->wants_all_keys())
                return &surface->surface();
    return focused_ != nullptr && focused_->can_have_keyboard() ? &focused_->surface() : nullptr;
}

void Layers::mapped(LayerSurface& surface) {
    // As if the user had asked for what opens above the windows.
    if (surface.is_above_windows())
        focus(&surface);
    arrange_later();
}

void Layers::unmapped(LayerSurface& surface) {
    if (focused_ == &surface)
        focused_ = nullptr;
    arrange_later();
}

void Layers::remove(LayerSurface& surface) {
    unmapped(surface);
    std::erase_if(surfaces_, [&](const auto& other) { return other.get() == &surface; });
}

void Layers::show_popup(wlr_xdg_popup& popup, wlr_scene_tree* parent) {
    windows_.show_popup(popup, parent);
}

void Layers::follow_outputs() {
    for (auto next = surfaces_.begin(); next != surfaces_.end();) {
        LayerSurface& surface = **next++;
        if (!outputs_.has(surface.output()))
            surface.close();
    }
    arrange();
}

void Layers::arrange() {
    bool is_changed = false;
    for (wlr_output* output : outputs_.all())
        is_changed |= arrange(*output);
    if (is_changed)
        windows_.follow_outputs();
    windows_.input().follow_focus();
}

/// Whether what is left to windows is another.
bool Layers::arrange(wlr_output& output) {
    const wlr_box whole = outputs_.box(&output);
    const bool is_filled = windows_.is_filled(output);
    wlr_box usable = whole;
    for (const bool has_zone : {true, false})
        for (const auto layer :
             {ZWLR_LAYER_SHELL_V1_LAYER_OVERLAY, ZWLR_LAYER_SHELL_V1_LAYER_TOP,
              ZWLR_LAYER_SHELL_V1_LAYER_BOTTOM, ZWLR_LAYER_SHELL_V1_LAYER_BACKGROUND})
            for (const auto& surface : surfaces_)
                if (surface->output() == &output && surface->layer() == layer &&
                    surface->has_zone() == has_zone) {
                    surface->arrange(whole, usable);
                    surface->set_shown(layer != ZWLR_LAYER_SHELL_V1_LAYER_TOP || !is_filled);
                }
    return outputs_.set_usable(output, usable);
}

} // namespace tarmac::compositor
