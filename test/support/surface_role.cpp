#include "support/surface_role.hpp"

#include <array>
#include <utility>

#include "support/hand_made_protocols.hpp"
#include "xdg-shell-client-protocol.h"

namespace test {

namespace {

template <class Object>
Object* bind(RawClient& client, const wl_interface& interface, std::uint32_t version = 1) {
    return static_cast<Object*>(client.bind_global(&interface, version));
}

/// Acknowledges, and sets a bool.
constexpr xdg_surface_listener acknowledge = {
    .configure =
        [](void* is_configured, xdg_surface* surface, std::uint32_t serial) {
            xdg_surface_ack_configure(surface, serial);
            *static_cast<bool*>(is_configured) = true;
        },
};

/// A window that others need to have a parent, with a picture.
class ParentWindow {
public:
    ParentWindow(LocalShell& shell, RawClient& client)
        : surface{shell, client}, toplevel{surface}, picture_{client, Black} {
        surface.show(picture_.get());
    }
    ClientSurface surface;
    Toplevel toplevel;

private:
    ShmBuffer picture_;
};

class Popup : public SurfaceRole {
public:
    Popup(ClientSurface& surface, const Toplevel& parent) : owner_{surface}, parent_{parent} {
        xdg_surface_ = xdg_wm_base_get_xdg_surface(parent.base(), surface.get());
        xdg_surface_add_listener(xdg_surface_, &acknowledge, &is_configured_);
        Popup::start_anew();
    }
    ~Popup() override { Popup::destroy(); }
    void destroy() override {
        if (popup_)
            xdg_popup_destroy(std::exchange(popup_, nullptr));
        if (xdg_surface_)
            xdg_surface_destroy(std::exchange(xdg_surface_, nullptr));
    }
    /// An unmapped popup is done for: only another can be shown.
    void start_anew() override {
        if (popup_)
            xdg_popup_destroy(popup_);
        xdg_positioner* positioner = xdg_wm_base_create_positioner(parent_.base());
        xdg_positioner_set_size(positioner, PictureWidth, PictureHeight);
        xdg_positioner_set_anchor_rect(positioner, 0, 0, 1, 1);
        popup_ = xdg_surface_get_popup(xdg_surface_, parent_.surface(), positioner);
        xdg_positioner_destroy(positioner);
        is_configured_ = false;
        owner_.commit();
        REQUIRE(owner_.shell().await([this] { return is_configured_; }));
    }

private:
    ClientSurface& owner_;
    const Toplevel& parent_;
    xdg_surface* xdg_surface_;
    xdg_popup* popup_ = nullptr;
    bool is_configured_ = false;
};

/// With a window of its own.
class PopupRole : public SurfaceRole {
public:
    explicit PopupRole(ClientSurface& surface)
        : parent_{surface.shell(), surface.client()}, popup_{surface, parent_.toplevel} {}
    void destroy() override { popup_.destroy(); }
    void start_anew() override { popup_.start_anew(); }

private:
    ParentWindow parent_;
    Popup popup_;
};

class LayerRole : public SurfaceRole {
public:
    explicit LayerRole(ClientSurface& surface) : owner_{surface} {
        surface.shell().output();
        surface.client().round_trip();
        object_.emplace(surface.client(), surface.get());
        LayerRole::start_anew();
    }
    void destroy() override { object_.reset(); }
    void start_anew() override {
        object_->is_configured = false;
        object_->set_size(PictureWidth, PictureHeight);
        owner_.commit();
        REQUIRE(owner_.shell().await([this] { return object_->is_configured; }));
    }

private:
    ClientSurface& owner_;
    std::optional<LayerSurface> object_;
};

class LockRole : public SurfaceRole {
public:
    explicit LockRole(ClientSurface& surface) {
        RawClient& client = surface.client();
        surface.shell().output();
        client.round_trip();
        manager_ = bind<ext_session_lock_manager_v1>(client, ext_session_lock_manager_v1_interface);
        lock_ = ext_session_lock_manager_v1_lock(manager_);
        auto* output = bind<wl_output>(client, wl_output_interface);
        surface_ = ext_session_lock_v1_get_lock_surface(lock_, surface.get(), output);
        wl_output_destroy(output);
        static constexpr ext_session_lock_surface_v1_listener events = {
            .configure =
                [](void* data, ext_session_lock_surface_v1* object, std::uint32_t serial,
                   std::uint32_t, std::uint32_t) {
                    ext_session_lock_surface_v1_ack_configure(object, serial);
                    static_cast<LockRole*>(data)->is_configured_ = true;
                },
        };
        ext_session_lock_surface_v1_add_listener(surface_, &events, this);
        REQUIRE(surface.shell().await([this] { return is_configured_; }));
    }
    ~LockRole() override {
        LockRole::destroy();
        ext_session_lock_manager_v1_destroy(manager_);
    }
    void destroy() override {
        if (surface_)
            ext_session_lock_surface_v1_destroy(std::exchange(surface_, nullptr));
        if (lock_)
            ext_session_lock_v1_unlock_and_destroy(std::exchange(lock_, nullptr));
    }

private:
    ext_session_lock_manager_v1* manager_;
    ext_session_lock_v1* lock_;
    ext_session_lock_surface_v1* surface_;
    bool is_configured_ = false;
};

class InputPopupRole : public SurfaceRole {
public:
    explicit InputPopupRole(ClientSurface& surface) : method_{surface.client()} {
        object_.emplace(method_, surface.get());
        REQUIRE(surface.client().round_trip());
    }
    void destroy() override { object_.reset(); }

private:
    InputMethod method_;
    std::optional<InputPopup> object_;
};

class SubsurfaceRole : public SurfaceRole {
public:
    explicit SubsurfaceRole(ClientSurface& surface) : parent_{surface.shell(), surface.client()} {
        auto* factory = bind<wl_subcompositor>(surface.client(), wl_subcompositor_interface);
        object_ = wl_subcompositor_get_subsurface(factory, surface.get(), parent_.surface.get());
        wl_subcompositor_destroy(factory);
        wl_subsurface_set_desync(object_);
        parent_.surface.commit();
        REQUIRE(surface.client().round_trip());
    }
    ~SubsurfaceRole() override { SubsurfaceRole::destroy(); }
    void destroy() override {
        if (object_)
            wl_subsurface_destroy(std::exchange(object_, nullptr));
    }

private:
    ParentWindow parent_;
    wl_subsurface* object_;
};

class CursorRole : public SurfaceRole {
public:
    explicit CursorRole(ClientSurface& surface)
        : seat_{bind<wl_seat>(surface.client(), wl_seat_interface)}
        , pointer_{wl_seat_get_pointer(seat_)} {
        wl_pointer_set_cursor(pointer_, 0, surface.get(), 0, 0);
        surface.shell().settle();
    }
    ~CursorRole() override {
        wl_pointer_destroy(pointer_);
        wl_seat_destroy(seat_);
    }
    void destroy() override {}

private:
    wl_seat* seat_;
    wl_pointer* pointer_;
};

class DragIconRole : public SurfaceRole {
public:
    explicit DragIconRole(ClientSurface& surface)
        : manager_{bind<wl_data_device_manager>(surface.client(), wl_data_device_manager_interface)}
        , seat_{bind<wl_seat>(surface.client(), wl_seat_interface)}
        , device_{wl_data_device_manager_get_data_device(manager_, seat_)}
        , origin_{surface.shell(), surface.client()} {
        wl_data_device_start_drag(device_, nullptr, origin_.get(), surface.get(), 0);
        surface.shell().settle();
    }
    ~DragIconRole() override {
        wl_data_device_destroy(device_);
        wl_seat_destroy(seat_);
        wl_data_device_manager_destroy(manager_);
    }
    void destroy() override {}

private:
    wl_data_device_manager* manager_;
    wl_seat* seat_;
    wl_data_device* device_;
    ClientSurface origin_;
};

} // namespace

std::string name_of(RoleKind kind) {
    static constexpr std::array names = {"xdg_toplevel", "xdg_popup",   "layer surface",
                                         "session lock", "input popup", "subsurface",
                                         "cursor",       "drag icon"};
    return names[static_cast<std::size_t>(kind)];
}

std::unique_ptr<SurfaceRole> make_role(RoleKind kind, ClientSurface& surface) {
    switch (kind) {
    case RoleKind::Toplevel:
        return std::make_unique<Toplevel>(surface);
    case RoleKind::Popup:
        return std::make_unique<PopupRole>(surface);
    case RoleKind::Layer:
        return std::make_unique<LayerRole>(surface);
    case RoleKind::Lock:
        return std::make_unique<LockRole>(surface);
    case RoleKind::InputPopup:
        return std::make_unique<InputPopupRole>(surface);
    case RoleKind::Subsurface:
        return std::make_unique<SubsurfaceRole>(surface);
    case RoleKind::Cursor:
        return std::make_unique<CursorRole>(surface);
    case RoleKind::DragIcon:
        return std::make_unique<DragIconRole>(surface);
    }
    return nullptr;
}

std::unique_ptr<SurfaceRole> make_popup(ClientSurface& surface, const Toplevel& parent) {
    return std::make_unique<Popup>(surface, parent);
}

Toplevel::Toplevel(ClientSurface& surface)
    : owner_{surface}
    , base_{bind<xdg_wm_base>(surface.client(), xdg_wm_base_interface)}
    , xdg_surface_{xdg_wm_base_get_xdg_surface(base_, surface.get())}
    , toplevel_{xdg_surface_get_toplevel(xdg_surface_)} {
    xdg_surface_add_listener(xdg_surface_, &acknowledge, &is_configured_);
    Toplevel::start_anew();
}

Toplevel::~Toplevel() {
    Toplevel::destroy();
    xdg_wm_base_destroy(base_);
}

void Toplevel::destroy() {
    if (toplevel_)
        xdg_toplevel_destroy(std::exchange(toplevel_, nullptr));
    if (xdg_surface_)
        xdg_surface_destroy(std::exchange(xdg_surface_, nullptr));
}

void Toplevel::start_anew() {
    is_configured_ = false;
    owner_.commit();
    REQUIRE(owner_.shell().await([this] { return is_configured_; }));
}

} // namespace test
