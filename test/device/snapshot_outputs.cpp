// Where surfaces are told to be seen, and why they aren't scanned out there.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <tarmac/scene_feedback.hpp>
#include <tarmac/snapshot.hpp>
#include <wayland-client.h>

#include "protocol/cases.hpp"
#include "support/local_scene.hpp"

using namespace tarmac;
using test::CardHeight;
using test::CardWidth;

namespace {

struct Fixture : test::LocalScene {
    std::optional<SceneFeedback> advice;

    Fixture() {
        advice.emplace(*global, loop);
        advice->follow(first->scene_output());
        advice->follow(second->scene_output());
    }
    std::vector<Snapshot::Output> seen() const {
        auto snapshot = global->snapshot();
        REQUIRE(snapshot);
        const auto id = wl_proxy_get_id(reinterpret_cast<wl_proxy*>(surface));
        const auto found = std::ranges::find(snapshot->surfaces, id, &Snapshot::Surface::id);
        REQUIRE(found != snapshot->surfaces.end());
        return found->outputs;
    }
    std::string reason() const { return seen().at(0).reason; }
    wlr_scene_rect* show_rect(int width, int height) {
        const float grey[] = {0.5, 0.5, 0.5, 1};
        return wlr_scene_rect_create(&scene->tree, width, height, grey);
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "a surface is told on the outputs that show it") {
    auto outputs = seen();
    REQUIRE(outputs.size() == 2);
    CHECK(outputs[0].name == "/dev/null");
    CHECK(outputs[1].name == "/dev/zero");
    wlr_scene_output_set_position(&second->scene_output(), CardWidth, 0);
    outputs = seen();
    REQUIRE(outputs.size() == 1);
    CHECK(outputs[0].name == "/dev/null");
    second->disable();
    wlr_scene_output_set_position(&second->scene_output(), 0, 0);
    CHECK(seen().size() == 1);
    wlr_scene_rect* above = show_rect(CardWidth, CardHeight);
    CHECK(seen().empty());
    wlr_scene_node_destroy(&above->node);
    wlr_scene_node_set_enabled(&shown->buffer->node, false);
    CHECK(seen().empty());
}

TEST_CASE_METHOD(Fixture, "outputs are told as long as somebody follows them") {
    second.reset();
    CHECK(seen().size() == 1);
    SceneFeedback moved = std::move(*advice);
    CHECK(seen().size() == 1);
    SECTION("another one takes over") {
        SceneFeedback next{*global, loop};
        CHECK(seen().empty());
        next.follow(first->scene_output());
        {
            const SceneFeedback gone = std::move(moved);
        }
        CHECK(seen().size() == 1);
    }
    {
        const SceneFeedback gone = std::move(moved);
    }
    CHECK(seen().empty());
}

TEST_CASE_METHOD(Fixture, "a surface that is scanned out is told so") {
    // What wlr_scene asks it for before it tries.
    first->scene_output().output->renderer = renderer.get();
    REQUIRE(wlr_scene_output_commit(&first->scene_output(), nullptr));
    const auto outputs = seen();
    CHECK(outputs.at(0).is_scanned_out);
    CHECK(outputs.at(0).reason.empty());
    CHECK_FALSE(outputs.at(1).is_scanned_out);
    CHECK(outputs.at(1).reason ==
          "the output refused it when wlroots tried, or nothing was shown since it could be");
    first->scene_output().output->renderer = nullptr;
}

TEST_CASE_METHOD(Fixture, "the reason is told why a surface isn't scanned out") {
    wlr_output& output = *first->scene_output().output;
    wlr_scene_buffer& node = *shown->buffer;
    CHECK(reason().starts_with("the output refused it"));
    SECTION("a format that the plane lacks") {
        show_card(DRM_FORMAT_ARGB8888);
        wl_region* region = wl_compositor_create_region(client->compositor());
        wl_region_add(region, 0, 0, CardWidth, CardHeight);
        wl_surface_set_opaque_region(surface, region);
        wl_region_destroy(region);
        wl_surface_commit(surface);
        client->round_trip();
        CHECK(reason() == "the output's plane doesn't show AR24 (ARGB8888) with modifier LINEAR");
    }
    SECTION("something above") {
        show_rect(1, 1);
        CHECK(reason() == "something lies above it");
    }
    SECTION("another surface above") {
        wlr_scene_buffer* above = wlr_scene_surface_create(&scene->tree, shown->surface)->buffer;
        wlr_scene_buffer_set_dest_size(above, 1, 1);
        CHECK(reason() == "it doesn't cover the output");
    }
    SECTION("something shines through") {
        wlr_scene_node_lower_to_bottom(&show_rect(CardWidth, CardHeight)->node);
        wlr_scene_buffer_set_opacity(&node, 0.5);
        CHECK(reason() == "what lies behind it is seen through it or beside it");
    }
    SECTION("it is too small") {
        wlr_scene_node_set_position(&node.node, 1, 0);
        CHECK(reason() == "it doesn't cover the output");
    }
    SECTION("it is turned") {
        wlr_scene_buffer_set_transform(&node, WL_OUTPUT_TRANSFORM_180);
        CHECK(reason() == "it is turned otherwise than the output");
    }
    SECTION("a capture") {
        wlr_output_lock_attach_render(&output, true);
        CHECK(reason() == "somebody captures the output");
        wlr_output_lock_attach_render(&output, false);
    }
    SECTION("a cursor") {
        wlr_output_cursor* cursor = wlr_output_cursor_create(&output);
        cursor->enabled = cursor->visible = true;
        CHECK(reason() == "a cursor is drawn on the output");
    }
    SECTION("scanout is off") {
        scene->WLR_PRIVATE.direct_scanout = false;
        CHECK(reason() == "scanout is switched off (WLR_SCENE_DISABLE_DIRECT_SCANOUT)");
    }
}
