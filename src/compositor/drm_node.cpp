#include "compositor/drm_node.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <xf86drm.h>

#include "dmabuf/formatted.hpp"

namespace tarmac::compositor {

namespace fs = std::filesystem;

namespace {

std::string take_string(char* text) {
    const std::unique_ptr<char, decltype(&std::free)> owned{text, &std::free};
    return owned ? owned.get() : "";
}

std::string node_in(const std::string& place, std::string_view name) {
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator{fs::path{place} / "drm", failed}) {
        const std::string node = entry.path().filename();
        if (node.starts_with(name))
            return "/dev/dri/" + node;
    }
    return "";
}

} // namespace

std::expected<DrmNode, std::string> DrmNode::open(const std::string& path) {
    Fd fd{::open(path.c_str(), O_RDWR | O_CLOEXEC)};
    if (!fd)
        return std::unexpected(formatted("Can't open {}: {}.", path, std::strerror(errno)));
    std::string place = device_place(fd.get());
    switch (drmGetNodeTypeFromFd(fd.get())) {
    case DRM_NODE_RENDER:
        return DrmNode{path, true, path, std::move(place), std::move(fd)};
    case DRM_NODE_PRIMARY:
        return DrmNode{
            path, false, take_string(drmGetRenderDeviceNameFromFd(fd.get())), std::move(place), {}};
    default:
        return std::unexpected(formatted("{} isn't a DRM device.", path));
    }
}

std::string drm_node_path(int fd) {
    const std::string path = fd < 0 ? "" : take_string(drmGetDeviceNameFromFd2(fd));
    return path.empty() ? "none" : path;
}

bool is_unplugged(int fd) noexcept {
    std::uint64_t ignored = 0;
    return fd >= 0 && drmGetCap(fd, DRM_CAP_PRIME, &ignored) != 0 && errno == ENODEV;
}

std::string device_place(int fd) {
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0)
        return "";
    std::error_code failed;
    const fs::path place = fs::canonical(
        formatted("/sys/dev/char/{}:{}/device", major(status.st_rdev), minor(status.st_rdev)),
        failed);
    return failed ? "" : place.string();
}

std::string card_in(const std::string& place) {
    return node_in(place, "card");
}

std::string render_node_in(const std::string& place) {
    return node_in(place, "renderD");
}

std::vector<std::string> card_paths() {
    std::vector<std::string> paths;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator{"/dev/dri", failed}) {
        if (entry.path().filename().string().starts_with("card"))
            paths.push_back(entry.path());
    }
    std::ranges::sort(paths);
    return paths;
}

} // namespace tarmac::compositor
