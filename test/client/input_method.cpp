// Text fields and the input method that helps to fill them in.

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <wayland-client.h>

#include "support/client_keyboard.hpp"
#include "support/color_buffer.hpp"
#include "support/compositor_process.hpp"
#include "support/hand_made_protocols.hpp"
#include "support/window.hpp"
#include "text-input-unstable-v3-client-protocol.h"
#include "viewporter-client-protocol.h"

using namespace test;

namespace {

constexpr Pixel Red{255, 0, 0}, Blue{0, 0, 255};

/// A client's zwp_text_input_v3, and what it hears.
class TextInput {
public:
    explicit TextInput(RawClient& client)
        : seat_{static_cast<wl_seat*>(client.bind_global(&wl_seat_interface, 1))}
        , manager_{static_cast<zwp_text_input_manager_v3*>(
              client.bind_global(&zwp_text_input_manager_v3_interface, 1))}
        , object_{zwp_text_input_manager_v3_get_text_input(manager_, seat_)} {
        static constexpr zwp_text_input_v3_listener events = {
            .enter = [](void* data, zwp_text_input_v3*,
                        wl_surface* surface) { of(data).focus = surface; },
            .leave = [](void* data, zwp_text_input_v3*, wl_surface*) { of(data).focus = nullptr; },
            .preedit_string =
                [](void* data, zwp_text_input_v3*, const char* text, std::int32_t,
                   std::int32_t end) {
                    of(data).preedit = text;
                    of(data).preedit_end = end;
                },
            .commit_string = [](void* data, zwp_text_input_v3*,
                                const char* text) { of(data).text += text; },
            .delete_surrounding_text = [](void* data, zwp_text_input_v3*, std::uint32_t before,
                                          std::uint32_t) { of(data).deleted = before; },
            .done = [](void* data, zwp_text_input_v3*,
                       std::uint32_t serial) { of(data).serial = serial; },
            .action = [](void*, zwp_text_input_v3*, std::uint32_t, std::uint32_t) {},
            .language = [](void*, zwp_text_input_v3*, const char*) {},
            .preedit_hint = [](void*, zwp_text_input_v3*, std::uint32_t, std::uint32_t,
                               std::uint32_t) {},
        };
        zwp_text_input_v3_add_listener(object_, &events, this);
    }
    ~TextInput() {
        zwp_text_input_v3_destroy(object_);
        zwp_text_input_manager_v3_destroy(manager_);
        wl_seat_destroy(seat_);
    }
    TextInput(const TextInput&) = delete;
    TextInput& operator=(const TextInput&) = delete;

    zwp_text_input_v3* get() const { return object_; }
    void commit() { zwp_text_input_v3_commit(object_); }

    wl_surface* focus = nullptr;
    std::string preedit, text;
    std::int32_t preedit_end = 0;
    std::uint32_t deleted = 0, serial = 0;

private:
    static TextInput& of(void* data) { return *static_cast<TextInput*>(data); }

    wl_seat* seat_;
    zwp_text_input_manager_v3* manager_;
    zwp_text_input_v3* object_;
};

/// A window with a text field, a keyboard, and whoever is to provide the input method.
struct Writing {
    CompositorProcess compositor{{"--size", "320x240"}};
    RawClient hand = compositor.connect(6);
    VirtualKeyboard keyboard{seated(hand)};
    RawClient client = compositor.connect(6), provider = compositor.connect(6);
    Window window{client};
    ClientKeyboard heard{client};
    TextInput field{client};

    static RawClient& seated(RawClient& client) {
        client.round_trip();
        return client;
    }
    Writing() {
        REQUIRE(hand.round_trip());
        window.set_maximized();
        window.set_size(window.width(), window.height());
        window.show(make_color(client, Red));
    }
    /// What was sent by one of them has reached the others.
    void settle() {
        for (int i = 0; i < 2; ++i)
            for (RawClient* each : {&hand, &client, &provider})
                REQUIRE(each->round_trip());
    }
    /// The field is ready for text, with its cursor at a place in the window.
    void enable() {
        zwp_text_input_v3_enable(field.get());
        zwp_text_input_v3_set_surrounding_text(field.get(), "abc", 3, 3);
        zwp_text_input_v3_set_content_type(field.get(), 0, ZWP_TEXT_INPUT_V3_CONTENT_PURPOSE_NAME);
        zwp_text_input_v3_set_cursor_rectangle(field.get(), 100, 50, 2, 10);
        field.commit();
        settle();
    }
};

} // namespace

TEST_CASE_METHOD(Writing, "a text field and an input method exchange text") {
    settle();
    // Without an input method, fields do by themselves.
    CHECK(field.focus == nullptr);
    InputMethod method{provider}, another{provider};
    settle();
    CHECK(field.focus == window.surface());
    CHECK(another.is_unavailable);
    CHECK_FALSE(method.is_unavailable);
    CHECK_FALSE(method.is_active);

    enable();
    CHECK(method.is_active);
    CHECK(method.surrounding == "abc");
    CHECK(method.cursor == 3);
    CHECK(method.purpose == ZWP_TEXT_INPUT_V3_CONTENT_PURPOSE_NAME);

    method.set_preedit("ni", 0, 99);
    method.commit();
    settle();
    CHECK(field.preedit == "ni");
    CHECK(field.preedit_end == 2);
    CHECK(field.serial == 1);
    method.commit_string("\u4f60");
    method.delete_text(1, 0);
    method.commit();
    settle();
    CHECK(field.text == "\u4f60");
    CHECK(field.deleted == 1);

    // More than the protocol has, which a client may be unable to receive.
    zwp_text_input_v3_set_surrounding_text(field.get(), std::string(4001, 'x').c_str(), 0, 0);
    field.commit();
    settle();
    CHECK(method.surrounding == "abc");
    zwp_text_input_v3_set_surrounding_text(field.get(), "ab", 99, 99);
    field.commit();
    settle();
    CHECK(method.surrounding == "ab");
    CHECK(method.cursor == 2);

    {
        RawClient other = compositor.connect(6);
        Window above{other};
        above.set_size(50, 50);
        above.show(make_color(other, Blue));
        settle();
        CHECK_FALSE(method.is_active);
        CHECK(field.focus == nullptr);
        method.commit_string("?");
        method.commit();
        settle();
        CHECK(field.text == "\u4f60");
    }
    REQUIRE(client.wait_until([&] { return field.focus == window.surface(); }));
    // It has to ask anew.
    CHECK_FALSE(method.is_active);
    enable();
    CHECK(method.is_active);
    zwp_text_input_v3_disable(field.get());
    field.commit();
    settle();
    CHECK_FALSE(method.is_active);
}

TEST_CASE_METHOD(Writing, "an input method that goes leaves text fields to themselves") {
    {
        const InputMethod method{provider};
        settle();
        enable();
        CHECK(method.is_active);
    }
    settle();
    CHECK(field.focus == nullptr);
    // Another can take its place.
    const InputMethod method{provider};
    settle();
    CHECK(field.focus == window.surface());
    CHECK_FALSE(method.is_active);
    enable();
    CHECK(method.is_active);
}

TEST_CASE_METHOD(Writing, "an input method shows its popup beside the text") {
    InputMethod method{provider};
    wl_surface* surface = wl_compositor_create_surface(provider.compositor());
    const InputPopup popup{method, surface};
    auto* viewporter =
        static_cast<wp_viewporter*>(provider.bind_global(&wp_viewporter_interface, 1));
    wp_viewport_set_destination(wp_viewporter_get_viewport(viewporter, surface), 40, 20);
    wl_surface_attach(surface, make_color(provider, Blue), 0, 0);
    wl_surface_commit(surface);
    settle();
    const auto is_blue = [](const Pixel& pixel) { return pixel == Blue; };
    const auto shown = [&] {
        const Picture screen = take_screenshot(compositor.socket());
        return screen.bounds({0, 0, screen.width, screen.height}, is_blue);
    };
    CHECK(shown().width == 0);

    enable();
    const Box below = shown();
    CHECK(below.x == 100);
    CHECK(below.y == 60);
    CHECK(below.width == 40);
    CHECK(below.height == 20);

    // There is no room below, nor to the right.
    zwp_text_input_v3_set_cursor_rectangle(field.get(), 310, 225, 2, 10);
    field.commit();
    settle();
    const Box above = shown();
    CHECK(above.x == 320 - 40);
    CHECK(above.y == 225 - 20);

    for (const std::int32_t number : {INT32_MIN, INT32_MAX, -1}) {
        zwp_text_input_v3_set_cursor_rectangle(field.get(), number, number, number, number);
        field.commit();
        settle();
        CHECK(shown().width == 40);
    }
    zwp_text_input_v3_disable(field.get());
    field.commit();
    settle();
    CHECK(shown().width == 0);
}

TEST_CASE_METHOD(Writing, "an input method gets the keys that it grabs, and types itself") {
    InputMethod method{provider};
    const auto press_and_release = [&](VirtualKeyboard& keys) {
        keys.press();
        keys.press(false);
    };
    press_and_release(keyboard);
    settle();
    CHECK(heard.n_keys == 2);

    // The client is told of the release of what it saw pressed.
    keyboard.press();
    settle();
    method.grab_keyboard();
    settle();
    keyboard.press(false);
    settle();
    CHECK(heard.n_keys == 4);
    CHECK(method.n_keys == 0);

    press_and_release(keyboard);
    settle();
    CHECK(heard.n_keys == 4);
    CHECK(method.n_keys == 2);

    VirtualKeyboard own{provider};
    press_and_release(own);
    settle();
    CHECK(heard.n_keys == 6);
    CHECK(method.n_keys == 2);

    // And isn't told of that of what it didn't.
    keyboard.press();
    settle();
    method.release_keyboard();
    settle();
    keyboard.press(false);
    settle();
    CHECK(heard.n_keys == 6);
    CHECK(method.n_keys == 3);
    press_and_release(keyboard);
    settle();
    CHECK(heard.n_keys == 8);
}
