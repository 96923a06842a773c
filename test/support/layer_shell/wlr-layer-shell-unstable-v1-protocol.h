#pragma once

// What wlroots' header of the layer shell needs of a header that is generated from a protocol file
// that no package has.

enum zwlr_layer_shell_v1_layer : unsigned { ZWLR_LAYER_SHELL_V1_LAYER_TOP = 2 };
enum zwlr_layer_surface_v1_keyboard_interactivity : unsigned {
    ZWLR_LAYER_SURFACE_V1_KEYBOARD_INTERACTIVITY_NONE
};
enum zwlr_layer_surface_v1_anchor : unsigned { ZWLR_LAYER_SURFACE_V1_ANCHOR_TOP = 1 };
