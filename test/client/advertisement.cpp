// What clients are told of when they bind the global.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <filesystem>
#include <set>
#include <sstream>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/compositor_process.hpp"
#include "support/dmabuf_source.hpp"
#include "support/local_renderer.hpp"
#include "support/many_descriptors.hpp"
#include "support/stages.hpp"

using namespace test;
using tarmac::Fd;
using tarmac::FormatModifier;

namespace {

using Pair = std::pair<std::uint32_t, std::uint64_t>;

std::vector<Pair> pairs_of(const tarmac::FormatSet& formats) {
    std::vector<Pair> pairs;
    for (const FormatModifier& pair : formats)
        pairs.emplace_back(pair.fourcc, pair.modifier);
    return pairs;
}

/// All that wayland-info says of the global. Lists of pairs are sorted, and so are tranches.
struct Listing {
    struct Tranche {
        dev_t device = 0;
        std::string flags;
        std::vector<Pair> pairs;
        auto operator<=>(const Tranche&) const = default;
    };
    std::string version;
    dev_t main_device = 0;
    std::vector<Tranche> tranches;
    std::vector<std::string> others; ///< lines that are none of these

    void sort() {
        for (Tranche& tranche : tranches)
            std::ranges::sort(tranche.pairs);
        std::ranges::sort(tranches);
    }
};

/// What follows `key` in `line`.
std::optional<std::string> after(const std::string& line, const std::string& key) {
    const auto start = line.find(key);
    if (start == std::string::npos)
        return std::nullopt;
    return line.substr(line.find_first_not_of(' ', start + key.size()));
}

Listing parse(const std::string& output) {
    Listing listing;
    std::istringstream lines{output};
    for (std::string line; std::getline(lines, line);) {
        if (line == "\ttranche") {
            listing.tranches.emplace_back();
        } else if (const auto version = after(line, "'zwp_linux_dmabuf_v1',")) {
            listing.version = version->substr(0, version->find(", name"));
        } else if (const auto main = after(line, "\tmain device:")) {
            listing.main_device = std::stoull(*main, nullptr, 16);
        } else if (listing.tranches.empty()) {
            listing.others.push_back(line);
        } else if (const auto target = after(line, "\ttarget device:")) {
            listing.tranches.back().device = std::stoull(*target, nullptr, 16);
        } else if (const auto flags = after(line, "\tflags:")) {
            listing.tranches.back().flags = *flags;
        } else if (const auto modifier = after(line, "'; ")) {
            // 0x34325258 = 'XR24'; 0x0000000000000000 = LINEAR
            listing.tranches.back().pairs.emplace_back(std::stoul(line, nullptr, 16),
                                                       std::stoull(*modifier, nullptr, 16));
        } else if (!line.ends_with("formats (fourcc) and modifiers (names):")) {
            listing.others.push_back(line);
        }
    }
    listing.sort();
    return listing;
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
    const auto mapped = tarmac::create_mapped_importer(local.get(), local.importer().device());
    REQUIRE(mapped);
    const tarmac::FormatSet& drawn = local.importer().formats();
    const dev_t device = local.importer().device();
    Listing expected{
        .version = "version:  6",
        .main_device = device,
        .tranches = {{device, "none", pairs_of(drawn)}},
    };
    std::ranges::copy(pairs_of((*mapped)->formats().without(drawn)),
                      std::back_inserter(expected.tranches[0].pairs));
    expected.sort();

    CompositorProcess compositor;
    const std::string output = run_wayland_info(compositor);
    INFO(output);
    const Listing listing = parse(output);
    CHECK(listing.version == expected.version);
    CHECK(listing.main_device == expected.main_device);
    CHECK(listing.tranches == expected.tranches);
    CHECK(listing.others.empty());
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

TEST_CASE(
    "where nothing draws with a DRM device, clients are told of one whose buffers can be read") {
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
    const std::string path = drm_nodes_of("vgem").render;
    struct stat node;
    REQUIRE(stat(path.c_str(), &node) == 0);
    CompositorProcess compositor{{}, stage};
    RawClient client = compositor.connect(5);
    const ToldFeedback& told = client.feedback();
    CHECK(told.main_device == node.st_rdev);
    REQUIRE_FALSE(told.tranches.empty());
    CHECK(told.tranches.front().device == node.st_rdev);
    CHECK(client.knows({DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR}));
    CHECK(client.knows({DRM_FORMAT_NV12, DRM_FORMAT_MOD_LINEAR}));
}

TEST_CASE("clients below version 4 hear of LINEAR beside INVALID, but for Xwayland") {
    CompositorProcess compositor{{}, importing_stage()};
    const auto knows = [&](std::uint64_t modifier, std::uint32_t fourcc = DRM_FORMAT_XRGB8888) {
        const RawClient client = compositor.connect(3);
        return std::ranges::count(client.modifiers(), FormatModifier{fourcc, modifier}) == 1;
    };
    // Read from memory.
    constexpr std::uint32_t Mapped = DRM_FORMAT_BGR888;
    for (const std::uint32_t fourcc : {DRM_FORMAT_XRGB8888, Mapped}) {
        CHECK(knows(DRM_FORMAT_MOD_LINEAR, fourcc));
        CHECK(knows(DRM_FORMAT_MOD_INVALID, fourcc));
    }

    char name[16];
    prctl(PR_GET_NAME, name);
    prctl(PR_SET_NAME, "Xwayland");
    CHECK_FALSE(knows(DRM_FORMAT_MOD_LINEAR));
    CHECK(knows(DRM_FORMAT_MOD_INVALID));
    CHECK_FALSE(knows(DRM_FORMAT_MOD_LINEAR, Mapped));
    CHECK(knows(DRM_FORMAT_MOD_INVALID, Mapped));
    prctl(PR_SET_NAME, name);
}

TEST_CASE(
    "clients that name no modifier are told formats, whatever draws, and their buffers taken") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    CompositorProcess compositor{{}, importing_stage(renderer)};
    for (const unsigned version : {1u, 2u, 3u}) {
        INFO("version " << version);
        RawClient client = compositor.connect(version);
        for (const std::uint32_t fourcc : {DRM_FORMAT_XRGB8888, DRM_FORMAT_NV12}) {
            CHECK(client.knows({fourcc, DRM_FORMAT_MOD_INVALID}));
            const Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, 64 * 64 * 4);
            auto& params = client.create_params();
            client.add(params, dmabuf.get(), 0, 0, 64 * 4, DRM_FORMAT_MOD_INVALID);
            if (fourcc == DRM_FORMAT_NV12)
                client.add(params, dmabuf.get(), 1, 64 * 64, 64, DRM_FORMAT_MOD_INVALID);
            CHECK(client.create(params, 32, 32, fourcc).kind == Answer::Created);
        }
    }
}
