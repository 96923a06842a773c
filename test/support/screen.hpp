#pragma once

#include "support/local_shell.hpp"

namespace test {

/// An output of the pictures' size that shows a scene of its own, with what a test puts there, and
/// a cursor.
class Screen {
public:
    explicit Screen(LocalShell& shell);
    ~Screen();
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    wlr_scene* scene() const { return scene_; }
    wlr_output* output() const { return output_; }
    /// Draws all of it, and sends frame callbacks.
    Picture draw();

    /// The cursor is what `surface` shows, until the end.
    void set_cursor(wlr_surface* surface);
    /// That cursor as the output's plane for cursors has it, drawn by wlroots for it; 0x0 without.
    Picture cursor_plane() const;

private:
    LocalShell& shell_;
    wlr_backend* backend_;
    wlr_output* output_;
    wlr_allocator* allocator_;
    wlr_scene* scene_;
    wlr_scene_output* scene_output_;
    wlr_output_layout* layout_ = nullptr;
    wlr_cursor* cursor_ = nullptr;
};

} // namespace test
