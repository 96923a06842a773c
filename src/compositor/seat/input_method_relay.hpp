#pragma once

#include "compositor/seat/input_popup.hpp"
#include "compositor/wlr_protocols.hpp"
#include "compositor/wlr_shells.hpp"
#include "wlr/end_of_turn.hpp"
#include "wlr/listener.hpp"

#include <list>
#include <optional>

namespace tarmac::compositor {

class Scene;
class Windows;

/// Lets the input method (input-method-v2) know of the text that is entered where the keyboard is
/// (text-input-v3), and hands back what it makes of it. One input method at a time. Owned by Seat.
class InputMethodRelay {
public:
    InputMethodRelay(wl_display* display, wlr_seat& seat, Scene& scene, Windows& windows);

    /// That the keys of `device` are for, instead of the client with the focus; may be nullptr.
    wlr_input_method_keyboard_grab_v2* grab_of(wlr_keyboard& device) const;

private:
    struct TextInput {
        wlr_text_input_v3& object;
        bool is_enabled = false; ///< since it was entered
        Listener enable, commit, disable, destroy;
    };
    struct Method {
        wlr_input_method_v2& object;
        std::list<InputPopup> popups;
        Listener commit, new_popup, grab, grab_end, destroy;
    };

    void add(wlr_text_input_v3& object);
    void remove(wlr_text_input_v3& object);
    void add(wlr_input_method_v2& object);
    void add(wlr_input_popup_surface_v2& popup);
    void begin_grab(wlr_input_method_keyboard_grab_v2& grab);

    /// Text inputs are entered and left as the keyboard is, while there is an input method.
    void follow_focus();
    void committed(TextInput& input);
    void activate(TextInput* input);
    void send_state();
    void hand_back();
    void place_popups();

    wlr_seat& seat_;
    Scene& scene_;
    Windows& windows_;
    std::list<TextInput> inputs_;
    TextInput* active_ = nullptr; ///< that the input method is active for
    std::optional<Method> method_;
    /// Is sent once a turn: each commit of a few bytes makes thousands for the input method, which
    /// libwayland ends if too many wait for it.
    EndOfTurn state_;
    Listener new_text_input_, new_input_method_, focus_change_;
};

} // namespace tarmac::compositor
