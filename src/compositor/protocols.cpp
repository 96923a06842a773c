#include "compositor/protocols.hpp"

#include "compositor/event_log.hpp"
#include "compositor/graphics.hpp"
#include "compositor/wlr_protocols.hpp"
#include "wlr/explicit_sync.hpp"

#include <algorithm>
#include <string_view>

namespace tarmac::compositor {

namespace {

#if TARMAC_WLROOTS_SINCE(20)
void free_const(const void* memory) {
    std::free(const_cast<void*>(memory));
}
#endif

/// What can be drawn of dma-bufs, by the renderer or by reading them. Not straight alpha, which
/// goes for whatever buffer a surface has: wlroots' scene and renderers (0.20.2) take that of
/// shared memory and single pixels for premultiplied.
void create_color_representation(wl_display* display) {
    static constexpr wp_color_representation_surface_v1_alpha_mode alpha_modes[] = {
        WP_COLOR_REPRESENTATION_SURFACE_V1_ALPHA_MODE_PREMULTIPLIED_ELECTRICAL,
    };
    static constexpr wlr_color_representation_v1_coeffs_and_range colors[] = {
        {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_IDENTITY,
         WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL},
        {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT601,
         WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_LIMITED},
        {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT601,
         WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL},
        {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT709,
         WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_LIMITED},
        {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT709,
         WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL},
        {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT2020,
         WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_LIMITED},
        {WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT2020,
         WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL},
    };
    const wlr_color_representation_v1_options options = {
        .supported_alpha_modes = alpha_modes,
        .supported_alpha_modes_len = std::size(alpha_modes),
        .supported_coeffs_and_ranges = colors,
        .supported_coeffs_and_ranges_len = std::size(colors),
    };
    wlr_color_representation_manager_v1_create(display, 1, &options);
}

#if TARMAC_WLROOTS_SINCE(20)
/// What a renderer makes of colours that aren't sRGB.
void create_color_manager(wl_display* display, wlr_renderer* renderer, wlr_scene* scene) {
    if (!renderer->features.input_color_transform)
        return;
    static constexpr wp_color_manager_v1_render_intent intents[] = {
        WP_COLOR_MANAGER_V1_RENDER_INTENT_PERCEPTUAL,
    };
    wlr_color_manager_v1_options options = {
        .features = {.parametric = true, .set_mastering_display_primaries = true},
        .render_intents = intents,
        .render_intents_len = std::size(intents),
    };
    const std::unique_ptr<const wp_color_manager_v1_transfer_function, decltype(&free_const)>
        transfer_functions{wlr_color_manager_v1_transfer_function_list_from_renderer(
                               renderer, &options.transfer_functions_len),
                           free_const};
    const std::unique_ptr<const wp_color_manager_v1_primaries, decltype(&free_const)> primaries{
        wlr_color_manager_v1_primaries_list_from_renderer(renderer, &options.primaries_len),
        free_const};
    options.transfer_functions = transfer_functions.get();
    options.primaries = primaries.get();
    wlr_scene_set_color_manager_v1(scene, wlr_color_manager_v1_create(display, 2, &options));
}
#endif

/// Of what lets a client see other clients or the screen, act in the user's place, change how
/// screens and sessions are set up, or hand in buffers that nobody checks.
bool is_privileged(std::string_view interface) {
    static constexpr std::string_view names[] = {
        "ext_data_control_manager_v1",
        "ext_foreign_toplevel_image_capture_source_manager_v1",
        "ext_foreign_toplevel_list_v1",
        "ext_image_copy_capture_manager_v1",
        "ext_output_image_capture_source_manager_v1",
        "ext_session_lock_manager_v1",
        "ext_transient_seat_manager_v1",
        "ext_workspace_manager_v1",
        "wl_drm",
        "wp_drm_lease_device_v1",
        "wp_security_context_manager_v1",
        "zwlr_data_control_manager_v1",
        "zwlr_export_dmabuf_manager_v1",
        "zwlr_foreign_toplevel_manager_v1",
        "zwlr_gamma_control_manager_v1",
        "zwlr_layer_shell_v1",
        "zwlr_output_manager_v1",
        "zwlr_output_power_manager_v1",
        "zwlr_screencopy_manager_v1",
        "zwlr_virtual_pointer_manager_v1",
        "zwp_input_method_manager_v2",
        "zwp_virtual_keyboard_manager_v1",
    };
    return std::ranges::contains(names, interface);
}

} // namespace

wlr_security_context_manager_v1* create_security_contexts(wl_display* display) {
    wlr_security_context_manager_v1* contexts = wlr_security_context_manager_v1_create(display);
    wl_display_set_global_filter(
        display,
        [](const wl_client* client, const wl_global* global, void* data) {
            auto* contexts = static_cast<wlr_security_context_manager_v1*>(data);
            return !is_privileged(wl_global_get_interface(global)->name) ||
                   wlr_security_context_manager_v1_lookup_client(contexts, client) == nullptr;
        },
        contexts);
    return contexts;
}

CaptureGuard create_protocols(wl_display* display, const Graphics& graphics,
                              wlr_output_layout* layout, [[maybe_unused]] wlr_scene* scene) {
    // Not wlr_renderer_init_wl_display(): it would offer wlroots' own linux-dmabuf as well.
    wlr_renderer_init_wl_shm(graphics.renderer(), display);
    wlr_subcompositor_create(display);
    wlr_viewporter_create(display);
    wlr_single_pixel_buffer_manager_v1_create(display);
    create_color_representation(display);
#if TARMAC_WLROOTS_SINCE(20)
    create_color_manager(display, graphics.renderer(), scene);
    wlr_fixes_create(display, 1);
#endif
    wlr_content_type_manager_v1_create(display, 1);
    if (const auto offered = offer_explicit_sync(display, graphics.drm_fd()); !offered)
        log_event("without-explicit-sync", {{"reason", quoted(offered.error().message)}});
    wlr_alpha_modifier_v1_create(display);
    wlr_fractional_scale_manager_v1_create(display, 1);
    wlr_presentation_create(display, graphics.backend(), 2);

    wlr_xdg_wm_dialog_v1_create(display, 1);
    wlr_xdg_toplevel_icon_manager_v1_create(display, 1);
    wlr_xdg_foreign_registry* exported = wlr_xdg_foreign_registry_create(display);
    wlr_xdg_foreign_v1_create(display, exported);
    wlr_xdg_foreign_v2_create(display, exported);

    wlr_xdg_output_manager_v1_create(display, layout);
    CaptureGuard captures{wlr_screencopy_manager_v1_create(display),
                          wlr_ext_image_copy_capture_manager_v1_create(display, 1)};
    wlr_ext_output_image_capture_source_manager_v1_create(display, 1);

    wlr_data_device_manager_create(display);
    wlr_primary_selection_v1_device_manager_create(display);
    wlr_data_control_manager_v1_create(display);
    wlr_ext_data_control_manager_v1_create(display, 1);
    return captures;
}

std::expected<void, std::string> create_wlroots_dmabuf(wl_display* display,
                                                       const Graphics& graphics, wlr_scene* scene) {
    constexpr std::uint32_t Version = 5;
    auto* global = wlr_linux_dmabuf_v1_create_with_renderer(display, Version, graphics.renderer());
    if (global == nullptr)
        return std::unexpected("The renderer imports no dma-bufs.");
    wlr_scene_set_linux_dmabuf_v1(scene, global);
    return {};
}

std::expected<void, std::string> create_wl_drm(wl_display* display, const Graphics& graphics) {
    if (wlr_renderer_get_drm_fd(graphics.renderer()) < 0 ||
        wlr_drm_create(display, graphics.renderer()) == nullptr)
        return std::unexpected("The renderer has no device that wl_drm could name.");
    return {};
}

} // namespace tarmac::compositor
