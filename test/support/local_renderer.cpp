#include "support/local_renderer.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <map>
#include <utility>

#include "support/render_node.hpp"
#include "wlr/wlr.hpp"

namespace test {

LocalRenderer::LocalRenderer(wl_display* display, const std::string& name) {
    if (name == "gles2")
        need_importing_node();
    setenv("WLR_RENDERER", name.c_str(), 1);
    setenv("WLR_RENDERER_ALLOW_SOFTWARE", "1", 1);
    setenv("WLR_RENDER_DRM_DEVICE", RenderNode, 1);
    setenv("WLR_RENDERER_FORCE_SOFTWARE", name == "vulkan" ? "1" : "0", 1);
    backend_ = wlr_headless_backend_create(wl_display_get_event_loop(display));
    REQUIRE(backend_);
    renderer_ = wlr_renderer_autocreate(backend_);
    REQUIRE(renderer_);
    auto importer = name == "pixman" ? tarmac::create_mapped_importer(renderer_, 1)
                                     : tarmac::create_renderer_importer(renderer_);
    REQUIRE(importer);
    importer_ = std::move(*importer);
}

LocalRenderer& LocalRenderer::shared(const std::string& name) {
    static wl_display* display = wl_display_create();
    static auto& renderers = *new std::map<std::string, LocalRenderer>;
    return renderers.try_emplace(name, display, name).first->second;
}

LocalRenderer::~LocalRenderer() {
    destroy();
    wlr_backend_destroy(backend_);
}

void LocalRenderer::destroy() {
    wlr_renderer_destroy(std::exchange(renderer_, nullptr));
}

} // namespace test
