#pragma once

#include <cstdint>
#include <optional>

struct wlr_renderer;

namespace tarmac {

/// What a Vulkan device says of itself.
struct VulkanInfo {
    std::uint32_t max_image_size; ///< maxImageDimension2D
    bool draws_on_cpu;            ///< VK_PHYSICAL_DEVICE_TYPE_CPU
};
/// `renderer` must be wlroots' Vulkan renderer. Nothing if its device can't be asked.
std::optional<VulkanInfo> vulkan_info(wlr_renderer* renderer) noexcept;

} // namespace tarmac
