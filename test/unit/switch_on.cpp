// Which mode a screen is switched on in, where not all that it names can be shown.

#include <catch2/catch_test_macros.hpp>
#include <list>
#include <vector>

#include "compositor/output/switch_on.hpp"
#include "support/event_loop.hpp"

extern "C" {
#include <wlr/backend/interface.h>
#include <wlr/interfaces/wlr_output.h>
}

using tarmac::compositor::Size;
using tarmac::compositor::switch_on;

namespace {

/// Names its modes, and shows those that aren't wider than it can.
class PickyOutput {
public:
    explicit PickyOutput(std::vector<wlr_output_mode> modes) {
        static constexpr wlr_backend_impl backend_functions = {};
        wlr_backend_init(&backend_, &backend_functions);
        static constexpr wlr_output_impl output_functions = {
            .commit = [](wlr_output* output, const wlr_output_state* state) {
                return static_cast<PickyOutput*>(output->data)->commit(*state);
            }};
        wlr_output_state state;
        wlr_output_state_init(&state);
        wlr_output_init(&output_, &backend_, &output_functions, loop_, &state);
        wlr_output_state_finish(&state);
        output_.data = this;
        wlr_output_set_name(&output_, "picky");
        for (const wlr_output_mode& mode : modes)
            wl_list_insert(output_.modes.prev, &modes_.emplace_back(mode).link);
    }
    ~PickyOutput() {
        wlr_output_finish(&output_);
        wlr_backend_finish(&backend_);
        wl_event_loop_destroy(loop_);
    }
    PickyOutput(const PickyOutput&) = delete;
    PickyOutput& operator=(const PickyOutput&) = delete;

    wlr_output& get() { return output_; }

    int widest = 10000;
    std::vector<Size> tried;

private:
    bool commit(const wlr_output_state& state) {
        const Size size = state.mode_type == WLR_OUTPUT_STATE_MODE_FIXED
                              ? Size{state.mode->width, state.mode->height}
                              : Size{state.custom_mode.width, state.custom_mode.height};
        tried.push_back(size);
        return size.width <= widest;
    }

    wl_event_loop* loop_ = wl_event_loop_create();
    wlr_backend backend_{};
    wlr_output output_{};
    std::list<wlr_output_mode> modes_;
};

const std::vector<wlr_output_mode> Modes = {
    {.width = 4096, .height = 2160, .refresh = 60000},
    {.width = 1920, .height = 1080, .refresh = 60000, .preferred = true},
    {.width = 1024, .height = 768, .refresh = 60000},
    {.width = 1024, .height = 768, .refresh = 75000},
    {.width = 640, .height = 480, .refresh = 60000},
};

std::vector<int> widths(const PickyOutput& output) {
    std::vector<int> widths;
    for (const Size& size : output.tried)
        widths.push_back(size.width);
    return widths;
}

} // namespace

TEST_CASE("a screen is switched on in its preferred mode, or in one that works") {
    PickyOutput output{Modes};
    SECTION("the preferred one") {
        CHECK(switch_on(output.get(), {}));
        CHECK(widths(output) == std::vector{1920});
    }
    SECTION("the next one that works") {
        output.widest = 1280;
        CHECK(switch_on(output.get(), {}));
        CHECK(widths(output) == std::vector{1920, 4096, 1024});
    }
    SECTION("the one that the user wishes for, at its highest rate") {
        CHECK(switch_on(output.get(), Size{1024, 768}));
        CHECK(widths(output) == std::vector{1024});
        CHECK(output.get().current_mode->refresh == 75000);
    }
    SECTION("others than the one that the user wishes for") {
        output.widest = 1000;
        CHECK(switch_on(output.get(), Size{1024, 768}));
        CHECK(widths(output) == std::vector{1024, 1024, 1920, 4096, 640});
    }
    SECTION("none") {
        output.widest = 1;
        CHECK_FALSE(switch_on(output.get(), {}));
        CHECK(output.tried.size() == Modes.size());
    }
}

TEST_CASE("an output without modes gets the size that the user wishes for") {
    PickyOutput output{{}};
    CHECK(switch_on(output.get(), Size{300, 200}));
    CHECK(widths(output) == std::vector{300});
}
