#include "dmabuf/memory_kind.hpp"

#include <algorithm>
#include <string_view>
#include <sys/stat.h>
#include <utility>

#include "dmabuf/device.hpp"
#include "dmabuf/distinct_dmabufs.hpp"
#include "dmabuf/exporter.hpp"

namespace tarmac {

namespace {

/// Memory of processes, of the heaps of main memory, and of cameras and codecs.
bool exports_pages(std::string_view exporter) {
    constexpr std::string_view exact[] = {"udmabuf",  "system",    "system-uncached",
                                          "reserved", "linux,cma", "default_cma_region"};
    return std::ranges::contains(exact, exporter) || exporter.starts_with("videobuf2");
}

/// Looked for anew when there is another device.
const std::vector<RenderDevice>& known_devices() {
    static std::pair<timespec, std::vector<RenderDevice>> known;
    struct stat directory{};
    stat("/dev/dri", &directory);
    const timespec changed = directory.st_mtim;
    if (changed.tv_sec != known.first.tv_sec || changed.tv_nsec != known.first.tv_nsec)
        known = {changed, render_devices()};
    return known.second;
}

/// What DRM exports for all drivers that don't do so themselves
constexpr std::string_view AnyDrm = "drm";

bool may_have_exported(const RenderDevice& device, std::string_view exporter) {
    // virtio-gpu is on virtio's bus below that one.
    constexpr std::string_view with_names[][2] = {{"virtio-pci", "virtio_gpu"}, {"i915", "i915"}};
    for (const auto& [driver, own] : with_names) {
        if (device.driver == driver)
            return exporter == own;
    }
    // What only shares memory, as vgem does, has no driver of a bus.
    const bool is_real = !device.driver.empty() && device.driver != "faux_driver";
    return is_real && (exporter == AnyDrm || exporter == device.driver);
}

MemoryKind kind_of(std::string_view exporter) {
    if (exports_pages(exporter))
        return MemoryKind::Pages;
    auto kind = exporter == AnyDrm ? MemoryKind::Pages : MemoryKind::Device;
    for (const RenderDevice& device : known_devices()) {
        if (!may_have_exported(device, exporter))
            continue;
        // One of several may be meant by DRM's name: to try them would wake all.
        if (exporter != AnyDrm && can_map_buffers(device.id) == false)
            return MemoryKind::Hidden;
        kind = MemoryKind::Device;
    }
    return kind;
}

} // namespace

MemoryKind memory_kind(const Dmabuf& image) {
    auto worst = MemoryKind::Pages;
    const DistinctDmabufs dmabufs{image};
    for (const auto& dmabuf : dmabufs.members())
        worst = std::max(worst, kind_of(exporter_of(dmabuf.fd)));
    return worst;
}

} // namespace tarmac
