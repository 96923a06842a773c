#include "wlr/listener.hpp"

#include <catch2/catch_test_macros.hpp>
#include <optional>

using tarmac::Listener;

TEST_CASE("a listener hears a signal until it goes") {
    wl_signal signal;
    wl_signal_init(&signal);
    int heard = 0;
    {
        Listener listener;
        listener.connect<int>(signal, [&](int* value) { heard += *value; });
        int value = 2;
        wl_signal_emit(&signal, &value);
        CHECK(heard == 2);
    }
    wl_signal_emit(&signal, nullptr);
    CHECK(heard == 2);
    CHECK(wl_list_empty(&signal.listener_list));
}

TEST_CASE("a listener may go while it is called") {
    wl_signal signal;
    wl_signal_init(&signal);
    std::optional<Listener> listener{std::in_place};
    bool finished = false;
    listener->connect(signal, [&, big = std::string(100, 'x')] {
        listener.reset();
        finished = big.size() == 100;
    });
    wl_signal_emit_mutable(&signal, nullptr);
    CHECK(finished);
    CHECK(wl_list_empty(&signal.listener_list));
}

TEST_CASE("connecting again leaves the first signal") {
    wl_signal first, second;
    wl_signal_init(&first);
    wl_signal_init(&second);
    int heard = 0;
    Listener listener;
    listener.connect(first, [&] { heard = 1; });
    listener.connect(second, [&] { heard = 2; });
    wl_signal_emit(&first, nullptr);
    CHECK(heard == 0);
    wl_signal_emit(&second, nullptr);
    CHECK(heard == 2);
}
