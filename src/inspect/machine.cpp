#include "inspect/machine.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <xf86drm.h>

#include "dmabuf/device.hpp"
#include "dmabuf/formatted.hpp"
#include "inspect/node.hpp"
#include "inspect/scanout.hpp"
#include "wlr/loaded_wlroots.hpp"

namespace tarmac::inspect {

namespace {

namespace fs = std::filesystem;

using DrmDevice =
    std::unique_ptr<drmDevice, decltype([](drmDevice* device) { drmFreeDevice(&device); })>;
using DrmVersion = std::unique_ptr<drmVersion, decltype([](drmVersion* v) { drmFreeVersion(v); })>;

std::string kernel() {
    utsname name{};
    uname(&name);
    return formatted("{} {} {}", std::string{name.sysname}, std::string{name.release},
                     std::string{name.machine});
}

std::string bus_of(const drmDevice& device) {
    switch (device.bustype) {
    case DRM_BUS_PCI: {
        const drmPciBusInfo& bus = *device.businfo.pci;
        const drmPciDeviceInfo& info = *device.deviceinfo.pci;
        return formatted("pci {:04x}:{:02x}:{:02x}.{:x} {:04x}:{:04x}", bus.domain, bus.bus,
                         bus.dev, bus.func, info.vendor_id, info.device_id);
    }
    case DRM_BUS_USB:
        return formatted("usb {:03}:{:03}", device.businfo.usb->bus, device.businfo.usb->dev);
    case DRM_BUS_PLATFORM:
        return formatted("platform {}", std::string{device.businfo.platform->fullname});
    case DRM_BUS_HOST1X:
        return formatted("host1x {}", std::string{device.businfo.host1x->fullname});
    default:
        return "virtual";
    }
}

/// By sysfs, for a device whose nodes can't be opened.
std::string driver_in_sysfs(const std::string& node) {
    struct stat status;
    if (stat(node.c_str(), &status) != 0)
        return "";
    const fs::path device =
        formatted("/sys/dev/char/{}:{}/device", major(status.st_rdev), minor(status.st_rdev));
    std::error_code failed;
    const std::string driver = fs::read_symlink(device / "driver", failed).filename();
    // On the bus of made-up devices all have the same, and are called by their own.
    const bool is_made_up = driver.empty() || driver == "faux_driver";
    return is_made_up ? std::string{fs::canonical(device, failed).filename()} : driver;
}

Device look_at(const drmDevice& drm, std::vector<Maker>& makers, std::size_t index) {
    Device device;
    device.bus = bus_of(drm);
    for (const int kind : {DRM_NODE_RENDER, DRM_NODE_PRIMARY}) {
        if (!(drm.available_nodes & (1 << kind)))
            continue;
        const std::string path = drm.nodes[kind];
        const auto opened = open_node(path);
        device.nodes.push_back({path, opened ? "" : opened.error()});
        if (kind == DRM_NODE_PRIMARY)
            device.scanout = opened ? scanout_of(*opened)
                                    : Scanout{.formats = {}, .problem = "its node isn't opened"};
        if (!opened)
            continue;
        if (const DrmVersion version{drmGetVersion(opened->get())}) {
            device.driver = version->name;
            device.version = formatted("{}.{}.{}", version->version_major, version->version_minor,
                                       version->version_patchlevel);
        }
        // Once a device, and of its render node, since that is what clients have.
        if (has_gpu(opened->get())) {
            if (!std::ranges::contains(makers, std::optional{index}, &Maker::device))
                makers.push_back({Maker::Kind::Gbm, device.driver, {path, ""}, index});
            continue;
        }
        std::uint64_t makes_dumb_buffers = 0;
        if (kind == DRM_NODE_PRIMARY &&
            drmGetCap(opened->get(), DRM_CAP_DUMB_BUFFER, &makes_dumb_buffers) == 0 &&
            makes_dumb_buffers)
            makers.push_back({Maker::Kind::Dumb, device.driver, {path, ""}, index});
    }
    if (device.driver.empty() && !device.nodes.empty())
        device.driver = driver_in_sysfs(device.nodes.front().path);
    if (device.driver.empty())
        device.driver = "unknown driver";
    return device;
}

std::string why_no_devices(int result) {
    if (!fs::exists("/dev/dri"))
        return "there is no /dev/dri: no driver for a GPU or a screen is loaded, or this is a "
               "container that wasn't given it";
    if (result < 0)
        return formatted("libdrm finds none in /dev/dri: {}", std::string{std::strerror(-result)});
    return "/dev/dri has no device that libdrm knows";
}

void look_for_devices(Report& report) {
    constexpr int Most = 64;
    drmDevice* found[Most];
    const int result = drmGetDevices2(0, found, Most);
    std::vector<DrmDevice> devices;
    for (int i = 0; i < std::min(result, Most); ++i)
        devices.emplace_back(found[i]);
    if (devices.empty())
        report.no_devices = why_no_devices(result);
    for (const DrmDevice& device : devices)
        report.devices.push_back(look_at(*device, report.makers, report.devices.size()));
}

void look_for_makers(std::vector<Maker>& makers) {
    const auto add = [&](Maker::Kind kind, const std::string& name, const std::string& path) {
        makers.push_back({kind, name, {path, problem_of(path)}, {}});
    };
    add(Maker::Kind::Udmabuf, "udmabuf", "/dev/udmabuf");
    std::vector<std::string> heaps;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator{"/dev/dma_heap", failed})
        heaps.push_back(entry.path().filename());
    if (!std::ranges::contains(heaps, "system"))
        heaps.emplace_back("system");
    std::ranges::sort(heaps, [](const std::string& a, const std::string& b) {
        return std::pair{a != "system", a} < std::pair{b != "system", b};
    });
    for (const std::string& heap : heaps)
        add(Maker::Kind::Heap, heap + " heap", "/dev/dma_heap/" + heap);
}

} // namespace

void look_at_machine(Report& report) {
    report.versions = {{"tarmac", TARMAC_VERSION},
                       {"kernel", kernel()},
                       {"wlroots", wlroots_version()},
                       {"libdrm", LIBDRM_VERSION}};
    look_for_makers(report.makers);
    look_for_devices(report);
}

} // namespace tarmac::inspect
