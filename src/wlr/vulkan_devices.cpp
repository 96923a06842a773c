#include "wlr/vulkan_devices.hpp"

#include <algorithm>

#include "dmabuf/formatted.hpp"
#include "wlr/wlr.hpp"

#if WLR_HAS_VULKAN_RENDERER
#include <dlfcn.h>
#include <memory>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <vulkan/vulkan_core.h>
#endif

namespace tarmac {

#if WLR_HAS_VULKAN_RENDERER

namespace {

/// wlroots has loaded it; the symbols may be nobody else's to see.
class Vulkan {
public:
    Vulkan() {
        if (!library_)
            return;
        constexpr VkApplicationInfo application{.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
                                                .apiVersion = VK_API_VERSION_1_1};
        const VkInstanceCreateInfo info{.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
                                        .pApplicationInfo = &application};
        if (const auto create = function<PFN_vkCreateInstance>("vkCreateInstance"))
            create(&info, nullptr, &instance_);
    }
    ~Vulkan() {
        if (instance_)
            function<PFN_vkDestroyInstance>("vkDestroyInstance")(instance_, nullptr);
    }
    Vulkan(const Vulkan&) = delete;
    Vulkan& operator=(const Vulkan&) = delete;

    explicit operator bool() const { return instance_; }
    VkInstance instance() const { return instance_; }

    template <class Function>
    Function function(const char* name) const {
        return reinterpret_cast<Function>(dlsym(library_.get(), name));
    }

    /// All that `enumerate` counts and then tells.
    template <class Item, class Enumerate>
    static std::vector<Item> all(Enumerate enumerate) {
        std::uint32_t count = 0;
        enumerate(&count, nullptr);
        std::vector<Item> items(count);
        enumerate(&count, items.data());
        items.resize(count);
        return items;
    }

private:
    std::unique_ptr<void, decltype([](void* library) { dlclose(library); })> library_{
        dlopen("libvulkan.so.1", RTLD_LAZY | RTLD_NOLOAD)};
    VkInstance instance_ = nullptr;
};

/// As vulkan_find_drm_phdev() in render/vulkan/vulkan.c of wlroots 0.20.2 looks for it.
bool is_wanted(const Vulkan& vulkan, VkPhysicalDevice device, bool has_drm, int drm_fd) {
    VkPhysicalDeviceDrmPropertiesEXT drm{.sType =
                                             VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRM_PROPERTIES_EXT};
    VkPhysicalDeviceProperties2 properties{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
                                           .pNext = has_drm ? &drm : nullptr};
    vulkan.function<PFN_vkGetPhysicalDeviceProperties2>("vkGetPhysicalDeviceProperties2")(
        device, &properties);
    if (drm_fd < 0)
        return properties.properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU;
    const auto is_node = [&](std::int64_t major, std::int64_t minor) {
        struct stat status;
        return fstat(drm_fd, &status) == 0 &&
               status.st_rdev ==
                   makedev(static_cast<unsigned>(major), static_cast<unsigned>(minor));
    };
    return has_drm && (is_node(drm.primaryMajor, drm.primaryMinor) ||
                       is_node(drm.renderMajor, drm.renderMinor));
}

} // namespace

std::vector<VulkanDevice> vulkan_devices(int drm_fd) {
    const Vulkan vulkan;
    if (!vulkan)
        return {};
    const auto enumerate =
        vulkan.function<PFN_vkEnumeratePhysicalDevices>("vkEnumeratePhysicalDevices");
    const auto enumerate_extensions = vulkan.function<PFN_vkEnumerateDeviceExtensionProperties>(
        "vkEnumerateDeviceExtensionProperties");
    const auto get_properties =
        vulkan.function<PFN_vkGetPhysicalDeviceProperties>("vkGetPhysicalDeviceProperties");
    std::vector<VulkanDevice> devices;
    for (const VkPhysicalDevice device : Vulkan::all<VkPhysicalDevice>(
             [&](auto... list) { enumerate(vulkan.instance(), list...); })) {
        VkPhysicalDeviceProperties properties{};
        get_properties(device, &properties);
        if (properties.apiVersion < VK_API_VERSION_1_1)
            continue;
        VulkanDevice told{.name = properties.deviceName, .is_wanted = false, .extensions = {}};
        for (const VkExtensionProperties& extension : Vulkan::all<VkExtensionProperties>(
                 [&](auto... list) { enumerate_extensions(device, nullptr, list...); }))
            told.extensions.emplace_back(extension.extensionName);
        const bool has_drm =
            std::ranges::contains(told.extensions, VK_EXT_PHYSICAL_DEVICE_DRM_EXTENSION_NAME);
        told.is_wanted = is_wanted(vulkan, device, has_drm, drm_fd);
        devices.push_back(std::move(told));
    }
    return devices;
}

#else

std::vector<VulkanDevice> vulkan_devices(int) {
    return {};
}

#endif

std::string vulkan_objection(std::span<const VulkanDevice> devices) {
    const auto wanted = std::ranges::find_if(devices, &VulkanDevice::is_wanted);
    if (wanted == devices.end()) {
        std::string others;
        for (const VulkanDevice& device : devices)
            others += (others.empty() ? "" : ", ") + device.name;
        return "Vulkan has no driver for this device" +
               (others.empty() ? "" : formatted(" (but for {})", others));
    }
    // What vulkan_device_create() in render/vulkan/vulkan.c of wlroots 0.20.2 wants.
    constexpr const char* needed[] = {
        "VK_KHR_external_memory_fd",        "VK_KHR_image_format_list",
        "VK_EXT_external_memory_dma_buf",   "VK_EXT_queue_family_foreign",
        "VK_EXT_image_drm_format_modifier", "VK_KHR_timeline_semaphore",
        "VK_KHR_synchronization2",
    };
    std::string missing;
    for (const char* extension : needed) {
        if (!std::ranges::contains(wanted->extensions, extension))
            missing += (missing.empty() ? "" : ", ") + std::string{extension};
    }
    return missing.empty()
               ? ""
               : formatted("{} lacks {}, which wlroots' renderer needs", wanted->name, missing);
}

} // namespace tarmac
