#include "support/render_node.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fcntl.h>
#include <xf86drm.h>

#include "support/dmabuf_source.hpp"

namespace test {

using tarmac::Fd;

void need_importing_node() {
    const Fd node{open(RenderNode, O_RDWR | O_CLOEXEC)};
    if (!node)
        SKIP(RenderNode << " is missing");
    if (const std::string reason = missing(Exporter::Udmabuf); !reason.empty())
        SKIP(reason);
    const Fd memory = allocate_dmabuf(Exporter::Udmabuf, 1);
    std::uint32_t handle = 0;
    if (drmPrimeFDToHandle(node.get(), memory.get(), &handle) != 0)
        SKIP("the device of " << RenderNode << " imports no memory of others (udmabuf)");
    drmCloseBufferHandle(node.get(), handle);
}

DrmNodes drm_nodes_of(const std::string& driver) {
    DrmNodes nodes;
    if (const Fd card = open_drm_driver(driver)) {
        drmDevice* device = nullptr;
        REQUIRE(drmGetDevice2(card.get(), 0, &device) == 0);
        if (device->available_nodes & (1 << DRM_NODE_PRIMARY))
            nodes.card = device->nodes[DRM_NODE_PRIMARY];
        if (device->available_nodes & (1 << DRM_NODE_RENDER))
            nodes.render = device->nodes[DRM_NODE_RENDER];
        drmFreeDevice(&device);
    }
    if (nodes.card.empty())
        SKIP("no DRM device of the driver " << driver);
    return nodes;
}

} // namespace test
