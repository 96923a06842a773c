#include "wlr/driver_name.hpp"

#include "dmabuf/formatted.hpp"
#include "wlr/current_context.hpp"
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

namespace {

std::string gles_name(wlr_renderer* renderer) {
    constexpr unsigned GlRenderer = 0x1f01, GlVersion = 0x1f02;
    const auto get_string = gl_function<const unsigned char*(unsigned)>("glGetString");
    const CurrentContext context{gles_context(renderer)};
    if (!context || !get_string)
        return "";
    const auto text = [&](unsigned name) {
        const auto* found = reinterpret_cast<const char*>(get_string(name));
        return std::string{found ? found : "unknown"};
    };
    return text(GlRenderer) + ", " + text(GlVersion);
}

#if WLR_HAS_VULKAN_RENDERER

std::string vulkan_name(wlr_renderer* renderer) {
    using Library = std::unique_ptr<void, decltype([](void* library) { dlclose(library); })>;
    // wlroots has loaded it; the symbols may be nobody else's to see.
    const Library vulkan{dlopen("libvulkan.so.1", RTLD_LAZY | RTLD_NOLOAD)};
    if (!vulkan)
        return "";
    const auto get_properties = reinterpret_cast<PFN_vkGetPhysicalDeviceProperties2>(
        dlsym(vulkan.get(), "vkGetPhysicalDeviceProperties2"));
    if (!get_properties)
        return "";
    VkPhysicalDeviceDriverProperties driver{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES};
    VkPhysicalDeviceProperties2 device{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
                                       .pNext = &driver};
    get_properties(wlr_vk_renderer_get_physical_device(renderer), &device);
    const std::uint32_t version = device.properties.apiVersion;
    return formatted("{}, Vulkan {}.{}.{} {} {}", std::string{device.properties.deviceName},
                     VK_API_VERSION_MAJOR(version), VK_API_VERSION_MINOR(version),
                     VK_API_VERSION_PATCH(version), std::string{driver.driverName},
                     std::string{driver.driverInfo});
}

#else

std::string vulkan_name(wlr_renderer*) {
    return "";
}

#endif

} // namespace

std::string driver_name(wlr_renderer* renderer) {
    if (is_gles2(renderer))
        return gles_name(renderer);
    if (is_vulkan(renderer))
        return vulkan_name(renderer);
    return wlr_renderer_is_pixman(renderer)
               ? formatted("pixman {}", std::string{pixman_version_string()})
               : "";
}

} // namespace tarmac
