#include "compositor/protocols.hpp"

#include "compositor/event_log.hpp"
#include "compositor/graphics.hpp"
#include "wlr/explicit_sync.hpp"

namespace tarmac::compositor {

namespace {

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

} // namespace

void create_protocols(wl_display* display, const Graphics& graphics, wlr_output_layout* layout) {
    // Not wlr_renderer_init_wl_display(): it would offer wlroots' own linux-dmabuf as well.
    wlr_renderer_init_wl_shm(graphics.renderer(), display);
    wlr_subcompositor_create(display);
    wlr_viewporter_create(display);
    wlr_single_pixel_buffer_manager_v1_create(display);
    create_color_representation(display);
    if (const auto offered = offer_explicit_sync(display, graphics.drm_fd()); !offered)
        log_event("without-explicit-sync", {{"reason", quoted(offered.error().message)}});
    wlr_alpha_modifier_v1_create(display);
    wlr_fractional_scale_manager_v1_create(display, 1);
    wlr_presentation_create(display, graphics.backend(), 2);
    wlr_fixes_create(display, 1);

    wlr_xdg_output_manager_v1_create(display, layout);
    wlr_screencopy_manager_v1_create(display);
    wlr_ext_image_copy_capture_manager_v1_create(display, 1);
    wlr_ext_output_image_capture_source_manager_v1_create(display, 1);

    wlr_data_device_manager_create(display);
    wlr_primary_selection_v1_device_manager_create(display);
    wlr_data_control_manager_v1_create(display);
    wlr_ext_data_control_manager_v1_create(display, 1);
}

} // namespace tarmac::compositor
