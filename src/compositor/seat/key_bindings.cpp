#include "compositor/seat/key_bindings.hpp"

#include "compositor/window/windows.hpp"

namespace tarmac::compositor {

KeyBindings::KeyBindings(Windows& windows, wlr_session* session, std::function<void()> quit)
    : windows_{windows}, session_{session}, quit_{std::move(quit)} {}

bool KeyBindings::press(xkb_keysym_t symbol, std::uint32_t modifiers) {
    constexpr std::uint32_t CtrlAlt = WLR_MODIFIER_CTRL | WLR_MODIFIER_ALT;
    if (switch_terminal(symbol))
        return true;
    if ((modifiers & CtrlAlt) == CtrlAlt) {
        if (symbol == XKB_KEY_BackSpace) {
            quit_();
            return true;
        }
        return false;
    }
    return (modifiers & WLR_MODIFIER_ALT) != 0 && press_with_alt(symbol);
}

bool KeyBindings::press_with_alt(xkb_keysym_t symbol) {
    switch (symbol) {
    case XKB_KEY_Escape:
        quit_();
        return true;
    case XKB_KEY_Tab:
        windows_.cycle(false);
        return true;
    case XKB_KEY_ISO_Left_Tab: // what Shift makes of it
        windows_.cycle(true);
        return true;
    default:
        break;
    }
    if (symbol == XKB_KEY_F4)
        return windows_.close_focused();
    Toplevel* window = windows_.with_keyboard();
    if (window == nullptr)
        return false;
    switch (symbol) {
    case XKB_KEY_F10:
        window->toggle_maximized();
        return true;
    case XKB_KEY_F11:
        window->toggle_fullscreen();
        return true;
    default:
        return false;
    }
}

bool KeyBindings::switch_terminal(xkb_keysym_t symbol) {
    if (session_ == nullptr || symbol < XKB_KEY_XF86Switch_VT_1 ||
        symbol > XKB_KEY_XF86Switch_VT_12)
        return false;
    wlr_session_change_vt(session_, symbol - XKB_KEY_XF86Switch_VT_1 + 1);
    return true;
}

void KeyBindings::hold(std::uint32_t modifiers) {
    if ((modifiers & WLR_MODIFIER_ALT) == 0)
        windows_.end_cycle();
}

} // namespace tarmac::compositor
