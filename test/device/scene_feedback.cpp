// Advice on scanout in this process, on outputs that are told when to look: what happens when.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <optional>
#include <sys/stat.h>
#include <tarmac/scene_feedback.hpp>
#include <wayland-client.h>

#include "protocol/cases.hpp"
#include "support/dmabuf_source.hpp"
#include "support/fake_output.hpp"
#include "support/feedback.hpp"
#include "support/local_compositor.hpp"
#include "support/local_renderer.hpp"
#include "support/raw_client.hpp"
#include "wlroots/listener.hpp"
#include "wlroots/scanout_candidate.hpp"

using namespace tarmac;
using test::CardHeight;
using test::CardStride;
using test::CardWidth;
using test::FakeOutput;
using test::RawClient;
using test::ToldFeedback;

namespace {

constexpr FormatModifier XrgbLinear{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR};
constexpr FormatModifier ArgbLinear{DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR};
constexpr FormatModifier RgbLinear{DRM_FORMAT_RGB565, DRM_FORMAT_MOD_LINEAR};
/// The renderer has no such modifier.
constexpr FormatModifier XrgbForeign{DRM_FORMAT_XRGB8888, 0x0100000000000001};

constexpr std::chrono::milliseconds SettlingTime{100};

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

/// A compositor with two outputs that show the same surface, which fills both.
struct Fixture {
    test::LocalCompositor compositor;
    test::LocalRenderer& renderer = test::LocalRenderer::shared();
    wl_event_loop* loop = wl_display_get_event_loop(compositor.display());
    wlr_scene* scene = wlr_scene_create();
    std::optional<FakeOutput> first, second;
    std::optional<LinuxDmabuf> global;
    std::optional<SceneFeedback> advice;
    std::optional<RawClient> client;
    Listener new_surface;
    wl_surface* surface = nullptr;
    wlr_scene_surface* shown = nullptr;
    const ToldFeedback* told = nullptr;

    Fixture() {
        wlr_compositor* surfaces = wlr_compositor_create(compositor.display(), 6, renderer.get());
        auto created = LinuxDmabuf::create(compositor.display(), renderer.importer());
        REQUIRE(created);
        global = std::move(*created);
        first.emplace(loop, scene, 0, CardWidth, CardHeight, "/dev/null",
                      FormatSet{XrgbForeign, RgbLinear, XrgbLinear});
        second.emplace(loop, scene, 0, CardWidth, CardHeight, "/dev/zero", FormatSet{XrgbLinear});
        follow_both();

        // The last version that hears of a main device; it hears of no sampling.
        client.emplace(5u, compositor.connect(), compositor.pump());
        new_surface.connect<wlr_surface>(
            surfaces->events.new_surface, [this](wlr_surface* created) {
                shown = wlr_scene_surface_create(&scene->tree, created);
            });
        create_surface();
    }
    ~Fixture() {
        new_surface.disconnect();
        if (surface)
            wl_surface_destroy(surface);
        client.reset();
        wl_display_destroy_clients(compositor.display());
        advice.reset();
        global.reset();
        first.reset();
        second.reset();
        wlr_scene_node_destroy(&scene->tree.node);
    }

    void create_surface() {
        surface = wl_compositor_create_surface(client->compositor());
        told = &client->feedback(surface);
        REQUIRE(shown);
        show_card(DRM_FORMAT_XRGB8888);
    }
    void show_card(std::uint32_t fourcc) {
        const Fd dmabuf = test::allocate_dmabuf(test::Exporter::Udmabuf, test::CardSize);
        auto& params = client->create_params();
        client->add(params, dmabuf.get(), 0, 0, CardStride, DRM_FORMAT_MOD_LINEAR);
        REQUIRE(client->create(params, CardWidth, CardHeight, fourcc).kind ==
                test::Answer::Created);
        wl_surface_attach(surface, params.buffer, 0, 0);
        wl_surface_commit(surface);
        client->round_trip();
    }

    void follow_both() {
        advice.emplace(*global, loop, renderer.importer().formats(), SettlingTime);
        // The other way round, so that coming first in no list decides for the first.
        advice->follow(second->scene_output());
        advice->follow(first->scene_output());
    }

    /// Above the surface.
    wlr_scene_buffer* show_picture() {
        wlr_buffer* picture = MemoryBuffer::create();
        wlr_scene_buffer* node = wlr_scene_buffer_create(&scene->tree, picture);
        wlr_buffer_drop(picture);
        return node;
    }
    bool await_told(unsigned times) {
        return client->wait_until([&] { return told->times >= times; });
    }
    /// What has settled by then is told.
    void let_settle() {
        const auto end = std::chrono::steady_clock::now() + 3 * SettlingTime;
        while (std::chrono::steady_clock::now() < end)
            client->round_trip();
    }
    bool is_told_of_scanout(const FakeOutput& output) const {
        const auto& tranche = told->tranches.front();
        return tranche.flags == 1 && tranche.device == output.device();
    }
    bool is_told_default() const {
        return told->tranches.size() == global->default_feedback()->tranches().size() &&
               told->tranches.front().flags == 0;
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

TEST_CASE_METHOD(Fixture,
                 "what a surface is told of scanout is what both output and renderer have") {
    REQUIRE(told->times == 1);
    first->commit();
    client->round_trip();
    CHECK(told->times == 1);
    REQUIRE(await_told(2));
    CHECK(is_told_of_scanout(*first));
    CHECK(std::ranges::is_permutation(told->tranches.front().formats,
                                      std::vector{RgbLinear, XrgbLinear}));
    CHECK(told->tranches.size() == 1 + global->default_feedback()->tranches().size());
    // The table has the same pairs as before, so it is the same.
    struct stat table, default_table;
    REQUIRE(fstat(told->table_fd.get(), &table) == 0);
    REQUIRE(fstat(global->default_feedback()->table().fd(), &default_table) == 0);
    CHECK(table.st_ino == default_table.st_ino);
}

TEST_CASE_METHOD(Fixture, "an output that looks away and back keeps none from settling elsewhere") {
    const float grey[] = {0.5, 0.5, 0.5, 1};
    wlr_scene_rect* above = wlr_scene_rect_create(&scene->tree, 4, 4, grey);
    // Seen by the second output alone, whenever that looks.
    wlr_scene_output_set_position(&first->scene_output(), 4, 0);
    wlr_scene_buffer_set_dest_size(shown->buffer, CardWidth + 4, CardHeight);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{5};
    bool is_seen = true;
    while (told->times == 1 && std::chrono::steady_clock::now() < end) {
        wlr_scene_node_set_enabled(&above->node, is_seen);
        is_seen = !is_seen;
        first->commit();
        second->commit();
        REQUIRE(client->round_trip());
    }
    CHECK(told->times == 2);
    CHECK(is_told_of_scanout(*first));
}

TEST_CASE_METHOD(Fixture, "a surface keeps the advice of one output while another shows it too") {
    first->commit();
    REQUIRE(await_told(2));
    second->commit();
    let_settle();
    CHECK(told->times == 2);
    CHECK(is_told_of_scanout(*first));
}

TEST_CASE_METHOD(Fixture,
                 "a surface that is back before another output's advice settled keeps its") {
    first->commit();
    REQUIRE(await_told(2));
    wlr_scene_output_set_position(&first->scene_output(), 1, 0);
    second->commit();
    first->commit();
    client->round_trip();
    wlr_scene_output_set_position(&first->scene_output(), 0, 0);
    first->commit();
    let_settle();
    CHECK(told->times == 2);
    CHECK(is_told_of_scanout(*first));
}

TEST_CASE_METHOD(Fixture, "a surface that is back before it settled is told nothing") {
    first->commit();
    REQUIRE(await_told(2));
    wlr_scene_node_set_enabled(&shown->buffer->node, false);
    first->commit();
    client->round_trip();
    wlr_scene_node_set_enabled(&shown->buffer->node, true);
    first->commit();
    let_settle();
    CHECK(told->times == 2);

    wlr_scene_node_set_enabled(&shown->buffer->node, false);
    first->commit();
    client->round_trip();
    CHECK(told->times == 2);
    REQUIRE(await_told(3));
    CHECK(is_told_default());
}

TEST_CASE_METHOD(Fixture,
                 "a lost output's surface has the default until another's advice settles") {
    first->commit();
    REQUIRE(await_told(2));
    second->commit();
    first.reset();
    client->round_trip();
    CHECK(told->times == 3);
    CHECK(is_told_default());
    REQUIRE(await_told(4));
    CHECK(is_told_of_scanout(*second));
    second.reset();
    let_settle();
    CHECK(told->times == 5);
    CHECK(is_told_default());
}

TEST_CASE_METHOD(Fixture, "an output that goes before its advice settled advises nobody") {
    first->commit();
    first.reset();
    let_settle();
    CHECK(told->times == 1);
}

TEST_CASE_METHOD(Fixture, "an output that scans nothing out advises nobody") {
    FakeOutput blank{loop, scene, 0, CardWidth, CardHeight, "/dev/full", {XrgbForeign}};
    advice->follow(blank.scene_output());
    blank.commit();
    let_settle();
    CHECK(told->times == 1);
    first->commit();
    REQUIRE(await_told(2));
    CHECK(is_told_of_scanout(*first));
}

TEST_CASE_METHOD(Fixture, "a surface that goes before its advice settled is forgotten") {
    first->commit();
    client->round_trip();
    wl_surface_destroy(std::exchange(surface, nullptr));
    let_settle();
    CHECK(told->times == 1);
    first->commit();
}

TEST_CASE_METHOD(Fixture, "a new default comes behind the scanout tranche, in one update") {
    first->commit();
    REQUIRE(await_told(2));
    const ToldFeedback& by_default = client->feedback();
    const dev_t device = renderer.importer().device();
    SECTION("with formats that the output has") {
        const auto less = test::build_feedback(
            device, {{device, TrancheFlags::Sampling, {ArgbLinear, XrgbLinear}}});
        global->set_default_feedback(*less);
        client->round_trip();
        CHECK(told->times == 3);
        CHECK(is_told_of_scanout(*first));
        CHECK(told->tranches.front().formats == std::vector<FormatModifier>{XrgbLinear});
        REQUIRE(told->tranches.size() == 2);
        CHECK(told->tranches[1].flags == 0);
        CHECK(told->tranches[1].formats == std::vector<FormatModifier>{ArgbLinear, XrgbLinear});
    }
    SECTION("with another main device") {
        const auto moved =
            test::build_feedback(device + 1, {{device, TrancheFlags::Sampling, {XrgbLinear}},
                                              {device + 1, TrancheFlags::Sampling, {XrgbLinear}}});
        global->set_default_feedback(*moved);
        client->round_trip();
        CHECK(told->times == 3);
        CHECK(is_told_of_scanout(*first));
        CHECK(told->main_device == device + 1);
    }
    SECTION("with none of them") {
        global->set_default_feedback(
            *test::build_feedback(device, {{device, TrancheFlags::Sampling, {ArgbLinear}}}));
        client->round_trip();
        CHECK(told->times == 3);
        CHECK(is_told_default());
    }
    CHECK(by_default.times == 2);
    first->commit();
    let_settle();
    CHECK(told->times == 3);
}

TEST_CASE_METHOD(Fixture, "a surface has the default again when there is nobody to advise it") {
    first->commit();
    REQUIRE(await_told(2));
    advice.reset();
    client->round_trip();
    CHECK(told->times == 3);
    CHECK(is_told_default());
}

TEST_CASE_METHOD(Fixture, "the LinuxDmabuf may be moved, and go first") {
    LinuxDmabuf moved = std::move(*global);
    first->commit();
    REQUIRE(await_told(2));
    CHECK(is_told_of_scanout(*first));
    SECTION("while a surface is advised") {}
    SECTION("while advice settles") {
        wlr_scene_node_set_enabled(&shown->buffer->node, false);
        first->commit();
    }
    { const LinuxDmabuf gone = std::move(moved); }
    FakeOutput third{loop, scene, 0, CardWidth, CardHeight, "/dev/full", {XrgbLinear}};
    advice->follow(third.scene_output());
    third.commit();
    let_settle();
    CHECK(told->times == 2);
    advice.reset();
}

TEST_CASE_METHOD(Fixture, "a picture above that is in a texture alone is seen where it is") {
    wlr_scene_output_set_position(&second->scene_output(), CardWidth, 0);
    wlr_scene_buffer* above = show_picture();
    draw(renderer, scene);
    REQUIRE(above->buffer == nullptr);
    CHECK(find_scanout_candidate(first->scene_output()) == nullptr);

    wlr_scene_node_set_position(&above->node, CardWidth, 0);
    CHECK(find_scanout_candidate(first->scene_output()) == shown->surface);
    CHECK(find_scanout_candidate(second->scene_output()) == nullptr);

    wlr_scene_node_set_position(&above->node, 0, 0);
    CHECK(find_scanout_candidate(first->scene_output()) == nullptr);
    wlr_scene_buffer_set_buffer(above, nullptr);
    CHECK(find_scanout_candidate(first->scene_output()) == shown->surface);
}

TEST_CASE_METHOD(Fixture, "a picture counts where it is seen") {
    wlr_scene_buffer* above = show_picture();
    const auto is_candidate = [this] {
        return find_scanout_candidate(first->scene_output()) == shown->surface;
    };
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
    wlr_scene_rect* behind = wlr_scene_rect_create(&scene->tree, CardWidth, CardHeight, black);
    wlr_scene_node_lower_to_bottom(&behind->node);
    const auto is_candidate = [this] {
        return find_scanout_candidate(first->scene_output()) == shown->surface;
    };
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
        CHECK(find_scanout_candidate(first->scene_output()) == nullptr);
    }
}

TEST_CASE_METHOD(Fixture, "a surface that calls itself opaque hides what is behind it") {
    const float grey[] = {0.5, 0.5, 0.5, 1};
    wlr_scene_rect* behind = wlr_scene_rect_create(&scene->tree, CardWidth, CardHeight, grey);
    wlr_scene_node_lower_to_bottom(&behind->node);
    show_card(DRM_FORMAT_ARGB8888);
    CHECK(find_scanout_candidate(first->scene_output()) == nullptr);
    wl_region* region = wl_compositor_create_region(client->compositor());
    wl_region_add(region, 0, 0, CardWidth, CardHeight - 1);
    wl_surface_set_opaque_region(surface, region);
    wl_surface_commit(surface);
    client->round_trip();
    CHECK(find_scanout_candidate(first->scene_output()) == nullptr);
    wl_region_add(region, 0, 0, CardWidth, CardHeight);
    wl_surface_set_opaque_region(surface, region);
    wl_surface_commit(surface);
    client->round_trip();
    CHECK(find_scanout_candidate(first->scene_output()) == shown->surface);
    wl_region_destroy(region);
}

TEST_CASE_METHOD(Fixture, "a surface in another's place is advised for itself") {
    first->commit();
    REQUIRE(await_told(2));
    // Gone and come between two looks, and perhaps at the same address.
    wl_surface_destroy(surface);
    client->round_trip();
    create_surface();
    first->commit();
    CHECK(told->times == 1);
    CHECK(await_told(2));
}

TEST_CASE_METHOD(Fixture, "a surface without a buffer hides nothing") {
    wlr_scene_buffer* above = wlr_scene_surface_create(&scene->tree, shown->surface)->buffer;
    wlr_scene_buffer_set_buffer(above, nullptr);
    CHECK(above->dst_width == CardWidth);
    CHECK(find_scanout_candidate(first->scene_output()) == shown->surface);
}
