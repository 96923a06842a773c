// What tarmac-inspect says where it isn't let, or where something is missing or broken.

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "inspect/program.hpp"
#include "support/render_node.hpp"
#include "support/sanitizer.hpp"

using namespace test;
using nlohmann::json;

namespace {

std::string problem_of(const json& node) {
    return node.value("problem", "");
}

const json& node_in(const json& device, const std::string& path) {
    for (const auto& node : device.at("nodes")) {
        if (node.at("path") == path)
            return node;
    }
    FAIL(path << " isn't in " << device);
    return device;
}

bool is_any_measured(const json& renderer) {
    for (const auto& outcome : renderer.at("outcomes")) {
        if (outcome.contains("difference"))
            return true;
    }
    return false;
}

std::vector<std::string> operator+(std::vector<std::string> a, const std::vector<std::string>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

} // namespace

TEST_CASE("an ordinary user is told what can't be opened, and what would help") {
    const DrmNodes nodes = drm_nodes_of("vgem");
    const json report = inspect_matrix("2", as_nobody());
    const std::string problem = problem_of(node_in(device_in(report, "vgem"), nodes.render));
    CHECK(problem.starts_with("Permission denied: it belongs to root:render with mode 0660"));
    CHECK(problem.contains("sudo usermod -aG render nobody"));
    CHECK(problem_of(node_in(device_in(report, "vgem"), nodes.card)).contains("-aG video nobody"));
    CHECK(device_in(report, "vkms").at("scanout").contains("problem"));
    for (const auto& maker : report.at("makers")) {
        INFO(maker);
        CHECK(problem_of(maker).starts_with("Permission denied: it belongs to root:root"));
    }
    CHECK(renderer_in(report, "gles2", "vgem")
              .at("problem")
              .get<std::string>()
              .contains("Permission denied"));
    // What is decided on needs no device.
    const json pixman = renderer_in(report, "pixman", "");
    CHECK(pixman.at("outcomes").size() > 100);
    CHECK(pixman.at("outcomes").front().at("unmeasured") == "nobody here makes dma-bufs");
    CHECK_FALSE(is_any_measured(pixman));
}

TEST_CASE("a node that may only be read is told of as such") {
    const json report =
        inspect_matrix("1", in_namespace("mount -t tmpfs none /dev/dri\n"
                                         "mknod -m 444 /dev/dri/renderD128 c 226 128") +
                                as_nobody());
    const std::string problem =
        problem_of(node_in(report.at("devices").at(0), "/dev/dri/renderD128"));
    CHECK(problem.contains("mode 0444, so it may only be read, and drawing wants both"));
}

TEST_CASE("a machine without DRM devices has a matrix of what draws on the CPU") {
    const json report = inspect_matrix("8", in_namespace("mount -t tmpfs none /dev/dri"));
    CHECK(report.at("devices").empty());
    CHECK(report.at("no_devices").get<std::string>().contains("/dev/dri"));
    CHECK(report.at("renderers").size() == 3);
    CHECK(is_any_measured(renderer_in(report, "pixman", "")));
    CHECK(renderer_in(report, "pixman", "").at("memory") == "udmabuf");
}

TEST_CASE("a machine that makes no memory for pictures says what would") {
    const json report =
        inspect_matrix("1", in_namespace("mount -t tmpfs none /dev/dri\n"
                                         "mkdir /tmp/no-devices\n"
                                         "for node in null zero urandom; do\n"
                                         "    touch /tmp/no-devices/$node\n"
                                         "    mount --bind /dev/$node /tmp/no-devices/$node\n"
                                         "done\n"
                                         "mount --rbind /tmp/no-devices /dev"));
    CHECK(report.at("no_devices").get<std::string>().starts_with("there is no /dev/dri"));
    for (const auto& maker : report.at("makers"))
        CHECK(problem_of(maker).starts_with("No such file or directory"));
    CHECK(problem_of(report.at("makers").at(0)).contains("sudo modprobe udmabuf"));
    CHECK_FALSE(is_any_measured(renderer_in(report, "pixman", "")));
}

TEST_CASE("a driver that crashes or hangs is named, and takes no other with it") {
    if (HasAddressSanitizer)
        SKIP("what is put before libEGL would come before the sanitizer");
    const auto with = [](const std::string& fault) {
        return inspect_matrix("2", {}, {"LD_PRELOAD=" BROKEN_EGL, "BROKEN_EGL=" + fault});
    };
    const json crashed = with("crash");
    CHECK(renderer_in(crashed, "gles2", "").at("problem") ==
          "its driver crashed: Aborted (eglInitialize is broken)");
    CHECK(renderer_in(crashed, "gles2", "vgem").contains("problem"));
    CHECK(renderer_in(crashed, "pixman", "").at("outcomes").size() > 100);
    const json hung = with("hang");
    CHECK(renderer_in(hung, "gles2", "").at("problem") ==
          "its driver didn't come to an end in time");
    CHECK(renderer_in(hung, "pixman", "").at("outcomes").size() > 100);
}
