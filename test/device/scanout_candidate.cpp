// Which surface an output could scan out: what is above it, behind it, and how much of the output
// it covers.

#include <catch2/catch_test_macros.hpp>
#include <wayland-client.h>

#include "protocol/cases.hpp"
#include "scene/scanout_candidate.hpp"
#include "support/local_scene.hpp"

using namespace tarmac;
using test::CardHeight;
using test::CardWidth;

namespace {

/// A picture in this process's memory.
struct MemoryBuffer {
    static constexpr int Width = 16, Height = 8;
    wlr_buffer buffer{};
    std::uint32_t pixels[Width * Height] = {};

    /// For whoever locks it, and nobody else.
    static wlr_buffer* create() {
        static constexpr wlr_buffer_impl functions = {
            .destroy =
                [](wlr_buffer* buffer) {
                    wlr_buffer_finish(buffer);
                    delete reinterpret_cast<MemoryBuffer*>(buffer);
                },
            .get_dmabuf = nullptr,
            .get_shm = nullptr,
            .begin_data_ptr_access =
                [](wlr_buffer* buffer, std::uint32_t, void** data, std::uint32_t* format,
                   std::size_t* stride) {
                    *data = reinterpret_cast<MemoryBuffer*>(buffer)->pixels;
                    *format = DRM_FORMAT_XRGB8888;
                    *stride = Width * 4;
                    return true;
                },
            .end_data_ptr_access = [](wlr_buffer*) {},
        };
        auto* created = new MemoryBuffer;
        wlr_buffer_init(&created->buffer, &functions, Width, Height);
        return &created->buffer;
    }
};

template <class Node>
void set_encoding(Node& node, wlr_color_encoding encoding, wlr_color_range range) {
    if constexpr (requires { node.color_encoding; })
        node.color_encoding = encoding, node.color_range = range;
    else
        SKIP("the scene of wlroots before 0.20 has no encodings");
}
template <class Node>
void set_colors(Node& node, wlr_color_transfer_function transfer,
                wlr_color_named_primaries primaries) {
    if constexpr (requires { node.transfer_function; })
        node.transfer_function = transfer, node.primaries = primaries;
    else
        SKIP("the scene of wlroots before 0.20 has no transfer functions");
}

struct Fixture : test::LocalScene {
    bool is_candidate() { return find_scanout_candidate(first->scene_output()) == shown->surface; }
    /// Above the surface.
    wlr_scene_buffer* show_picture() {
        wlr_buffer* picture = MemoryBuffer::create();
        wlr_scene_buffer* node = wlr_scene_buffer_create(&scene->tree, picture);
        wlr_buffer_drop(picture);
        return node;
    }
    wlr_scene_rect* show_rect_behind(const float (&color)[4]) {
        wlr_scene_rect* rect = wlr_scene_rect_create(&scene->tree, CardWidth, CardHeight, color);
        wlr_scene_node_lower_to_bottom(&rect->node);
        return rect;
    }
};

/// Draws what is in `scene` once, which moves pictures into textures.
void draw(test::LocalRenderer& renderer, wlr_scene* scene) {
    wlr_allocator* allocator = wlr_allocator_autocreate(renderer.backend(), renderer.get());
    REQUIRE(allocator);
    wlr_output* output = wlr_headless_add_output(renderer.backend(), CardWidth, CardHeight);
    REQUIRE(output);
    REQUIRE(wlr_output_init_render(output, allocator, renderer.get()));
    wlr_output_state state;
    wlr_output_state_init(&state);
    wlr_output_state_set_enabled(&state, true);
    CHECK(wlr_output_commit_state(output, &state));
    wlr_output_state_finish(&state);
    CHECK(wlr_scene_output_commit(wlr_scene_output_create(scene, output), nullptr));
    wlr_output_destroy(output);
    wlr_allocator_destroy(allocator);
}

} // namespace

TEST_CASE_METHOD(Fixture, "a picture above that is in a texture alone is seen where it is") {
    wlr_scene_output_set_position(&second->scene_output(), CardWidth, 0);
    wlr_scene_buffer* above = show_picture();
    draw(renderer, scene);
    REQUIRE(above->buffer == nullptr);
    CHECK_FALSE(is_candidate());

    wlr_scene_node_set_position(&above->node, CardWidth, 0);
    CHECK(is_candidate());
    CHECK(find_scanout_candidate(second->scene_output()) == nullptr);

    wlr_scene_node_set_position(&above->node, 0, 0);
    CHECK_FALSE(is_candidate());
    wlr_scene_buffer_set_buffer(above, nullptr);
    CHECK(is_candidate());
}

TEST_CASE_METHOD(Fixture, "a picture counts where it is seen") {
    wlr_scene_buffer* above = show_picture();
    const auto move_to = [&](int x, int y) { wlr_scene_node_set_position(&above->node, x, y); };
    CHECK_FALSE(is_candidate());
    move_to(-MemoryBuffer::Width, 0);
    CHECK(is_candidate());
    move_to(1 - MemoryBuffer::Width, 0);
    CHECK_FALSE(is_candidate());
    wlr_scene_buffer_set_transform(above, WL_OUTPUT_TRANSFORM_90);
    CHECK(is_candidate());
    move_to(0, 1 - MemoryBuffer::Width);
    CHECK_FALSE(is_candidate());
    wlr_scene_buffer_set_dest_size(above, 1, 1);
    CHECK(is_candidate());
    move_to(0, 0);
    CHECK_FALSE(is_candidate());
    wlr_scene_buffer_set_opacity(above, 0);
    CHECK(is_candidate());
    wlr_scene_buffer_set_opacity(above, 0.5);
    wlr_scene_node_set_enabled(&above->node, false);
    CHECK(is_candidate());
    wlr_scene_node_set_enabled(&above->node, true);
    // Behind an opaque surface it isn't seen.
    wlr_scene_node_lower_to_bottom(&above->node);
    CHECK(is_candidate());
    wlr_scene_buffer_set_opacity(shown->buffer, 0.5);
    CHECK_FALSE(is_candidate());
}

TEST_CASE_METHOD(Fixture, "nothing but black counts as nothing behind a surface") {
    wlr_scene_buffer_set_opacity(shown->buffer, 0.5);
    const float black[] = {0, 0, 0, 1}, grey[] = {0.5, 0.5, 0.5, 1}, clear[] = {1, 1, 1, 0};
    wlr_scene_rect* behind = show_rect_behind(black);
    CHECK(is_candidate());
    wlr_scene_rect_set_color(behind, grey);
    CHECK_FALSE(is_candidate());
    wlr_scene_rect_set_color(behind, clear);
    CHECK(is_candidate());
    wlr_scene_rect_set_color(behind, grey);
    wlr_scene_node_set_position(&behind->node, CardWidth, 0);
    CHECK(is_candidate());
}

TEST_CASE_METHOD(Fixture, "a surface that doesn't cover all of an output is no candidate") {
    for (const auto& [x, y] : {std::pair{1, 0}, {0, 1}, {-1, 0}, {0, -1}}) {
        wlr_scene_node_set_position(&shown->buffer->node, x, y);
        CHECK_FALSE(is_candidate());
    }
}

TEST_CASE_METHOD(Fixture,
                 "a surface above another leaves neither a candidate if it shines through") {
    wlr_scene_buffer* above = wlr_scene_surface_create(&scene->tree, shown->surface)->buffer;
    CHECK(is_candidate());
    wlr_scene_buffer_set_opacity(above, 0.5);
    CHECK_FALSE(is_candidate());
}

TEST_CASE_METHOD(Fixture, "an output that is off has no candidate") {
    CHECK(is_candidate());
    first->disable();
    CHECK_FALSE(is_candidate());
}

TEST_CASE_METHOD(Fixture, "a surface that wlroots composes for the scene or its output is none") {
    CHECK(is_candidate());
    wlr_output& output = *first->scene_output().output;
    SECTION("scanout is switched off") {
        scene->WLR_PRIVATE.direct_scanout = false;
    }
    SECTION("damage is shown") {
        scene->WLR_PRIVATE.debug_damage_option = WLR_SCENE_DEBUG_DAMAGE_HIGHLIGHT;
    }
    SECTION("somebody captures the output") {
        wlr_output_lock_attach_render(&output, true);
    }
    SECTION("a cursor is drawn") {
        wlr_output_cursor* cursor = wlr_output_cursor_create(&output);
        CHECK(is_candidate());
        cursor->enabled = cursor->visible = true;
        CHECK_FALSE(is_candidate());
        output.hardware_cursor = cursor;
        CHECK(is_candidate());
        output.hardware_cursor = nullptr;
    }
    CHECK_FALSE(is_candidate());
}

TEST_CASE_METHOD(Fixture, "a surface that is turned is none") {
    CHECK(is_candidate());
    wlr_scene_buffer& node = *shown->buffer;
    wlr_scene_buffer_set_dest_size(&node, CardWidth, CardHeight);
    wlr_scene_buffer_set_transform(&node, WL_OUTPUT_TRANSFORM_180);
    CHECK_FALSE(is_candidate());
}

TEST_CASE_METHOD(Fixture, "a surface whose colours a plane wouldn't show is none") {
    wlr_scene_buffer& node = *shown->buffer;
    SECTION("it is YUV in a matrix of its own") {
        set_encoding(node, WLR_COLOR_ENCODING_BT709, WLR_COLOR_RANGE_LIMITED);
        CHECK_FALSE(is_candidate());
    }
    SECTION("it has another transfer function") {
        set_colors(node, WLR_COLOR_TRANSFER_FUNCTION_ST2084_PQ, WLR_COLOR_NAMED_PRIMARIES_BT2020);
        CHECK_FALSE(is_candidate());
    }
}

TEST_CASE_METHOD(Fixture, "a surface whose colours are named as what they are anyway is one") {
    wlr_scene_buffer& node = *shown->buffer;
    set_encoding(node, WLR_COLOR_ENCODING_IDENTITY, WLR_COLOR_RANGE_FULL);
    set_colors(node, WLR_COLOR_TRANSFER_FUNCTION_GAMMA22, WLR_COLOR_NAMED_PRIMARIES_SRGB);
    CHECK(is_candidate());
}

TEST_CASE_METHOD(Fixture, "a surface in a format without alpha hides what is behind it") {
    show_rect_behind({0.5, 0.5, 0.5, 1});
    CHECK(is_candidate());
    show_card(DRM_FORMAT_YUYV);
    CHECK(is_candidate());
}

TEST_CASE_METHOD(Fixture, "a surface that calls itself opaque hides what is behind it") {
    show_rect_behind({0.5, 0.5, 0.5, 1});
    show_card(DRM_FORMAT_ARGB8888);
    CHECK_FALSE(is_candidate());
    wl_region* region = wl_compositor_create_region(client->compositor());
    wl_region_add(region, 0, 0, CardWidth, CardHeight - 1);
    wl_surface_set_opaque_region(surface, region);
    wl_surface_commit(surface);
    client->round_trip();
    CHECK_FALSE(is_candidate());
    wl_region_add(region, 0, 0, CardWidth, CardHeight);
    wl_surface_set_opaque_region(surface, region);
    wl_surface_commit(surface);
    client->round_trip();
    CHECK(is_candidate());
    wl_region_destroy(region);
}

TEST_CASE_METHOD(Fixture, "a surface without a buffer hides nothing") {
    wlr_scene_buffer* above = wlr_scene_surface_create(&scene->tree, shown->surface)->buffer;
    wlr_scene_buffer_set_buffer(above, nullptr);
    CHECK(above->dst_width == CardWidth);
    CHECK(is_candidate());
}
