// What tarmac-inspect says of a machine, against what the library decides on there.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <drm_fourcc.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <tarmac/texture_builder.hpp>

#include "dmabuf/memory_kind.hpp"
#include "import/decision.hpp"
#include "inspect/program.hpp"
#include "support/dmabuf_source.hpp"
#include "support/format_layout.hpp"
#include "support/local_renderer.hpp"
#include "support/render_node.hpp"
#include "wlr/renderer_facts.hpp"

using namespace test;
using nlohmann::json;

namespace {

std::uint64_t number(const json& text) {
    return std::stoull(text.get<std::string>(), nullptr, 0);
}

tarmac::FormatModifier pair_of(const json& outcome) {
    return {static_cast<std::uint32_t>(number(outcome.at("fourcc"))),
            number(outcome.at("modifier_code"))};
}

/// An image in `dmabuf`, its planes one after the other.
tarmac::Dmabuf image_of(const FormatLayout& layout, std::uint64_t modifier,
                        const tarmac::Fd& dmabuf) {
    constexpr unsigned Width = 64, Height = 48;
    tarmac::TextureBuilder builder;
    builder.set_size(Width, Height)
        .set_format(layout.fourcc, modifier)
        .set_n_planes(layout.n_planes);
    std::size_t offset = 0;
    for (unsigned i = 0; i < layout.n_planes; ++i) {
        const std::size_t stride = layout.row_bytes(i, Width);
        builder.set_plane(i, std::move(*dmabuf.duplicate()), static_cast<std::uint32_t>(offset),
                          static_cast<std::uint32_t>(stride));
        offset += stride * layout.rows(i, Height);
    }
    auto image = std::move(builder).build_dmabuf();
    REQUIRE(image);
    return std::move(*image);
}

std::string decided_way(const tarmac::RendererFacts& facts, const tarmac::Dmabuf& image) {
    const auto way =
        tarmac::decide(facts, tarmac::ImageFacts::of(image, facts, tarmac::memory_kind(image)),
                       tarmac::Colors::of(image));
    return way ? std::string{tarmac::way_name(*way)} : "refused";
}

/// The driver of the tests' render node.
std::string render_driver() {
    return drm_nodes_of("vgem").render == RenderNode ? "vgem" : "";
}

} // namespace

TEST_CASE("the matrix has the machine's devices, what they scan out, and the versions") {
    const json report = inspect_matrix("1");
    for (const std::string driver : {"vgem", "vkms"}) {
        const DrmNodes nodes = drm_nodes_of(driver);
        std::set<std::string> paths, expected{nodes.card};
        const json device = device_in(report, driver);
        for (const auto& node : device.at("nodes")) {
            paths.insert(node.at("path").get<std::string>());
            CHECK_FALSE(node.contains("problem"));
        }
        if (!nodes.render.empty())
            expected.insert(nodes.render);
        CHECK(paths == expected);
    }
    std::set<std::string> scanned_out;
    const json card = device_in(report, "vkms");
    for (const auto& pair : card.at("scanout").at("formats"))
        scanned_out.insert(pair.at("format").get<std::string>() + " " +
                           pair.at("modifier").get<std::string>());
    CHECK(scanned_out.contains("XR24 (XRGB8888) LINEAR"));
    CHECK(device_in(report, "vgem").at("scanout").at("problem") == "it has no screens");
    for (const char* name : {"tarmac", "kernel", "wlroots", "libdrm"}) {
        INFO(name);
        CHECK_FALSE(report.at("versions").at(name).get<std::string>().empty());
    }
    CHECK(renderer_in(report, "gles2", "").at("driver").get<std::string>().contains("Mesa"));
    CHECK(renderer_in(report, "vulkan", "").at("driver").get<std::string>().contains("Mesa"));
    CHECK(renderer_in(report, "vulkan", "vgem")
              .at("problem")
              .get<std::string>()
              .contains("Vulkan has no driver for this device"));
}

TEST_CASE("the matrix has each pair, and the way that the library decides on") {
    const std::string name = GENERATE("gles2", "vulkan", "pixman");
    INFO(name);
    LocalRenderer& renderer = LocalRenderer::shared(name);
    const auto facts = tarmac::RendererFacts::of(renderer.get());
    const tarmac::Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, 1 << 17);
    const json told =
        renderer_in(inspect_matrix("1"), name, name == "gles2" ? render_driver() : "");
    CHECK(told.at("draws_on_cpu") == (facts->draws_on_cpu || name == "pixman"));
    CHECK(told.at("imports_udmabufs") == facts->imports_udmabufs);
    CHECK(told.at("max_size") == json{facts->max_size.width, facts->max_size.height});
    tarmac::FormatSet pairs, imported;
    for (const auto& outcome : told.at("outcomes")) {
        const tarmac::FormatModifier pair = pair_of(outcome);
        INFO(outcome);
        CHECK(outcome.at("format") == tarmac::fourcc_name(pair.fourcc));
        CHECK(outcome.at("modifier") == tarmac::modifier_name(pair.modifier));
        CHECK(pairs.add(pair));
        if (outcome.at("way") == "imported")
            imported.add(pair);
        CHECK((outcome.at("way") == "refused") == outcome.contains("reason"));
        if (const FormatLayout* layout = find_format_layout(pair.fourcc))
            CHECK(outcome.at("way") ==
                  decided_way(*facts, image_of(*layout, pair.modifier, dmabuf)));
    }
    CHECK(imported.has_same_pairs(tarmac::importable_formats(*facts)));
    CHECK(tarmac::readable_formats(*facts).without(pairs).empty());
    for (const tarmac::PixelFormat& format : tarmac::all_pixel_formats()) {
        INFO(format.name);
        CHECK(pairs.contains({format.fourcc, DRM_FORMAT_MOD_LINEAR}) == format.has_linear_layout());
    }
}

TEST_CASE("what is measured is as near to the reference as the page on formats says") {
    const json report = inspect_matrix("20");
    for (const std::string name : {"gles2", "vulkan", "pixman"}) {
        const json told = renderer_in(report, name, "");
        CHECK(told.at("memory") == "udmabuf");
        CHECK_FALSE(told.contains("problem"));
        // Vulkan makes more of a step in what is nearly transparent.
        const int tolerance = name == "vulkan" ? 5 : 2;
        std::set<std::uint32_t> measured;
        for (const auto& outcome : told.at("outcomes")) {
            INFO(name << ": " << outcome);
            CHECK(outcome.contains("difference") == outcome.contains("mb_per_second"));
            if (!outcome.contains("difference"))
                continue;
            measured.insert(pair_of(outcome).fourcc);
            CHECK(outcome.at("difference").size() == 3);
            for (const auto& channel : outcome.at("difference"))
                CHECK(channel <= tolerance);
            CHECK(outcome.at("mb_per_second") > 0);
        }
        for (const std::uint32_t fourcc : {DRM_FORMAT_XRGB8888, DRM_FORMAT_NV12}) {
            INFO(name << ": " << tarmac::fourcc_name(fourcc));
            CHECK(measured.contains(fourcc));
        }
    }
}

TEST_CASE("what isn't reached in time is in the matrix with its way alone") {
    const json told = renderer_in(inspect_matrix("1"), "pixman", "");
    const auto& last = told.at("outcomes").back();
    CHECK(last.at("way") == "converted");
    CHECK(last.at("unmeasured") == "there was no time left");
    CHECK_FALSE(last.contains("difference"));
}

TEST_CASE("the matrix as text fits a terminal, and has no colours in a file") {
    const Ended ended = run_inspect({"matrix", "--seconds", "1"});
    CHECK(ended.status == 0);
    CHECK_FALSE(ended.output.contains('\033'));
    std::istringstream text{ended.output};
    std::size_t n_lines = 0;
    for (std::string line; std::getline(text, line); ++n_lines) {
        INFO(line);
        CHECK(line.size() <= 80);
        CHECK_FALSE(line.ends_with(' '));
    }
    CHECK(n_lines > 100);
    CHECK(ended.output.contains("vkms 1.0.0"));
    CHECK(ended.output.contains("\nNV12           converted"));
}

TEST_CASE("the matrix as a page needs nothing else") {
    const std::string path = "/tmp/tarmac-inspect-test.html";
    REQUIRE(run_inspect({"matrix", "--json", "--seconds", "1", "--html", path}).status == 0);
    std::ifstream file{path};
    const std::string page{std::istreambuf_iterator<char>{file}, {}};
    std::filesystem::remove(path);
    for (const char* part :
         {"<!DOCTYPE html>", "gles2 on vgem", "pixman", "vkms's screens", "XR24 (XRGB8888)",
          "<td class=\"imported\"", "title=\"there was no time left\"", "Mesa"}) {
        INFO(part);
        CHECK(page.contains(part));
    }
    for (const char* part : {"http:", "https:", "src=", "href=", "<script", "@import"}) {
        INFO(part);
        CHECK_FALSE(page.contains(part));
    }
}

TEST_CASE("a page that can't be written is told of") {
    const Ended ended =
        run_inspect({"matrix", "--seconds", "1", "--html", "/proc/no/such/directory.html"});
    CHECK(ended.status == 1);
    CHECK(ended.output.contains("/proc/no/such/directory.html can't be written: No such file"));
}
