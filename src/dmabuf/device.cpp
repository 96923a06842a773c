#include "dmabuf/device.hpp"

#include <algorithm>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <gbm.h>
#include <linux/dma-buf.h>
#include <map>
#include <memory>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <tarmac/fd.hpp>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "dmabuf/formatted.hpp"

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

std::vector<Device> all_devices() {
    constexpr int Most = 64;
    drmDevice* devices[Most];
    const int count = std::min(drmGetDevices2(0, devices, Most), Most);
    std::vector<Device> all;
    for (int i = 0; i < count; ++i)
        all.emplace_back(devices[i]);
    return all;
}

using Gbm = std::unique_ptr<gbm_device, decltype([](gbm_device* gbm) { gbm_device_destroy(gbm); })>;
using Bo = std::unique_ptr<gbm_bo, decltype([](gbm_bo* bo) { gbm_bo_destroy(bo); })>;

/// The first bytes of a dma-buf, mapped while this lives.
class Bytes {
public:
    static constexpr std::size_t Size = Side * Side * 4;

    Bytes(int dmabuf, int protection)
        : memory_{mmap(nullptr, Size, protection, MAP_SHARED, dmabuf, 0)} {}
    ~Bytes() {
        if (*this)
            munmap(memory_, Size);
    }
    Bytes(const Bytes&) = delete;
    Bytes& operator=(const Bytes&) = delete;

    explicit operator bool() const { return memory_ != MAP_FAILED; }
    void* get() const { return memory_; }

private:
    void* memory_;
};

/// False where memory that isn't there would end who writes to it.
bool write_by_kernel(void* memory, std::uint32_t value) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    const Fd out{ends[0]}, in{ends[1]};
    return write(in.get(), &value, sizeof value) == sizeof value &&
           read(out.get(), memory, sizeof value) == sizeof value;
}

struct Buffer {
    Fd dmabuf;
    std::uint32_t stride;
};

/// Whether a driver that is given the buffer sees what was written through its mapping. Virtual
/// GPUs have memory of their own on the host, which a mapping only stands for.
bool is_mapping_true(const drmDevice& device, const Buffer& buffer) {
    constexpr std::uint32_t Written = 0x00a55a3c;
    const int dmabuf = buffer.dmabuf.get();
    {
        const Bytes bytes{dmabuf, PROT_READ | PROT_WRITE};
        // Of a descriptor for reading nothing more is known.
        if (!bytes)
            return static_cast<bool>(Bytes{dmabuf, PROT_READ});
        dma_buf_sync sync{.flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE};
        ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &sync);
        const bool is_written = write_by_kernel(bytes.get(), Written);
        sync.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE;
        ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &sync);
        if (!is_written)
            return false;
    }
    const Fd node = open_node(device);
    const Gbm gbm{gbm_create_device(node.get())};
    gbm_import_fd_data data{dmabuf, Side, Side, buffer.stride, GBM_FORMAT_XRGB8888};
    const Bo bo{gbm ? gbm_bo_import(gbm.get(), GBM_BO_IMPORT_FD, &data, GBM_BO_USE_RENDERING)
                    : nullptr};
    std::uint32_t seen_stride = 0;
    void* map = nullptr;
    void* seen =
        bo ? gbm_bo_map(bo.get(), 0, 0, 1, 1, GBM_BO_TRANSFER_READ, &seen_stride, &map) : nullptr;
    // Most drivers do as the interface says; the exception is to be seen.
    if (!seen)
        return true;
    const bool is_true = (*static_cast<std::uint32_t*>(seen) & 0x00ffffff) == Written;
    gbm_bo_unmap(bo.get(), map);
    return is_true;
}

/// As clients make theirs with a GPU's driver.
std::optional<Buffer> make_gbm_buffer(int drm_fd) {
    const Gbm gbm{gbm_create_device(drm_fd)};
    const Bo bo{gbm ? gbm_bo_create(gbm.get(), Side, Side, GBM_FORMAT_XRGB8888,
                                    GBM_BO_USE_RENDERING | GBM_BO_USE_LINEAR)
                    : nullptr};
    Fd dmabuf{bo ? gbm_bo_get_fd(bo.get()) : -1};
    if (!dmabuf)
        return std::nullopt;
    return Buffer{std::move(dmabuf), gbm_bo_get_stride(bo.get())};
}

std::optional<bool> can_map_gbm_buffers(const Device& device, int drm_fd) {
    return make_gbm_buffer(drm_fd).transform(
        [&](const Buffer& buffer) { return is_mapping_true(*device, buffer); });
}

std::optional<bool> can_map_dumb_buffers(int drm_fd) {
    const Fd dmabuf = make_dumb_buffer(drm_fd);
    return dmabuf ? std::optional{static_cast<bool>(Bytes{dmabuf.get(), PROT_READ})} : std::nullopt;
}

std::optional<bool> can_map_buffers(const Device& device, int drm_fd) {
    // A GPU's dumb buffers may be plain memory where others aren't. Elsewhere GBM loads what draws
    // on the CPU, which takes long.
    if (has_gpu(drm_fd)) {
        const auto tried = can_map_gbm_buffers(device, drm_fd);
        return tried ? tried : can_map_dumb_buffers(drm_fd);
    }
    const auto tried = can_map_dumb_buffers(drm_fd);
    return tried ? tried : can_map_gbm_buffers(device, drm_fd);
}

} // namespace

bool is_same_device(dev_t a, dev_t b) noexcept {
    if (a == b)
        return true;
    const Device device_a = open_device(a), device_b = open_device(b);
    return device_a && device_b && drmDevicesEqual(device_a.get(), device_b.get()) != 0;
}

std::string drm_driver(int drm_fd) {
    using Version = std::unique_ptr<drmVersion, decltype([](drmVersion* v) { drmFreeVersion(v); })>;
    const Version version{drmGetVersion(drm_fd)};
    return version && version->name ? version->name : "";
}

bool has_gpu(int drm_fd) noexcept {
    const std::string driver = drm_driver(drm_fd);
    return driver != "vgem" && driver != "vkms" && !driver.empty();
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
    return known[id] = node ? can_map_buffers(device, node.get()) : std::nullopt;
}

std::vector<RenderDevice> render_devices() {
    std::vector<RenderDevice> found;
    for (const Device& device : all_devices()) {
        struct stat status;
        if (!(device->available_nodes & (1 << DRM_NODE_RENDER)) ||
            stat(device->nodes[DRM_NODE_RENDER], &status) != 0)
            continue;
        std::error_code failed;
        const std::filesystem::path driver =
            std::filesystem::read_symlink(formatted("/sys/dev/char/{}:{}/device/driver",
                                                    major(status.st_rdev), minor(status.st_rdev)),
                                          failed);
        found.push_back({status.st_rdev, driver.filename()});
    }
    return found;
}

std::optional<dev_t> find_readable_device() noexcept {
    std::optional<dev_t> tried, untried;
    for (const Device& device : all_devices()) {
        struct stat status;
        if (tried || !(device->available_nodes & (1 << DRM_NODE_RENDER)) ||
            access(device->nodes[DRM_NODE_RENDER], R_OK | W_OK) != 0 ||
            stat(device->nodes[DRM_NODE_RENDER], &status) != 0)
            continue;
        const auto is_mapped = can_map_buffers(status.st_rdev);
        if (is_mapped == true)
            tried = status.st_rdev;
        else if (!is_mapped && !untried)
            untried = status.st_rdev;
    }
    return tried ? tried : untried;
}

} // namespace tarmac
