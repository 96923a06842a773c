// What clients are told to allocate on where the renderer has no device of its own.

#include <catch2/catch_test_macros.hpp>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <tarmac/importer.hpp>
#include <thread>

#include "dmabuf/device.hpp"
#include "support/render_node.hpp"

using namespace tarmac;

namespace {

std::optional<dev_t> number_of(const std::string& path) {
    struct stat status;
    return stat(path.c_str(), &status) == 0 ? std::optional{status.st_rdev} : std::nullopt;
}

/// What find_device() finds on a machine whose `directory` is empty.
Result<dev_t> find_device_without(const char* directory) {
    Result<dev_t> found;
    bool is_hidden = false;
    // Threads may have file systems of their own.
    std::thread{[&] {
        is_hidden = unshare(CLONE_NEWNS) == 0 &&
                    mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                    mount("none", directory, "tmpfs", 0, nullptr) == 0;
        found = find_device(-1);
    }}.join();
    if (!is_hidden)
        SKIP("nothing can be mounted here");
    return found;
}

} // namespace

TEST_CASE("of a device it is known whether its buffers can be mapped") {
    const auto node = number_of(test::drm_nodes_of("vgem").render), none = number_of("/dev/null");
    REQUIRE(node);
    CHECK(can_map_buffers(*node) == true);
    CHECK_FALSE(can_map_buffers(*none));
    CHECK_FALSE(is_gpu(*node));
    CHECK_FALSE(is_gpu(*none));
}

TEST_CASE("without a renderer's device it is a render node, or else that of memory") {
    const auto node = number_of(test::drm_nodes_of("vgem").render),
               memory = number_of("/dev/udmabuf");
    REQUIRE(node);
    if (!memory)
        SKIP("/dev/udmabuf is missing");
    CHECK(find_device(-1) == *node);
    CHECK(find_device_without("/dev/dri") == *memory);
}
