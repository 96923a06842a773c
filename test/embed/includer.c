// What an embedder's file in C may look like: compiled with all warnings, which must not come from
// Tarmac.

#include <tarmac/tarmac.h>

#include <stdio.h>

static void tell(void *data, const struct tarmac_refusal *refusal) {
    fprintf((FILE *)data, "%s\n", refusal->message);
}

struct tarmac_linux_dmabuf *use(struct wl_display *display, struct wlr_compositor *compositor,
                                struct wlr_renderer *renderer) {
    const struct tarmac_options options = {
        .size = sizeof(options), .data = stderr, .on_refusal = tell};
    struct tarmac_error error;
    struct tarmac_linux_dmabuf *dmabuf =
        tarmac_linux_dmabuf_create(display, compositor, renderer, &options, &error);
    if (!dmabuf)
        fprintf(stderr, "%s\n", error.message);
    return dmabuf;
}

int main(void) {
    struct tarmac_texture_builder *builder = tarmac_texture_builder_create();
    tarmac_texture_builder_set_size(builder, 64, 64);
    tarmac_texture_builder_destroy(builder);
    return 0;
}
