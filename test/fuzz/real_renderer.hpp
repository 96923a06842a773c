#pragma once

#include <sys/types.h>

struct wlr_renderer;

namespace fuzz {

/// A renderer of wlroots'; which one, the file says that is linked.
wlr_renderer* create_real_renderer();
/// As wlr_renderer_destroy(), unless there can't be many such ones in a process.
void end_real_renderer(wlr_renderer* renderer);
/// Whether it lets go of what it drew only when it draws something else.
bool real_renderer_keeps_descriptors();
/// Of what clients are told to allocate on.
dev_t main_device();

} // namespace fuzz
