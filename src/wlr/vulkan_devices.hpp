#pragma once

#include <span>
#include <string>
#include <vector>

namespace tarmac {

/// What Vulkan says of a device that it has a driver for.
struct VulkanDevice {
    std::string name;
    bool is_wanted; ///< wlroots would take it
    std::vector<std::string> extensions;
};
/// With which of them wlroots would draw is told by the DRM node `drm_fd`; -1: on the CPU. Loads
/// every driver, which takes long.
std::vector<VulkanDevice> vulkan_devices(int drm_fd);

/// Why wlroots' Vulkan renderer doesn't start with these devices: part of a sentence, or nothing if
/// it isn't for them.
std::string vulkan_objection(std::span<const VulkanDevice> devices);

} // namespace tarmac
