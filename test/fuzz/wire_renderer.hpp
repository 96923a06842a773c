#pragma once

#include <sys/types.h>
#include <vector>

struct wlr_renderer;
struct wlr_surface;

namespace fuzz {

// What the wire target draws with: wire_renderer.cpp has a renderer that draws nothing, to be as
// fast as it can, wire_real_renderer.cpp one of wlroots'.

wlr_renderer* create_renderer();
void end_renderer(wlr_renderer* renderer);
/// Of what clients are told to allocate on.
dev_t main_device();
/// How many textures there are of all of them, where that is known.
unsigned count_textures();
/// Has the next `n` textures fail, as a driver may without a reason, where that can be had.
void refuse_textures(unsigned n);
/// Descriptors that may stay open of what it drew last.
unsigned most_kept_descriptors();
/// As a frame of an output would.
void draw(wlr_renderer* renderer, const std::vector<wlr_surface*>& surfaces);

} // namespace fuzz
