#pragma once

/* What the headers of wlroots 0.19 want under this name, and later ones take from there. */

#include <wayland-protocols/cursor-shape-v1-enum.h>
