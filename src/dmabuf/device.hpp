#pragma once

#include <sys/types.h>

namespace tarmac {

/// Whether `a` and `b` are nodes of one device. The primary and the render node of a GPU have
/// different numbers.
bool is_same_device(dev_t a, dev_t b) noexcept;

/// Whether the DRM device behind `drm_fd` can draw. Virtual devices that only share memory can't:
/// Mesa draws for them on the CPU.
bool has_gpu(int drm_fd) noexcept;

} // namespace tarmac
