#include "compositor/window/window_captures.hpp"

#include "compositor/graphics.hpp"
#include "compositor/window/toplevel.hpp"
#include "wlr/guard.hpp"

#include <algorithm>

namespace tarmac::compositor {

#if TARMAC_WLROOTS_SINCE(20)

namespace {

// As much as renderers draw into, and no more than 256 MiB: far beyond what desks have of screens.
constexpr std::int64_t MaxSide = 16384, MaxPixels = 1 << 26;

bool is_too_large(wlr_scene_node& root) {
    const Extents extents = extents_of(root);
    return extents.width > MaxSide || extents.height > MaxSide ||
           extents.width * extents.height > MaxPixels;
}

} // namespace

WindowCaptures::WindowCaptures(wl_display* display, const Graphics& graphics)
    : loop_{wl_display_get_event_loop(display)}, graphics_{graphics} {
    auto* manager = wlr_ext_foreign_toplevel_image_capture_source_manager_v1_create(display, 1);
    new_request_.connect<Request>(manager->events.new_request, [this](Request* request) {
        guard_for(request->client, [&] { accept(*request); });
    });
}

void WindowCaptures::accept(Request& request) {
    // Without a source, sessions are stopped as soon as they are made.
    const auto source = source_of(*request.toplevel_handle);
    if (!source ||
        !wlr_ext_foreign_toplevel_image_capture_source_manager_v1_request_accept(&request, *source))
        wl_client_post_no_memory(request.client);
}

std::optional<wlr_ext_image_capture_source_v1*>
WindowCaptures::source_of(wlr_ext_foreign_toplevel_handle_v1& window) {
    const auto known = std::ranges::find(captured_, &window, &Captured::window);
    if (known != captured_.end())
        return known->source;

    wlr_scene* scene = wlr_scene_create();
    if (scene == nullptr)
        return std::nullopt;
    Handle<wlr_scene_node, wlr_scene_node_destroy> root{&scene->tree.node};
    wlr_xdg_surface& xdg = *static_cast<const Toplevel*>(window.data)->xdg().base;
    if (wlr_scene_xdg_surface_create(&scene->tree, &xdg) == nullptr)
        return std::nullopt;
    if (is_too_large(*root))
        return nullptr;
    auto* source = wlr_ext_image_capture_source_v1_create_with_scene_node(
        root.get(), loop_, graphics_.allocator(), graphics_.renderer());
    if (source == nullptr)
        return std::nullopt;
    std::list<Captured> added;
    const auto captured = added.emplace(added.end(), &window, std::move(root), source);
    captured->changes.emplace(*xdg.surface, [this, captured] {
        if (captured->changes->misses_any() || is_too_large(*captured->root))
            captured_.erase(captured);
    });
    captured->window_gone.connect(window.events.destroy,
                                  [this, captured] { captured_.erase(captured); });
    captured_.splice(captured_.end(), added);
    return source;
}

#else

WindowCaptures::WindowCaptures(wl_display* display, const Graphics& graphics)
    : loop_{wl_display_get_event_loop(display)}, graphics_{graphics} {}

#endif

} // namespace tarmac::compositor
