#include "compositor/drm_node.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <xf86drm.h>

#include "dmabuf/formatted.hpp"

namespace tarmac::compositor {
namespace {

std::string take_string(char* text) {
    const std::unique_ptr<char, decltype(&std::free)> owned{text, &std::free};
    return owned ? owned.get() : "";
}

} // namespace

std::expected<DrmNode, std::string> DrmNode::open(const std::string& path) {
    Fd fd{::open(path.c_str(), O_RDWR | O_CLOEXEC)};
    if (!fd)
        return std::unexpected(formatted("Can't open {}: {}.", path, std::strerror(errno)));
    switch (drmGetNodeTypeFromFd(fd.get())) {
    case DRM_NODE_RENDER:
        return DrmNode{path, true, path, std::move(fd)};
    case DRM_NODE_PRIMARY:
        return DrmNode{path, false, take_string(drmGetRenderDeviceNameFromFd(fd.get())), {}};
    default:
        return std::unexpected(formatted("{} isn't a DRM device.", path));
    }
}

std::string drm_node_path(int fd) {
    const std::string path = fd < 0 ? "" : take_string(drmGetDeviceNameFromFd2(fd));
    return path.empty() ? "none" : path;
}

} // namespace tarmac::compositor
