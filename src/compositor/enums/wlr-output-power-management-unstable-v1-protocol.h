#pragma once

/* What wlroots' header needs of one that is generated from a protocol file that no package has. */

enum zwlr_output_power_v1_mode {
    ZWLR_OUTPUT_POWER_V1_MODE_OFF = 0,
    ZWLR_OUTPUT_POWER_V1_MODE_ON = 1,
};
