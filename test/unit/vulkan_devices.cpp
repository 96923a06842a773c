// What is said where Vulkan can't be drawn with.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "wlr/vulkan_devices.hpp"

using namespace tarmac;

namespace {

const std::vector<std::string> Enough{
    "VK_KHR_external_memory_fd",        "VK_KHR_image_format_list",
    "VK_EXT_external_memory_dma_buf",   "VK_EXT_queue_family_foreign",
    "VK_EXT_image_drm_format_modifier", "VK_KHR_timeline_semaphore",
    "VK_KHR_synchronization2",          "VK_KHR_swapchain",
};

std::vector<std::string> all_but(const std::string& extension) {
    std::vector<std::string> others = Enough;
    std::erase(others, extension);
    return others;
}

} // namespace

TEST_CASE("what a Vulkan driver lacks for wlroots is named") {
    const VulkanDevice lavapipe{"llvmpipe", false, Enough};
    const auto objection = [&](const VulkanDevice& device) {
        return vulkan_objection(std::vector{lavapipe, device});
    };
    CHECK(objection({"A GPU", true, Enough}) == "");
    CHECK(objection({"Venus", true, all_but("VK_EXT_image_drm_format_modifier")}) ==
          "Venus lacks VK_EXT_image_drm_format_modifier, which wlroots' renderer needs");
    CHECK(objection({"An old GPU", true, {"VK_KHR_swapchain"}})
              .contains("VK_KHR_external_memory_fd, VK_KHR_image_format_list"));
    CHECK(vulkan_objection(std::vector{lavapipe}) ==
          "Vulkan has no driver for this device (but for llvmpipe)");
    CHECK(vulkan_objection({}) == "Vulkan has no driver for this device");
}
