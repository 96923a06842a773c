#pragma once

// Headers of wlroots whose names are keywords of C++ in part, made fit as in wlr/wlr.hpp.
#include "wlr/wlr.hpp"

#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wkeyword-macro"
#endif
#define static
#define namespace name_space
#define delete delete_
#ifdef __clang__
#pragma clang diagnostic pop
#endif
extern "C" {
#include <wlr/types/wlr_input_method_v2.h>
#include <wlr/types/wlr_layer_shell_v1.h>
#include <wlr/types/wlr_session_lock_v1.h>
}
#undef delete
#undef namespace
#undef static

namespace tarmac::compositor {

/// With each wlr_input_method_v2.
inline wl_signal& new_input_method_of(wlr_input_method_manager_v2& manager) {
#if TARMAC_WLROOTS_SINCE(20)
    return manager.events.new_input_method;
#else
    return manager.events.input_method;
#endif
}

} // namespace tarmac::compositor
