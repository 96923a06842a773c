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
    std::string place;       ///< see device_place()
    Fd fd; ///< empty for a card: holding it open would keep the backend from controlling it

    /// Error: a sentence that says why `path` can't be used.
    static std::expected<DrmNode, std::string> open(const std::string& path);
};

/// Path of the node that is open as `fd`, or "none" for -1.
std::string drm_node_path(int fd);

/// Whether the device that is open as `fd` was taken away. One that comes back is another, and has
/// to be opened anew.
bool is_unplugged(int fd) noexcept;

/// Where sysfs has the device of the node `path`: the same when the device comes back to its place,
/// with whatever numbers its nodes then have. Empty if that isn't known.
std::string device_place(const std::string& path);
/// The same of the node that is open as `fd`.
std::string device_place(int fd);
/// Whether a device is in that place now.
bool has_nodes_in(const std::string& place);
/// Path of the render node that the device in that place has now; empty without one.
std::string render_node_in(const std::string& place);

} // namespace tarmac::compositor
