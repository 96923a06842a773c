#include "dmabuf/memory_kind.hpp"

#include <algorithm>
#include <string>
#include <sys/stat.h>
#include <utility>

#include "dmabuf/device.hpp"
#include "dmabuf/exporter.hpp"

namespace tarmac {

namespace {

/// Memory of processes, of the heaps of main memory, and of cameras and codecs.
bool exports_pages(std::string_view exporter) {
    constexpr std::string_view exact[] = {"udmabuf",  "system",    "system-uncached",
                                          "reserved", "linux,cma", "default_cma_region"};
    return std::ranges::contains(exact, exporter) || exporter.starts_with("videobuf2");
}

/// Tried anew when there is another device.
const std::vector<GpuMemory>& known_gpus() {
    static std::pair<timespec, std::vector<GpuMemory>> known;
    struct stat directory{};
    stat("/dev/dri", &directory);
    const timespec changed = directory.st_mtim;
    if (changed.tv_sec != known.first.tv_sec || changed.tv_nsec != known.first.tv_nsec)
        known = {changed, try_gpus()};
    return known.second;
}

} // namespace

MemoryKind memory_kind_of_exporter(std::string_view exporter) {
    // What DRM exports for the drivers that don't do so themselves
    constexpr std::string_view AnyDrm = "drm";
    if (exports_pages(exporter))
        return MemoryKind::Pages;
    auto worst = exporter == AnyDrm ? MemoryKind::Pages : MemoryKind::Device;
    for (const GpuMemory& gpu : known_gpus()) {
        if (gpu.exporter == exporter)
            worst = std::max(worst, gpu.can_be_mapped ? MemoryKind::Device : MemoryKind::Hidden);
    }
    return worst;
}

MemoryKind memory_kind(const Dmabuf& image) {
    auto worst = MemoryKind::Pages;
    for (unsigned i = 0; i < image.planes().size(); ++i) {
        if (i > 0 && image.inode(i) == image.inode(i - 1))
            continue;
        const int dmabuf = image.planes()[i].fd.get();
        worst = std::max(worst, memory_kind_of_exporter(exporter_of(dmabuf)));
    }
    return worst;
}

} // namespace tarmac
