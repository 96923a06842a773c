// What clients are told of when they bind the global.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <filesystem>
#include <set>
#include <sstream>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/compositor_process.hpp"
#include "support/local_renderer.hpp"
#include "support/many_descriptors.hpp"

using namespace test;
using tarmac::FormatModifier;

namespace {

using Pairs = std::set<std::pair<std::uint32_t, std::uint64_t>>;

Pairs pairs_of(const tarmac::FormatSet& formats) {
    Pairs pairs;
    for (const FormatModifier& pair : formats)
        pairs.emplace(pair.fourcc, pair.modifier);
    return pairs;
}

/// The pairs in lines like `0x34325258 = 'XR24'; 0x0000000000000000 = LINEAR`.
Pairs pairs_in(const std::string& output) {
    Pairs pairs;
    std::istringstream lines{output};
    for (std::string line; std::getline(lines, line);) {
        const auto fourcc = line.find("0x"), separator = line.find("'; 0x");
        if (fourcc == std::string::npos || separator == std::string::npos)
            continue;
        pairs.emplace(std::stoul(line.substr(fourcc), nullptr, 16),
                      std::stoull(line.substr(separator + 3), nullptr, 16));
    }
    return pairs;
}

std::string run_wayland_info(const CompositorProcess& compositor) {
    Process info{{"wayland-info", "-i", "zwp_linux_dmabuf_v1"}, {compositor.environment()}};
    CHECK(info.wait() == 0);
    return info.output();
}

ino_t inode_of(int fd) {
    struct stat status;
    REQUIRE(fstat(fd, &status) == 0);
    return status.st_ino;
}

/// Format tables that a process has open.
std::size_t count_tables(pid_t process) {
    const std::filesystem::directory_iterator fds{"/proc/" + std::to_string(process) + "/fd"};
    return static_cast<std::size_t>(std::count_if(begin(fds), end(fds), [](const auto& fd) {
        std::error_code gone;
        return std::filesystem::read_symlink(fd, gone).string().contains("tarmac-format-table");
    }));
}

} // namespace

TEST_CASE("wayland-info lists just what the renderer draws and what is read from memory") {
    LocalRenderer& local = LocalRenderer::shared();
    Pairs expected = pairs_of(local.importer().formats());
    const auto mapped = tarmac::create_mapped_importer(local.get(), 0);
    REQUIRE(mapped);
    expected.merge(pairs_of((*mapped)->formats()));

    CompositorProcess compositor;
    const std::string output = run_wayland_info(compositor);
    INFO(output);
    CHECK(pairs_in(output) == expected);
    CHECK(output.contains("version:  6"));
    CHECK(output.contains("/dev/dri/renderD128"));
    CHECK_FALSE(output.contains("failed"));
}

TEST_CASE("a thousand clients are told of one table") {
    constexpr std::size_t Count = 1000;
    const ManyDescriptors limit;
    if (limit.count() < 4 * Count)
        SKIP("this process may open only " << limit.count() << " descriptors");
    CompositorProcess compositor;
    std::vector<std::unique_ptr<RawClient>> clients;
    std::set<ino_t> tables;
    std::size_t told = 0;
    for (std::size_t i = 0; i < Count; ++i) {
        RawClient& client =
            *clients.emplace_back(std::make_unique<RawClient>(6, compositor.open_socket()));
        const ToldFeedback& feedback = client.feedback();
        told += feedback.times == 1 && !feedback.tranches.empty();
        tables.insert(inode_of(feedback.table_fd.get()));
    }
    CHECK(told == Count);
    CHECK(tables.size() == 1);
    CHECK(count_tables(compositor.process().pid()) == 1);
}

TEST_CASE("a client can't change the table that others read") {
    CompositorProcess compositor;
    RawClient client = compositor.connect(6);
    const int table = client.feedback().table_fd.get();
    CHECK(pwrite(table, "x", 1, 0) < 0);
    CHECK(ftruncate(table, 0) != 0);
    const std::string path = "/proc/self/fd/" + std::to_string(table);
    // Root may open it, and still not write.
    const tarmac::Fd reopened{open(path.c_str(), O_RDWR | O_CLOEXEC)};
    CHECK(pwrite(reopened.get(), "x", 1, 0) < 0);
    const tarmac::Fd truncated{open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC)};
    RawClient other = compositor.connect(6);
    CHECK(other.feedback().table.size() > 1);
    CHECK(other.feedback().table == client.feedback().table);
}

TEST_CASE("without a DRM device clients are told of the memory's own") {
    Stage stage{.drm_device = "", .environment = {"WLR_RENDERER_FORCE_SOFTWARE=1"}};
    SECTION("with GLES2") {
        stage.renderer = "gles2";
    }
    SECTION("with Vulkan") {
        stage.renderer = "vulkan";
    }
    SECTION("with pixman") {
        stage.renderer = "pixman";
    }
    struct stat udmabuf;
    if (stat("/dev/udmabuf", &udmabuf) != 0)
        SKIP("/dev/udmabuf is missing");
    CompositorProcess compositor{{}, stage};
    RawClient client = compositor.connect(5);
    const ToldFeedback& told = client.feedback();
    CHECK(told.main_device == udmabuf.st_rdev);
    REQUIRE_FALSE(told.tranches.empty());
    CHECK(told.tranches.front().device == udmabuf.st_rdev);
    CHECK(client.knows({DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR}));
    CHECK(client.knows({DRM_FORMAT_NV12, DRM_FORMAT_MOD_LINEAR}));
}

TEST_CASE("clients below version 4 hear of LINEAR beside INVALID, but for Xwayland") {
    CompositorProcess compositor;
    const auto knows = [&](std::uint64_t modifier) {
        const RawClient client = compositor.connect(3);
        return std::ranges::count(client.modifiers(),
                                  FormatModifier{DRM_FORMAT_XRGB8888, modifier}) == 1;
    };
    CHECK(knows(DRM_FORMAT_MOD_LINEAR));
    CHECK(knows(DRM_FORMAT_MOD_INVALID));

    char name[16];
    prctl(PR_GET_NAME, name);
    prctl(PR_SET_NAME, "Xwayland");
    CHECK_FALSE(knows(DRM_FORMAT_MOD_LINEAR));
    CHECK(knows(DRM_FORMAT_MOD_INVALID));
    prctl(PR_SET_NAME, name);
}
