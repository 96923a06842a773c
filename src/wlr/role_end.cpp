#include "wlr/role_end.hpp"

namespace tarmac {

void RoleEnd::watch(wlr_surface& surface) {
    watch(role_, role_ended_, surface.role_resource, surface.WLR_PRIVATE.role_resource_destroy);
    if (wlr_xdg_surface* xdg = wlr_xdg_surface_try_from_wlr_surface(&surface))
        watch(xdg_role_, xdg_role_ended_, xdg->role_resource,
              xdg->WLR_PRIVATE.role_resource_destroy);
}

void RoleEnd::watch(wl_resource*& known, Listener& ended, wl_resource* object,
                    wl_listener& wlroots) {
    if (known == object)
        return;
    known = object;
    ended.disconnect();
    if (!object)
        return;
    wl_listener* listener = ended.prepare([this, &known, &ended] {
        known = nullptr;
        ended.disconnect();
        function_();
    });
    // A resource's listeners are called in order.
    wl_list_remove(&listener->link);
    wl_list_insert(wlroots.link.prev, &listener->link);
}

} // namespace tarmac
