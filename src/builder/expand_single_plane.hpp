#pragma once

#include <tarmac/dmabuf.hpp>

namespace tarmac {

/// Gives `image`, which has one plane, the others of its format: each follows the one before it in
/// the same dma-buf, with strides in the proportion of the rows, as V4L2 lays out NV12, YU12 and
/// their kin in one plane. Leaves images alone that aren't linear, or whose format has one plane.
/// Errors: Incomplete if the proportion isn't whole, OutOfResources.
Result<void> expand_single_plane(DmabufDescription& image);

} // namespace tarmac
