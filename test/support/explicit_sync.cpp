#include "support/explicit_sync.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <sys/ioctl.h>
#include <xf86drm.h>

#include "linux-drm-syncobj-v1-client-protocol.h"
#include "support/dmabuf_source.hpp"
#include "support/patience.hpp"
#include "support/raw_client.hpp"
#include "support/render_node.hpp"

namespace test {

using tarmac::Fd;

namespace {

constexpr std::size_t ScratchSize = 4096;

/// What writes to `dmabuf` now, as a sync_file.
Fd export_write_fence(const Fd& dmabuf) {
    dma_buf_export_sync_file request = {.flags = DMA_BUF_SYNC_READ, .fd = -1};
    REQUIRE(ioctl(dmabuf.get(), DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &request) == 0);
    return Fd{request.fd};
}

std::uint32_t high(std::uint64_t point) {
    return static_cast<std::uint32_t>(point >> 32);
}
std::uint32_t low(std::uint64_t point) {
    return static_cast<std::uint32_t>(point);
}

} // namespace

Timeline::Timeline() : Timeline{RenderNode} {}

Timeline::Timeline(const std::string& render_node)
    : device_{open(render_node.c_str(), O_RDWR | O_CLOEXEC)} {
    std::uint64_t has_timelines = 0;
    if (!device_ || drmGetCap(device_.get(), DRM_CAP_SYNCOBJ_TIMELINE, &has_timelines) != 0 ||
        has_timelines == 0)
        SKIP(render_node << " has no timelines");
    REQUIRE(drmSyncobjCreate(device_.get(), 0, &handle_) == 0);
}

Timeline::~Timeline() {
    drmSyncobjDestroy(device_.get(), handle_);
}

Fd Timeline::export_fd() const {
    int fd = -1;
    REQUIRE(drmSyncobjHandleToFD(device_.get(), handle_, &fd) == 0);
    return Fd{fd};
}

void Timeline::signal(std::uint64_t point) {
    REQUIRE(drmSyncobjTimelineSignal(device_.get(), &handle_, &point, 1) == 0);
}

void Timeline::submit(std::uint64_t point) {
    if (const std::string reason = missing(Exporter::Udmabuf); !reason.empty())
        SKIP(reason);
    const Fd scratch = allocate_dmabuf(Exporter::Udmabuf, ScratchSize);
    writer_ = std::make_unique<FakeWriter>(scratch);
    submit(point, export_write_fence(scratch));
}

void Timeline::submit(std::uint64_t point, const Fd& sync_file) {
    std::uint32_t carrier = 0;
    REQUIRE(drmSyncobjCreate(device_.get(), 0, &carrier) == 0);
    CHECK(drmSyncobjImportSyncFile(device_.get(), carrier, sync_file.get()) == 0);
    CHECK(drmSyncobjTransfer(device_.get(), handle_, point, carrier, 0, 0) == 0);
    drmSyncobjDestroy(device_.get(), carrier);
}

std::uint64_t Timeline::signalled_point() const {
    std::uint32_t handle = handle_;
    std::uint64_t point = 0;
    REQUIRE(drmSyncobjQuery(device_.get(), &handle, &point, 1) == 0);
    return point;
}

bool Timeline::await(std::uint64_t point) const {
    const std::chrono::nanoseconds end =
        std::chrono::steady_clock::now().time_since_epoch() + patience();
    std::uint32_t handle = handle_;
    return drmSyncobjTimelineWait(device_.get(), &handle, &point, 1, end.count(),
                                  DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT, nullptr) == 0;
}

SyncSurface::SyncSurface(RawClient& client, wl_surface* surface)
    : manager_{static_cast<wp_linux_drm_syncobj_manager_v1*>(
          client.bind_global(&wp_linux_drm_syncobj_manager_v1_interface, 1))}
    , object_{wp_linux_drm_syncobj_manager_v1_get_surface(manager_, surface)} {}

SyncSurface::~SyncSurface() {
    destroy();
    for (const auto& [timeline, object] : imported_)
        wp_linux_drm_syncobj_timeline_v1_destroy(object);
    wp_linux_drm_syncobj_manager_v1_destroy(manager_);
}

void SyncSurface::set_acquire(const Timeline& timeline, std::uint64_t point) {
    wp_linux_drm_syncobj_surface_v1_set_acquire_point(object_, import(timeline), high(point),
                                                      low(point));
}

void SyncSurface::set_release(const Timeline& timeline, std::uint64_t point) {
    wp_linux_drm_syncobj_surface_v1_set_release_point(object_, import(timeline), high(point),
                                                      low(point));
}

wp_linux_drm_syncobj_timeline_v1* SyncSurface::import(const Timeline& timeline) {
    for (const auto& [known, object] : imported_) {
        if (known == &timeline)
            return object;
    }
    auto* object =
        wp_linux_drm_syncobj_manager_v1_import_timeline(manager_, timeline.export_fd().get());
    imported_.emplace_back(&timeline, object);
    return object;
}

void SyncSurface::destroy() {
    if (object_)
        wp_linux_drm_syncobj_surface_v1_destroy(std::exchange(object_, nullptr));
}

} // namespace test
