// What a program that is linked with another version of wlroots has beside the library's.

#include <stdlib.h>

void *wlr_compositor_create(void);

void *wlr_compositor_create(void) {
    abort();
}
