// What only a GPU with memory of its own shows: ./run machine --gpu.

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "inspect/program.hpp"
#include "support/render_node.hpp"

using namespace test;
using nlohmann::json;

namespace {

/// Of a format in the LINEAR layout.
const json& outcome_in(const json& renderer, const std::string& format) {
    for (const auto& outcome : renderer.at("outcomes")) {
        if (outcome.at("format") == format && outcome.at("modifier") == "LINEAR")
            return outcome;
    }
    FAIL("no " << format << " in " << renderer.value("problem", ""));
    return renderer;
}

} // namespace

TEST_CASE("a GPU's own pictures and those of others each go their way", "[.gpu]") {
    drm_nodes_of("virtio_gpu");
    const json report = inspect_matrix("40");
    json own, others;
    for (const auto& renderer : report.at("renderers")) {
        const auto& device = renderer.at("device");
        if (renderer.at("name") == "gles2" && !device.is_null() &&
            report.at("devices").at(device.get<std::size_t>()).at("driver") == "virtio_gpu")
            (renderer.at("has_own_memory").get<bool>() ? own : others) = renderer;
    }
    CHECK(own.at("memory") == "virtio_gpu");
    CHECK(others.at("memory") == "udmabuf");
    // virgl takes no memory of others, and what it draws is hidden from who reads.
    CHECK(outcome_in(own, "XR24 (XRGB8888)").at("way") == "imported");
    CHECK(outcome_in(own, "XR24 (XRGB8888)").at("difference") == json{0, 0, 0});
    CHECK(outcome_in(own, "NV12").at("way") == "refused");
    CHECK(outcome_in(others, "XR24 (XRGB8888)").at("way") == "copied");
    CHECK(outcome_in(others, "XR24 (XRGB8888)").at("difference") == json{0, 0, 0});
    CHECK(outcome_in(others, "NV12").at("way") == "converted");
}
