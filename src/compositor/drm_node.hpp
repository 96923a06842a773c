#pragma once

#include <expected>
#include <string>
#include <tarmac/fd.hpp>

namespace tarmac::compositor {

/// A DRM device node that the user named.
struct DrmNode {
    std::string path;
    bool is_render;          ///< a render node; a card that can show pictures otherwise
    std::string render_path; ///< the device's render node; empty if it has none
    Fd fd; ///< empty for a card: holding it open would keep the backend from controlling it

    /// Error: a sentence that says why `path` can't be used.
    static std::expected<DrmNode, std::string> open(const std::string& path);
};

/// Path of the node that is open as `fd`, or "none" for -1.
std::string drm_node_path(int fd);

} // namespace tarmac::compositor
