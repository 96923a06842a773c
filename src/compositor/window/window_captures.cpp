#include "compositor/window/window_captures.hpp"

#include "compositor/graphics.hpp"
#include "compositor/window/toplevel.hpp"

#include <algorithm>

namespace tarmac::compositor {

#if TARMAC_WLROOTS_SINCE(20)

WindowCaptures::WindowCaptures(wl_display* display, const Graphics& graphics)
    : loop_{wl_display_get_event_loop(display)}, graphics_{graphics} {
    auto* manager = wlr_ext_foreign_toplevel_image_capture_source_manager_v1_create(display, 1);
    new_request_.connect<Request>(manager->events.new_request,
                                  [this](Request* request) { accept(*request); });
}

void WindowCaptures::accept(Request& request) {
    wlr_ext_image_capture_source_v1* source = source_of(*request.toplevel_handle);
    if (source == nullptr ||
        !wlr_ext_foreign_toplevel_image_capture_source_manager_v1_request_accept(&request, source))
        wl_client_post_no_memory(request.client);
}

wlr_ext_image_capture_source_v1*
WindowCaptures::source_of(wlr_ext_foreign_toplevel_handle_v1& window) {
    const auto known = std::ranges::find(captured_, &window, &Captured::window);
    if (known != captured_.end())
        return known->source;

    wlr_scene* scene = wlr_scene_create();
    if (scene == nullptr)
        return nullptr;
    Handle<wlr_scene_node, wlr_scene_node_destroy> root{&scene->tree.node};
    const auto& toplevel = *static_cast<const Toplevel*>(window.data);
    if (wlr_scene_xdg_surface_create(&scene->tree, toplevel.xdg().base) == nullptr)
        return nullptr;
    auto* source = wlr_ext_image_capture_source_v1_create_with_scene_node(
        root.get(), loop_, graphics_.allocator(), graphics_.renderer());
    if (source == nullptr)
        return nullptr;
    std::list<Captured> added;
    const auto captured = added.emplace(added.end(), &window, std::move(root), source);
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
