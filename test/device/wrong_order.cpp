// What an embedder has goes in any order while clients go on: whoever is left says so, or nothing.
// Made to be run with AddressSanitizer.

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <drm_fourcc.h>
#include <optional>
#include <string>
#include <tarmac/capture_guard.hpp>
#include <tarmac/scene_feedback.hpp>
#include <vector>
#include <wayland-client.h>

#include "support/drawer.hpp"
#include "support/fake_output.hpp"
#include "support/image_buffer.hpp"
#include "support/local_compositor.hpp"
#include "support/order.hpp"
#include "support/sanitizer.hpp"
#include "wlr/listener.hpp"

using namespace test;
using namespace std::chrono_literals;
using tarmac::Listener;

namespace {

constexpr int Width = 64, Height = 48;

enum Thing { Advice, Captures, Global, Importer, Renderer, Scene, Display };

constexpr std::array<const char*, 7> names = {"advice",   "captures", "global", "importer",
                                              "renderer", "scene",    "display"};

using Order = std::vector<Thing>;

/// All that README has, with a client whose surface fills an output.
struct Embedding {
    explicit Embedding(Drawing drawing) : drawer{drawing} {
        wl_display* display = compositor->display();
        surfaces = wlr_compositor_create(display, 6, drawer.renderer());
        importer = std::move(*tarmac::create_importer(drawer.renderer()));
        global.emplace(std::move(*tarmac::LinuxDmabuf::create(display, surfaces, *importer)));
        scene = wlr_scene_create();
        output.emplace(wl_display_get_event_loop(display), scene, 0, Width, Height, "/dev/null",
                       tarmac::FormatSet{{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR}});
        advice.emplace(*global, wl_display_get_event_loop(display), 20ms);
        advice->follow(output->scene_output());
        captures.emplace(wlr_screencopy_manager_v1_create(display),
                         wlr_ext_image_copy_capture_manager_v1_create(display, 1));
        captures->follow(*output->scene_output().output);
        new_surface.connect<wlr_surface>(surfaces->events.new_surface, [this](wlr_surface* made) {
            wlr_scene_surface_create(&scene->tree, made);
        });
        client.emplace(6u, compositor->connect(), [this] {
            if (compositor)
                compositor->pump()();
        });
        for (const std::uint32_t fourcc : {DRM_FORMAT_XRGB8888, DRM_FORMAT_NV12})
            images.push_back(std::make_unique<ImageBuffer>(*client, fourcc, Width, Height));
        surface = wl_compositor_create_surface(client->compositor());
        feedback = &client->feedback(surface);
        go_on();
        go_on();
    }
    ~Embedding() {
        for (const Thing thing : {Advice, Captures, Global, Importer, Scene, Display, Renderer})
            destroy(thing);
        wl_surface_destroy(surface);
    }
    Embedding(const Embedding&) = delete;
    Embedding& operator=(const Embedding&) = delete;

    /// The client shows its other picture and asks for a buffer, and the output looks.
    void go_on() {
        if (!compositor)
            return;
        REQUIRE(client->round_trip());
        if (global && compositor)
            REQUIRE(global->default_feedback());
        ImageBuffer& image = *images[n_shown++ % images.size()];
        wl_surface_attach(surface, image.get(), 0, 0);
        wl_surface_damage_buffer(surface, 0, 0, Width, Height);
        wl_surface_commit(surface);
        auto& params = client->create_params();
        client->add(params, images.front()->dmabuf().get(), 0, 0, Width * 4, DRM_FORMAT_MOD_LINEAR);
        const Answer answer = client->create(params, Width, Height, DRM_FORMAT_XRGB8888);
        CHECK((answer.kind == Answer::Created || answer.kind == Answer::Failed));
        if (output)
            output->commit();
        client->round_trip();
        wl_event_loop_dispatch(wl_display_get_event_loop(compositor->display()), 2);
        CHECK(client->round_trip());
    }

    void destroy(Thing thing) {
        switch (thing) {
        case Advice:
            advice.reset();
            break;
        case Captures:
            captures.reset();
            break;
        case Global:
            global.reset();
            break;
        case Importer:
            importer.reset();
            break;
        case Renderer:
            // Vulkan's leaves behind what it was to upload before the next picture.
            if (drawer.renderer())
                drawer.draw(1, 1, [](wlr_render_pass*) {});
            drawer.destroy();
            break;
        case Scene:
            output.reset();
            new_surface.disconnect();
            if (scene)
                wlr_scene_node_destroy(&std::exchange(scene, nullptr)->tree.node);
            break;
        case Display:
            new_surface.disconnect();
            compositor.reset();
            break;
        }
        go_on();
    }

    std::optional<LocalCompositor> compositor{std::in_place};
    Drawer drawer;
    wlr_compositor* surfaces;
    std::unique_ptr<tarmac::Importer> importer;
    std::optional<tarmac::LinuxDmabuf> global;
    wlr_scene* scene;
    std::optional<FakeOutput> output;
    std::optional<tarmac::SceneFeedback> advice;
    std::optional<tarmac::CaptureGuard> captures;
    Listener new_surface;
    std::optional<RawClient> client;
    std::vector<std::unique_ptr<ImageBuffer>> images;
    wl_surface* surface;
    const ToldFeedback* feedback;
    std::size_t n_shown = 0;
};

/// wlroots wants outputs to go before the display.
bool is_allowed(const Order& order) {
    const auto place = [&](Thing thing) { return std::ranges::find(order, thing); };
    return place(Scene) < place(Display);
}

} // namespace

TEST_CASE("all that an embedder has may go in any order") {
    Order order{Advice, Captures, Global, Importer, Renderer, Scene, Display};
    int count = 0;
    do {
        // Each 49th, since all 2520 take minutes with sanitizers.
        if (!is_allowed(order) || count++ % 49 != 0)
            continue;
        INFO(describe(order, names));
        Embedding embedding{Drawing::Pixman};
        for (const Thing thing : order)
            embedding.destroy(thing);
    } while (std::ranges::next_permutation(order).found);
    CHECK(count > 1000);
}

TEST_CASE("a renderer that imports may go first, too") {
    const Order order = GENERATE(Order{Renderer}, Order{Importer},
                                 Order{Renderer, Global, Importer}, Order{Renderer, Scene, Display},
                                 Order{Global, Renderer}, Order{Scene, Renderer, Display});
    // wlroots' for Vulkan keeps what it imported locked for good (render/vulkan/texture.c of
    // 0.20.2), which would be a leak.
    Drawing drawing = Drawing::Gles2;
    if (!HasAddressSanitizer)
        drawing = GENERATE(Drawing::Gles2, Drawing::Vulkan);
    INFO(name_of(drawing) << ": " << describe(order, names));
    Embedding embedding{drawing};
    for (const Thing thing : order)
        embedding.destroy(thing);
}
