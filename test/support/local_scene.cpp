#include "support/local_scene.hpp"

#include <catch2/catch_test_macros.hpp>
#include <wayland-client.h>

#include "protocol/cases.hpp"
#include "support/dmabuf_source.hpp"

namespace test {

LocalScene::LocalScene() {
    wlr_compositor* surfaces = wlr_compositor_create(compositor.display(), 6, renderer.get());
    auto created = tarmac::LinuxDmabuf::create(compositor.display(), surfaces, {&renderer.importer()});
    REQUIRE(created);
    global = std::move(*created);
    first.emplace(loop, scene, 0, CardWidth, CardHeight, "/dev/null",
                  tarmac::FormatSet{XrgbForeign, RgbLinear, XrgbLinear});
    second.emplace(loop, scene, 0, CardWidth, CardHeight, "/dev/zero",
                   tarmac::FormatSet{XrgbLinear});
    client.emplace(5u, compositor.connect(), compositor.pump());
    new_surface_.connect<wlr_surface>(surfaces->events.new_surface, [this](wlr_surface* created) {
        shown = wlr_scene_surface_create(&scene->tree, created);
    });
    create_surface();
}

LocalScene::~LocalScene() {
    new_surface_.disconnect();
    if (surface)
        wl_surface_destroy(surface);
    client.reset();
    wl_display_destroy_clients(compositor.display());
    global.reset();
    first.reset();
    second.reset();
    wlr_scene_node_destroy(&scene->tree.node);
}

void LocalScene::create_surface() {
    surface = wl_compositor_create_surface(client->compositor());
    show_card(DRM_FORMAT_XRGB8888);
    REQUIRE(shown);
}

void LocalScene::show_card(std::uint32_t fourcc) {
    const tarmac::Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, CardSize);
    auto& params = client->create_params();
    client->add(params, dmabuf.get(), 0, 0, CardStride, DRM_FORMAT_MOD_LINEAR);
    REQUIRE(client->create(params, CardWidth, CardHeight, fourcc).kind == Answer::Created);
    wl_surface_attach(surface, params.buffer, 0, 0);
    wl_surface_commit(surface);
    client->round_trip();
}

} // namespace test
