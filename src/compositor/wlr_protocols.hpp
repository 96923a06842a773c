#pragma once

// What only a desktop offers of wlroots' protocols.
#include "wlr/wlr.hpp"

extern "C" {
#include <wlr/types/wlr_color_management_v1.h>
#include <wlr/types/wlr_content_type_v1.h>
#include <wlr/types/wlr_drm.h>
#include <wlr/types/wlr_ext_foreign_toplevel_list_v1.h>
#include <wlr/types/wlr_ext_image_capture_source_v1.h>
#include <wlr/types/wlr_idle_inhibit_v1.h>
#include <wlr/types/wlr_idle_notify_v1.h>
#include <wlr/types/wlr_linux_dmabuf_v1.h>
#include <wlr/types/wlr_output_power_management_v1.h>
#include <wlr/types/wlr_security_context_v1.h>
#include <wlr/types/wlr_text_input_v3.h>
#include <wlr/types/wlr_xdg_dialog_v1.h>
#include <wlr/types/wlr_xdg_foreign_registry.h>
#include <wlr/types/wlr_xdg_foreign_v1.h>
#include <wlr/types/wlr_xdg_foreign_v2.h>
#include <wlr/types/wlr_xdg_toplevel_icon_v1.h>
#if TARMAC_WLROOTS_SINCE(20)
#include <wlr/types/wlr_fixes.h>
#endif
}
