#include "support/fake_output.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fcntl.h>
#include <sys/stat.h>

extern "C" {
#include <wlr/backend/interface.h>
#include <wlr/interfaces/wlr_output.h>
}

namespace test {

FakeOutput::FakeOutput(wl_event_loop* loop, wlr_scene* scene, int x, int width, int height,
                       const std::string& device, const tarmac::FormatSet& formats)
    : device_{open(device.c_str(), O_RDWR | O_CLOEXEC)} {
    struct stat status;
    REQUIRE(fstat(device_.get(), &status) == 0);
    device_number_ = status.st_rdev;

    static constexpr wlr_backend_impl backend_functions = {
        .start = nullptr,
        .destroy = nullptr,
        .get_drm_fd =
            [](wlr_backend* backend) { return reinterpret_cast<Backend*>(backend)->device; },
        .test = nullptr,
        .commit = nullptr,
    };
    backend_.device = device_.get();
    wlr_backend_init(&backend_.backend, &backend_functions);

    set_formats(formats);
    static constexpr wlr_output_impl output_functions = {
        .set_cursor = nullptr,
        .move_cursor = nullptr,
        .destroy = nullptr,
        .test = nullptr,
        .commit = [](wlr_output*, const wlr_output_state*) { return true; },
        .get_gamma_size = nullptr,
        .get_cursor_formats = nullptr,
        .get_cursor_sizes = nullptr,
        .get_primary_formats = [](wlr_output* output, std::uint32_t) -> const wlr_drm_format_set* {
            return output->enabled ? &static_cast<FakeOutput*>(output->data)->formats_ : nullptr;
        },
    };
    wlr_output_state state;
    wlr_output_state_init(&state);
    wlr_output_state_set_enabled(&state, true);
    wlr_output_state_set_custom_mode(&state, width, height, 0);
    wlr_output_init(&output_, &backend_.backend, &output_functions, loop, &state);
    wlr_output_state_finish(&state);
    output_.data = this;
    wlr_output_set_name(&output_, device.c_str());

    scene_output_ = wlr_scene_output_create(scene, &output_);
    REQUIRE(scene_output_);
    wlr_scene_output_set_position(scene_output_, x, 0);
}

FakeOutput::~FakeOutput() {
    wlr_output_finish(&output_);
    wlr_backend_finish(&backend_.backend);
    wlr_drm_format_set_finish(&formats_);
}

void FakeOutput::set_formats(const tarmac::FormatSet& formats) {
    wlr_drm_format_set_finish(&formats_);
    for (const tarmac::FormatModifier& pair : formats)
        wlr_drm_format_set_add(&formats_, pair.fourcc, pair.modifier);
}

void FakeOutput::commit() {
    wlr_output_state state;
    wlr_output_state_init(&state);
    commit(state);
}

void FakeOutput::disable() {
    commit_enabled(false);
}

void FakeOutput::enable() {
    commit_enabled(true);
}

void FakeOutput::commit_enabled(bool enabled) {
    wlr_output_state state;
    wlr_output_state_init(&state);
    wlr_output_state_set_enabled(&state, enabled);
    commit(state);
}

void FakeOutput::commit(const wlr_output_state& state) {
    REQUIRE(wlr_output_commit_state(&output_, &state));
}

} // namespace test
