#include "compositor/window/toplevel.hpp"

#include "compositor/client_log.hpp"
#include "compositor/event_log.hpp"
#include "compositor/output/outputs.hpp"
#include "compositor/window/surface_bounds.hpp"
#include "compositor/window/window_input.hpp"
#include "compositor/window/windows.hpp"
#include "dmabuf/formatted.hpp"

namespace tarmac::compositor {
namespace {

const char* or_empty(const char* text) {
    return text == nullptr ? "" : text;
}

std::string name_of(const wlr_output* output) {
    return output == nullptr ? "" : output->name;
}

} // namespace

Toplevel::Toplevel(Windows& windows, wlr_xdg_toplevel& xdg, wlr_scene_tree* layer)
    : windows_{windows}
    , xdg_{xdg}
    , client_label_{client_label(wl_resource_get_client(xdg.resource))}
    , nodes_{layer, *xdg.base, *this} {
    listen();
}

void Toplevel::listen() {
    commit_.connect(surface().events.commit, [this] { committed(); });
    map_.connect(surface().events.map, [this] { mapped(); });
    unmap_.connect(surface().events.unmap, [this] { unmapped(); });
    destroy_.connect(xdg_.events.destroy, [this] { windows_.remove(*this); });
    set_title_.connect(xdg_.events.set_title, [this] { list_as_named(); });
    set_app_id_.connect(xdg_.events.set_app_id, [this] { list_as_named(); });
    // Requests before the first commit are answered by the first configure.
    request_maximize_.connect(xdg_.events.request_maximize, [this] {
        if (xdg_.base->initialized)
            set_maximized(xdg_.requested.maximized);
    });
    request_fullscreen_.connect(xdg_.events.request_fullscreen, [this] {
        if (xdg_.base->initialized) {
            set_fullscreen(xdg_.requested.fullscreen, xdg_.requested.fullscreen_output);
        }
    });
    request_move_.connect<wlr_xdg_toplevel_move_event>(
        xdg_.events.request_move, [this](wlr_xdg_toplevel_move_event* event) {
            windows_.input().move_requested(*this, event->seat, event->serial);
        });
    request_resize_.connect<wlr_xdg_toplevel_resize_event>(
        xdg_.events.request_resize, [this](wlr_xdg_toplevel_resize_event* event) {
            windows_.input().resize_requested(*this, event->seat, event->serial, event->edges);
        });
}

wlr_box Toplevel::geometry() const noexcept {
    // Subsurfaces in subsurfaces may be far away all the same.
    return bounded(xdg_.base->geometry);
}

wlr_box Toplevel::box() const noexcept {
    const wlr_box size = geometry();
    return {nodes_.x(), nodes_.y(), size.width, size.height};
}

SizeLimits Toplevel::limits() const noexcept {
    return {xdg_.current.min_width, xdg_.current.min_height, xdg_.current.max_width,
            xdg_.current.max_height};
}

wlr_output* Toplevel::output() const {
    if (!is_mapped())
        return windows_.input().output_in_use();
    const wlr_box place = box();
    return windows_.outputs().nearest(place.x + place.width / 2.0, place.y + place.height / 2.0);
}

wlr_output* Toplevel::filled_output() const {
    wlr_output* wish = windows_.outputs().find(filled_.c_str());
    return wish != nullptr ? wish : output();
}

wlr_box Toplevel::filled_area(bool fullscreen) const {
    const Outputs& outputs = windows_.outputs();
    return fullscreen ? outputs.box(filled_output()) : outputs.usable(filled_output());
}

void Toplevel::fill(wlr_output* wish) {
    const wlr_box area = windows_.outputs().box(wish);
    filled_ = name_of(wlr_box_empty(&area) ? output() : wish);
}

void Toplevel::settle(const wlr_box& place) {
    Outputs& outputs = windows_.outputs();
    wlr_output* output = outputs.nearest(place.x + place.width / 2.0, place.y + place.height / 2.0);
    home_ = name_of(output);
    home_area_ = outputs.box(output);
}

void Toplevel::close() {
    wlr_xdg_toplevel_send_close(&xdg_);
}

void Toplevel::set_activated(bool activated) {
    nodes_.set_active(activated);
    if (xdg_.base->initialized)
        wlr_xdg_toplevel_set_activated(&xdg_, activated);
}

void Toplevel::set_maximized(bool maximized) {
    remember_floating_size();
    wants_maximized_ = maximized;
    if (maximized && !wants_fullscreen_)
        fill(output());
    send_state();
}

void Toplevel::set_fullscreen(bool fullscreen, wlr_output* output) {
    remember_floating_size();
    wants_fullscreen_ = fullscreen;
    if (fullscreen)
        fill(output);
    send_state();
}

void Toplevel::remember_floating_size() {
    if (is_mapped() && !wants_to_fill() && !is_filling()) {
        floating_.width = geometry().width;
        floating_.height = geometry().height;
    }
}

void Toplevel::move_to(int x, int y) {
    floating_.x = x;
    floating_.y = y;
    settle({x, y, geometry().width, geometry().height});
    arrange();
    windows_.layers().arrange_later();
}

void Toplevel::begin_resize(std::uint32_t edges) {
    const wlr_box place = box();
    resize_ = Resize{edges, place.x + place.width, place.y + place.height, std::nullopt};
    wlr_xdg_toplevel_set_resizing(&xdg_, true);
}

void Toplevel::resize_to(int width, int height) {
    floating_.width = width;
    floating_.height = height;
    send_state();
}

void Toplevel::end_resize() {
    if (resize_ && xdg_.base->initialized)
        resize_->last_configure = wlr_xdg_toplevel_set_resizing(&xdg_, false);
}

void Toplevel::decorate(wlr_xdg_toplevel_decoration_v1& decoration) {
    decoration_.emplace(decoration, [this] {
        decoration_.reset();
        arrange();
    });
    decoration_->announce();
}

void Toplevel::follow_outputs() {
    Outputs& outputs = windows_.outputs();
    const wlr_box area = outputs.box(outputs.find(home_.c_str()));
    if (!wlr_box_empty(&area)) {
        floating_.x += area.x - home_area_.x;
        floating_.y += area.y - home_area_.y;
        home_area_ = area;
    }
    if (wants_to_fill()) {
        const wlr_box filled = filled_area(wants_fullscreen_);
        if (filled.width != xdg_.scheduled.width || filled.height != xdg_.scheduled.height)
            send_state();
    }
    arrange();
}

void Toplevel::committed() {
    if (xdg_.base->initial_commit)
        send_first_configure();
    else
        arrange();
}

void Toplevel::send_first_configure() {
    wants_fullscreen_ = xdg_.requested.fullscreen;
    wants_maximized_ = xdg_.requested.maximized;
    fill(xdg_.requested.fullscreen_output);
    const wlr_box area = windows_.outputs().usable(filled_output());
    wlr_xdg_toplevel_set_bounds(&xdg_, area.width, area.height);
    wlr_xdg_toplevel_set_wm_capabilities(&xdg_, WLR_XDG_TOPLEVEL_WM_CAPABILITIES_MAXIMIZE |
                                                    WLR_XDG_TOPLEVEL_WM_CAPABILITIES_FULLSCREEN);
    if (decoration_)
        decoration_->announce();
    send_state();
}

void Toplevel::send_state() {
    if (!xdg_.base->initialized)
        return;
    wlr_xdg_toplevel_set_fullscreen(&xdg_, wants_fullscreen_);
    wlr_xdg_toplevel_set_maximized(&xdg_, wants_maximized_);
    const wlr_box size = wants_to_fill() ? filled_area(wants_fullscreen_) : floating_;
    // Without any output it keeps the size that it has.
    if (!wants_to_fill() || !wlr_box_empty(&size))
        wlr_xdg_toplevel_set_size(&xdg_, size.width, size.height);
}

void Toplevel::mapped() {
    arrange();
    const wlr_box place = box();
    log_event("mapped", {{"client", client_label_},
                         {"app-id", quoted(or_empty(xdg_.app_id))},
                         {"title", quoted(or_empty(xdg_.title))},
                         {"size", formatted("{}x{}", place.width, place.height)}});
    list_as_named();
    windows_.focus(*this);
}

void Toplevel::list_as_named() {
    if (!is_mapped())
        return;
    const wlr_ext_foreign_toplevel_handle_v1_state state{or_empty(xdg_.title),
                                                         or_empty(xdg_.app_id)};
    if (listed_) {
        wlr_ext_foreign_toplevel_handle_v1_update_state(listed_.get(), &state);
        return;
    }
    listed_.reset(wlr_ext_foreign_toplevel_handle_v1_create(&windows_.list(), &state));
    if (listed_)
        listed_->data = this;
}

void Toplevel::unmapped() {
    log_event("unmapped", {{"client", client_label_},
                           {"app-id", quoted(or_empty(xdg_.app_id))},
                           {"title", quoted(or_empty(xdg_.title))}});
    windows_.forget(*this);
    wants_fullscreen_ = wants_maximized_ = is_placed_ = false;
    floating_ = {};
    resize_.reset();
    nodes_.hide();
    listed_.reset();
}

void Toplevel::arrange() {
    if (!is_mapped())
        return;
    const wlr_box geometry = this->geometry();
    const wlr_box area = filled_area(xdg_.current.fullscreen);
    const bool fills = is_filling() && !wlr_box_empty(&area);
    if (resize_)
        follow_resize(geometry);
    wlr_box place{area.x, area.y, geometry.width, geometry.height};
    if (!fills) {
        place = floating_place(geometry);
    } else if (xdg_.current.fullscreen) {
        // A client may be smaller than what it was offered.
        place = centred(geometry, area);
    }
    const bool covers = fills && xdg_.current.fullscreen;
    if (std::exchange(covers_, covers) != covers)
        windows_.layers().arrange_later();
    nodes_.show(place, covers ? area : wlr_box{},
                !is_filling() && decoration_ && decoration_->is_in_effect());
}

wlr_box Toplevel::floating_place(const wlr_box& geometry) {
    if (!is_placed_) {
        const wlr_box chosen = windows_.place(*this, geometry);
        floating_.x = chosen.x;
        floating_.y = chosen.y;
        settle(chosen);
        // Without any output it has no place yet.
        is_placed_ = !home_.empty();
    }
    const wlr_box place{floating_.x, floating_.y, geometry.width, geometry.height};
    // What the client chose by itself is what it is to be told from now on.
    if (!wants_to_fill() && xdg_.base->configure_idle == nullptr &&
        wl_list_empty(&xdg_.base->configure_list)) {
        floating_.width = place.width;
        floating_.height = place.height;
        xdg_.scheduled.width = place.width;
        xdg_.scheduled.height = place.height;
    }
    Outputs& outputs = windows_.outputs();
    if (wlr_output_layout_intersects(outputs.layout(), nullptr, &place))
        return place;
    return kept_in_reach(place, outputs.box(outputs.nearest(place.x, place.y)));
}

void Toplevel::follow_resize(const wlr_box& geometry) {
    if ((resize_->edges & WLR_EDGE_LEFT) != 0)
        floating_.x = resize_->right - geometry.width;
    if ((resize_->edges & WLR_EDGE_TOP) != 0)
        floating_.y = resize_->bottom - geometry.height;
    if (resize_->last_configure && static_cast<std::int32_t>(xdg_.base->current.configure_serial -
                                                             *resize_->last_configure) >= 0)
        resize_.reset();
}

} // namespace tarmac::compositor
