#include "support/screen.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <ctime>

namespace test {

namespace {

void enable(wlr_output* output) {
    wlr_output_state state;
    wlr_output_state_init(&state);
    wlr_output_state_set_enabled(&state, true);
    wlr_output_state_set_custom_mode(&state, PictureWidth, PictureHeight, 0);
    REQUIRE(wlr_output_commit_state(output, &state));
    wlr_output_state_finish(&state);
}

} // namespace

Screen::Screen(LocalShell& shell)
    : shell_{shell}
    , backend_{wlr_headless_backend_create(shell.loop())}
    , output_{wlr_headless_add_output(backend_, PictureWidth, PictureHeight)}
    , allocator_{wlr_allocator_autocreate(backend_, shell.drawer().renderer())} {
    REQUIRE(allocator_);
    REQUIRE(wlr_output_init_render(output_, allocator_, shell.drawer().renderer()));
    // Every picture is to be drawn.
    setenv("WLR_SCENE_DISABLE_DIRECT_SCANOUT", "1", 1);
    scene_ = wlr_scene_create();
    scene_output_ = wlr_scene_output_create(scene_, output_);
    enable(output_);
}

Screen::~Screen() {
    if (cursor_)
        wlr_cursor_destroy(cursor_);
    if (layout_)
        wlr_output_layout_destroy(layout_);
    wlr_scene_node_destroy(&scene_->tree.node);
    wlr_backend_destroy(backend_);
    wlr_allocator_destroy(allocator_);
}

Picture Screen::draw() {
    wlr_output_state state;
    wlr_output_state_init(&state);
    REQUIRE(wlr_scene_output_build_state(scene_output_, &state, nullptr));
    REQUIRE(state.buffer);
    Picture picture = shell_.drawer().read(state.buffer);
    REQUIRE(wlr_output_commit_state(output_, &state));
    wlr_output_state_finish(&state);
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    wlr_scene_output_send_frame_done(scene_output_, &now);
    shell_.turn();
    return picture;
}

void Screen::set_cursor(wlr_surface* surface) {
    layout_ = wlr_output_layout_create(shell_.compositor->display());
    wlr_output_layout_add(layout_, output_, 0, 0);
    cursor_ = wlr_cursor_create();
    wlr_cursor_attach_output_layout(cursor_, layout_);
    wlr_cursor_set_surface(cursor_, surface, 0, 0);
}

Picture Screen::cursor_plane() const {
    return output_->cursor_front_buffer ? shell_.drawer().read(output_->cursor_front_buffer)
                                        : Picture{0, 0, {}};
}

} // namespace test
