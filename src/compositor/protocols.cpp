#include "compositor/protocols.hpp"

#include "compositor/graphics.hpp"

namespace tarmac::compositor {

void create_protocols(wl_display* display, const Graphics& graphics, wlr_output_layout* layout) {
    // Not wlr_renderer_init_wl_display(): it would offer wlroots' own linux-dmabuf as well.
    wlr_renderer_init_wl_shm(graphics.renderer(), display);
    wlr_compositor_create(display, 6, graphics.renderer());
    wlr_subcompositor_create(display);
    wlr_viewporter_create(display);
    wlr_single_pixel_buffer_manager_v1_create(display);
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
