#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace tarmac {

/// Whether `a` and `b` are nodes of one device. The primary and the render node of a GPU have
/// different numbers.
bool is_same_device(dev_t a, dev_t b) noexcept;

/// Whether the DRM device behind `drm_fd` can draw. Virtual devices that only share memory can't:
/// Mesa draws for them on the CPU.
bool has_gpu(int drm_fd) noexcept;
/// The same of a device that isn't open. False for one that isn't DRM's, true if it can't be
/// opened.
bool is_gpu(dev_t device) noexcept;

/// Whether the buffers of a DRM device can be mapped, and the mapping shows what is in them, by
/// trying one. Nothing if it isn't DRM's or makes none here.
std::optional<bool> can_map_buffers(dev_t device) noexcept;

/// Of the memory that a GPU's driver makes for clients.
struct GpuMemory {
    std::string exporter;      ///< as exporter_of() has it
    bool can_be_mapped = true; ///< and is shown by the mapping
};
/// One for each GPU of the machine that can be asked, by a buffer of each.
std::vector<GpuMemory> try_gpus();

/// A render node: the first for which can_map_buffers(), or else the first that can be opened and
/// doesn't say no. Nothing if there is none.
std::optional<dev_t> find_readable_device() noexcept;

} // namespace tarmac
