#pragma once

struct wlr_renderer;

namespace tarmac {

/// Tries whether `renderer` imports a dma-buf of this process's memory: GPUs with memory of their
/// own and some drivers don't. False too where the machine makes none.
bool imports_udmabufs(wlr_renderer* renderer);

} // namespace tarmac
