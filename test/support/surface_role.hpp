#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "support/client_surface.hpp"

struct xdg_surface;
struct xdg_toplevel;
struct xdg_wm_base;

namespace test {

enum class RoleKind { Toplevel, Popup, Layer, Lock, InputPopup, Subsurface, Cursor, DragIcon };

std::string name_of(RoleKind kind);
inline std::ostream& operator<<(std::ostream& out, RoleKind kind) {
    return out << name_of(kind);
}

inline constexpr RoleKind AllRoles[] = {
    RoleKind::Toplevel,   RoleKind::Popup,      RoleKind::Layer,  RoleKind::Lock,
    RoleKind::InputPopup, RoleKind::Subsurface, RoleKind::Cursor, RoleKind::DragIcon};

/// Whether the role has an object of its own, which can go before the surface.
constexpr bool has_object(RoleKind kind) {
    return kind != RoleKind::Cursor && kind != RoleKind::DragIcon;
}

/// A surface's role, as a client gets it: configured where that is asked for, so that the next
/// commit may have a buffer.
class SurfaceRole {
public:
    virtual ~SurfaceRole() = default;
    /// Destroys the role's objects, the inner before the outer.
    virtual void destroy() = 0;
    /// After the surface has been unmapped: what it takes until it may have a buffer again.
    virtual void start_anew() {}
};

/// Gives `surface` that role. Popups and subsurfaces (desynchronized ones) get a parent of the same
/// client, which shows a black picture of shared memory. Fails the test where a configure doesn't
/// come.
std::unique_ptr<SurfaceRole> make_role(RoleKind kind, ClientSurface& surface);

class Toplevel;

/// A popup of a window that the test has.
std::unique_ptr<SurfaceRole> make_popup(ClientSurface& surface, const Toplevel& parent);

/// A toplevel of a client.
class Toplevel : public SurfaceRole {
public:
    explicit Toplevel(ClientSurface& surface);
    ~Toplevel() override;
    void destroy() override;
    void start_anew() override;

    xdg_surface* surface() const { return xdg_surface_; }
    xdg_wm_base* base() const { return base_; }

private:
    ClientSurface& owner_;
    xdg_wm_base* base_;
    xdg_surface* xdg_surface_;
    xdg_toplevel* toplevel_;
    bool is_configured_ = false;
};

} // namespace test
