// What a program that is linked with another version of wlroots has beside the library's.

#include <stddef.h>

void *wlr_compositor_create(void);

void *wlr_compositor_create(void) {
    return NULL;
}
