#pragma once

#include <unordered_map>

#include "wlr/listener.hpp"

struct wl_client;
struct wl_display;
struct wl_resource;

namespace tarmac {

/// Notices that a client binds a zwp_linux_dmabuf_v1 of somebody else's, wlroots' most likely, and
/// says so in the log, once: what the client makes with it passes by everything here. libwayland
/// lists no globals, and what tells of them (a filter, a logger, a client of one's own) is the
/// compositor's or would be seen by it, so this looks at what clients get.
class ForeignGlobalWatch {
public:
    explicit ForeignGlobalWatch(wl_display* display);
    ForeignGlobalWatch(const ForeignGlobalWatch&) = delete;
    ForeignGlobalWatch& operator=(const ForeignGlobalWatch&) = delete;

    /// Lives while a client is given an object of ours.
    class OwnBind {
    public:
        OwnBind() noexcept;
        ~OwnBind();
        OwnBind(const OwnBind&) = delete;
        OwnBind& operator=(const OwnBind&) = delete;
    };

private:
    struct Client {
        Listener resource_created, destroyed;
    };

    void follow(wl_client* client);
    void look_at(wl_resource* resource);

    bool was_said_ = false;
    Listener client_created_;
    std::unordered_map<wl_client*, Client> clients_; ///< none once it was said
};

} // namespace tarmac
