#include "dmabuf/device.hpp"

#include <algorithm>
#include <cstdint>
#include <fcntl.h>
#include <gbm.h>
#include <map>
#include <memory>
#include <string_view>
#include <sys/mman.h>
#include <sys/stat.h>
#include <tarmac/fd.hpp>
#include <xf86drm.h>
#include <xf86drmMode.h>

namespace tarmac {

namespace {

using Device =
    std::unique_ptr<drmDevice, decltype([](drmDevice* device) { drmFreeDevice(&device); })>;

Device open_device(dev_t id) {
    drmDevice* device = nullptr;
    drmGetDeviceFromDevId(id, 0, &device);
    return Device{device};
}

Fd open_node(const drmDevice& device) {
    for (const int kind : {DRM_NODE_RENDER, DRM_NODE_PRIMARY}) {
        if (device.available_nodes & (1 << kind)) {
            if (Fd node{open(device.nodes[kind], O_RDWR | O_CLOEXEC)})
                return node;
        }
    }
    return {};
}

constexpr std::uint32_t Side = 64;

/// Empty if the device makes none, as most render nodes don't.
Fd make_dumb_buffer(int drm_fd) {
    std::uint32_t handle = 0, pitch = 0;
    std::uint64_t size = 0;
    int dmabuf = -1;
    if (drmModeCreateDumbBuffer(drm_fd, Side, Side, 32, 0, &handle, &pitch, &size) == 0) {
        drmPrimeHandleToFD(drm_fd, handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf);
        drmModeDestroyDumbBuffer(drm_fd, handle);
    }
    return Fd{dmabuf};
}

/// As clients make theirs with a GPU's driver. Empty if it makes none.
Fd make_gbm_buffer(int drm_fd) {
    const std::unique_ptr<gbm_device, decltype(&gbm_device_destroy)> device{
        gbm_create_device(drm_fd), gbm_device_destroy};
    if (!device)
        return {};
    const std::unique_ptr<gbm_bo, decltype(&gbm_bo_destroy)> buffer{
        gbm_bo_create(device.get(), Side, Side, GBM_FORMAT_XRGB8888,
                      GBM_BO_USE_RENDERING | GBM_BO_USE_LINEAR),
        gbm_bo_destroy};
    return Fd{buffer ? gbm_bo_get_fd(buffer.get()) : -1};
}

std::optional<bool> can_map_buffers(int drm_fd) {
    Fd dmabuf = make_dumb_buffer(drm_fd);
    if (!dmabuf)
        dmabuf = make_gbm_buffer(drm_fd);
    if (!dmabuf)
        return std::nullopt;
    constexpr std::size_t Size = Side * Side * 4;
    void* memory = mmap(nullptr, Size, PROT_READ, MAP_SHARED, dmabuf.get(), 0);
    if (memory == MAP_FAILED)
        return false;
    munmap(memory, Size);
    return true;
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

bool is_gpu(dev_t id) noexcept {
    const Device device = open_device(id);
    if (!device)
        return false;
    const Fd node = open_node(*device);
    return !node || has_gpu(node.get());
}

std::optional<bool> can_map_buffers(dev_t id) noexcept {
    // Its driver may hang when it is started again after a loss.
    static std::map<dev_t, std::optional<bool>> known;
    const auto found = known.find(id);
    if (found != known.end())
        return found->second;
    const Device device = open_device(id);
    const Fd node = device ? open_node(*device) : Fd{};
    return known[id] = node ? can_map_buffers(node.get()) : std::nullopt;
}

std::optional<dev_t> find_readable_device() noexcept {
    constexpr int Most = 64;
    drmDevice* devices[Most];
    const int count = std::min(drmGetDevices2(0, devices, Most), Most);
    std::optional<dev_t> tried, untried;
    for (int i = 0; i < count; ++i) {
        const Device device{devices[i]};
        struct stat status;
        if (tried || !(device->available_nodes & (1 << DRM_NODE_RENDER)))
            continue;
        const Fd node{open(device->nodes[DRM_NODE_RENDER], O_RDWR | O_CLOEXEC)};
        if (!node || fstat(node.get(), &status) != 0)
            continue;
        const auto is_mapped = can_map_buffers(node.get());
        if (is_mapped == true)
            tried = status.st_rdev;
        else if (!is_mapped && !untried)
            untried = status.st_rdev;
    }
    return tried ? tried : untried;
}

} // namespace tarmac
