#pragma once

#include <optional>
#include <tarmac/linux_dmabuf.hpp>

#include "support/fake_output.hpp"
#include "support/local_compositor.hpp"
#include "support/local_renderer.hpp"
#include "support/raw_client.hpp"
#include "wlr/listener.hpp"

namespace test {

/// A compositor in this process with two outputs that show the same surface, which fills both.
struct LocalScene {
    static constexpr tarmac::FormatModifier XrgbLinear{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR};
    static constexpr tarmac::FormatModifier RgbLinear{DRM_FORMAT_RGB565, DRM_FORMAT_MOD_LINEAR};
    /// The renderer has no such modifier.
    static constexpr tarmac::FormatModifier XrgbForeign{DRM_FORMAT_XRGB8888, 0x0100000000000001};

    LocalScene();
    ~LocalScene();
    LocalScene(const LocalScene&) = delete;
    LocalScene& operator=(const LocalScene&) = delete;

    /// Puts another surface in the scene, with a card.
    void create_surface();
    /// Commits a card in this format to the surface.
    void show_card(std::uint32_t fourcc);

    LocalCompositor compositor;
    LocalRenderer& renderer = LocalRenderer::shared();
    wl_event_loop* loop = wl_display_get_event_loop(compositor.display());
    wlr_scene* scene = wlr_scene_create();
    /// The first scans all three formats out, the second XrgbLinear.
    std::optional<FakeOutput> first, second;
    std::optional<tarmac::LinuxDmabuf> global;
    /// Of the last version that hears of a main device; it hears of no sampling.
    std::optional<RawClient> client;
    wl_surface* surface = nullptr;      ///< the client's
    wlr_scene_surface* shown = nullptr; ///< the same in the scene

private:
    tarmac::Listener new_surface_;
};

} // namespace test
