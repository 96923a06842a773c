#include "protocol/foreign_global.hpp"

#include <string_view>

#include "linux-dmabuf-v1-protocol.h"
#include "protocol/factory.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

/// Each display belongs to one thread.
thread_local int n_own_binds = 0;

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
        if (!was_said_)
            follow(client);
    }
    if (was_said_)
        return;
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
    // What it has already may be of a LinuxDmabuf that has gone.
    wl_client_for_each_resource(
        client,
        [](wl_resource* resource, void* self) {
            if (!Factory::is_behind(resource))
                static_cast<ForeignGlobalWatch*>(self)->look_at(resource);
            return WL_ITERATOR_CONTINUE;
        },
        this);
}

void ForeignGlobalWatch::look_at(wl_resource* resource) {
    if (was_said_ || n_own_binds > 0 ||
        std::string_view{wl_resource_get_class(resource)} != zwp_linux_dmabuf_v1_interface.name)
        return;
    wlr_log(WLR_ERROR,
            "linux-dmabuf: a client binds another zwp_linux_dmabuf_v1 than Tarmac's, which has no "
            "part in the buffers that it makes with that one. It is wlroots' most likely: call "
            "wlr_renderer_init_wl_shm() instead of wlr_renderer_init_wl_display(), and no "
            "wlr_linux_dmabuf_v1_create()");
    was_said_ = true;
    client_created_.disconnect();
    clients_.clear();
}

} // namespace tarmac
