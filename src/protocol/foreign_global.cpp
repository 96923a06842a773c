#include "protocol/foreign_global.hpp"

#include <string_view>

#include "linux-dmabuf-v1-protocol.h"
#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

/// All displays are of one thread.
int n_own_binds = 0;

} // namespace

ForeignGlobalWatch::OwnBind::OwnBind() noexcept {
    ++n_own_binds;
}

ForeignGlobalWatch::OwnBind::~OwnBind() {
    --n_own_binds;
}

ForeignGlobalWatch::ForeignGlobalWatch(wl_display* display) {
    wl_client* client;
    wl_client_for_each(client, wl_display_get_client_list(display)) {
        follow(client);
    }
    wl_display_add_client_created_listener(
        display,
        client_created_.prepare<wl_client>([this](wl_client* created) { follow(created); }));
}

void ForeignGlobalWatch::follow(wl_client* client) {
    // Only what hears of the client's end is there.
    std::unordered_map<wl_client*, Client> made;
    Client& entry = made[client];
    wl_client_add_destroy_listener(
        client, entry.destroyed.prepare([this, client] { clients_.erase(client); }));
    wl_client_add_resource_created_listener(
        client, entry.resource_created.prepare<wl_resource>(
                    [this](wl_resource* resource) { look_at(resource); }));
    clients_.merge(made);
}

void ForeignGlobalWatch::look_at(wl_resource* resource) {
    if (n_own_binds > 0 ||
        std::string_view{wl_resource_get_class(resource)} != zwp_linux_dmabuf_v1_interface.name)
        return;
    wlr_log(WLR_ERROR,
            "linux-dmabuf: a client binds another zwp_linux_dmabuf_v1 than Tarmac's, which has no "
            "part in the buffers that it makes with that one. It is wlroots' most likely: call "
            "wlr_renderer_init_wl_shm() instead of wlr_renderer_init_wl_display(), and no "
            "wlr_linux_dmabuf_v1_create()");
    client_created_.disconnect();
    clients_.clear();
}

} // namespace tarmac
