#include "dmabuf/device.hpp"

#include <memory>
#include <string_view>
#include <xf86drm.h>

namespace tarmac {

namespace {

using Device =
    std::unique_ptr<drmDevice, decltype([](drmDevice* device) { drmFreeDevice(&device); })>;

Device open_device(dev_t id) {
    drmDevice* device = nullptr;
    drmGetDeviceFromDevId(id, 0, &device);
    return Device{device};
}

} // namespace

bool is_same_device(dev_t a, dev_t b) noexcept {
    if (a == b)
        return true;
    const Device device_a = open_device(a), device_b = open_device(b);
    return device_a && device_b && drmDevicesEqual(device_a.get(), device_b.get()) != 0;
}

bool has_gpu(int drm_fd) noexcept {
    using Version = std::unique_ptr<drmVersion, decltype([](drmVersion* v) { drmFreeVersion(v); })>;
    const Version version{drmGetVersion(drm_fd)};
    const std::string_view driver = version && version->name ? version->name : "";
    return driver != "vgem" && driver != "vkms" && driver != "";
}

} // namespace tarmac
