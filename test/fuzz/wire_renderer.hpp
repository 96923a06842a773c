#pragma once

struct wlr_renderer;

namespace fuzz {

/// A wlr_renderer that draws nothing, to be as fast as it can: it takes dma-bufs in some formats,
/// so that others have to be read, and looks at the first and the last byte of what it reads.
wlr_renderer* create_renderer();
/// How many textures there are of all of them.
unsigned count_textures();
/// Has the next `n` textures fail, as a driver may without a reason.
void refuse_textures(unsigned n);

} // namespace fuzz
