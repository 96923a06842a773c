#include "wlr/vulkan_info.hpp"

#include "wlr/wlr.hpp"

#if WLR_HAS_VULKAN_RENDERER
#include <dlfcn.h>
#include <memory>
#include <vulkan/vulkan_core.h>
extern "C" {
#include <wlr/render/vulkan.h>
}
#endif

namespace tarmac {

#if WLR_HAS_VULKAN_RENDERER

std::optional<VulkanInfo> vulkan_info(wlr_renderer* renderer) noexcept {
    using Library = std::unique_ptr<void, decltype([](void* library) { dlclose(library); })>;
    // wlroots has loaded it, since it draws with it; the symbols may be nobody else's to see.
    const Library vulkan{dlopen("libvulkan.so.1", RTLD_LAZY | RTLD_NOLOAD)};
    if (!vulkan)
        return std::nullopt;
    const auto get_properties = reinterpret_cast<PFN_vkGetPhysicalDeviceProperties>(
        dlsym(vulkan.get(), "vkGetPhysicalDeviceProperties"));
    if (!get_properties)
        return std::nullopt;
    VkPhysicalDeviceProperties properties{};
    get_properties(wlr_vk_renderer_get_physical_device(renderer), &properties);
    return VulkanInfo{.max_image_size = properties.limits.maxImageDimension2D,
                      .draws_on_cpu = properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU};
}

#else

std::optional<VulkanInfo> vulkan_info(wlr_renderer*) noexcept {
    return std::nullopt;
}

#endif

} // namespace tarmac
