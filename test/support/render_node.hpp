#pragma once

#include <string>

namespace test {

/// The node that tests draw on: vgem's on the test machines, where that is started.
inline constexpr const char* RenderNode = "/dev/dri/renderD128";

/// Skips the test where there is none, or where its device doesn't import memory of others, which
/// most tests have clients bring; what a GPU does that refuses it has tests of its own (test/gpu).
void need_importing_node();

/// A DRM device's nodes, by the name of its driver. Either may be empty.
struct DrmNodes {
    std::string card, render;
};
/// Skips the test where no such device is.
DrmNodes drm_nodes_of(const std::string& driver);

} // namespace test
