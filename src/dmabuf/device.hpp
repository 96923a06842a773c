#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace tarmac {

/// Whether `a` and `b` are nodes of one device. The primary and the render node of a GPU have
/// different numbers.
bool is_same_device(dev_t a, dev_t b) noexcept;

/// The name of the driver behind `drm_fd`, as DRM has it; empty if it isn't DRM's.
std::string drm_driver(int drm_fd);

/// Whether the DRM device behind `drm_fd` can draw. Virtual devices that only share memory can't:
/// Mesa draws for them on the CPU.
bool has_gpu(int drm_fd) noexcept;
/// The same of a device that isn't open. False for one that isn't DRM's, true if it can't be
/// opened.
bool is_gpu(dev_t device) noexcept;

/// Whether the buffers of a DRM device can be mapped, and the mapping shows what is in them, by
/// trying one the first time. Nothing if it isn't DRM's or makes none here.
std::optional<bool> can_map_buffers(dev_t device) noexcept;

/// A DRM device that clients can draw with, or that only calls itself so.
struct RenderDevice {
    dev_t id;
    std::string driver; ///< as the bus calls it; empty for one that is on no bus
};
/// As sysfs has them: none is opened, so none wakes up.
std::vector<RenderDevice> render_devices();

/// A render node: the first for which can_map_buffers(), or else the first that can be opened and
/// doesn't say no. Nothing if there is none.
std::optional<dev_t> find_readable_device() noexcept;

} // namespace tarmac
