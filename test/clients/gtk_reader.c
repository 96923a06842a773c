// Reads images in dma-bufs with GTK, for gtk_textures.cpp, which compiles it where GTK is there. The
// file that the first argument names has a line for each image:
//     WIDTH HEIGHT FOURCC PLANES, and for each plane DESCRIPTOR OFFSET STRIDE
// and gets an answer, `image read` with premultiplied R, G, B and A in hexadecimal, or
// `image refused` with a reason.

#include <gtk/gtk.h>
#include <stdio.h>

static void print_pixels(GdkTexture* texture) {
    GdkTextureDownloader* downloader = gdk_texture_downloader_new(texture);
    gdk_texture_downloader_set_format(downloader, GDK_MEMORY_R8G8B8A8_PREMULTIPLIED);
    gsize stride;
    GBytes* bytes = gdk_texture_downloader_download_bytes(downloader, &stride);
    const guint8* data = g_bytes_get_data(bytes, NULL);
    printf("image read ");
    for (int y = 0; y < gdk_texture_get_height(texture); ++y) {
        for (int x = 0; x < gdk_texture_get_width(texture) * 4; ++x)
            printf("%02x", data[y * stride + x]);
    }
    printf("\n");
    g_bytes_unref(bytes);
    gdk_texture_downloader_free(downloader);
}

int main(int argc, char** argv) {
    FILE* images = argc == 2 ? fopen(argv[1], "r") : NULL;
    if (!images || !gtk_init_check())
        return 1;
    unsigned width, height, fourcc, n_planes;
    while (fscanf(images, "%u %u %u %u", &width, &height, &fourcc, &n_planes) == 4) {
        GdkDmabufTextureBuilder* builder = gdk_dmabuf_texture_builder_new();
        gdk_dmabuf_texture_builder_set_display(builder, gdk_display_get_default());
        gdk_dmabuf_texture_builder_set_width(builder, width);
        gdk_dmabuf_texture_builder_set_height(builder, height);
        gdk_dmabuf_texture_builder_set_fourcc(builder, fourcc);
        gdk_dmabuf_texture_builder_set_modifier(builder, 0);
        gdk_dmabuf_texture_builder_set_n_planes(builder, n_planes);
        for (unsigned i = 0; i < n_planes; ++i) {
            int fd;
            unsigned offset, stride;
            if (fscanf(images, "%d %u %u", &fd, &offset, &stride) != 3)
                return 1;
            gdk_dmabuf_texture_builder_set_fd(builder, i, fd);
            gdk_dmabuf_texture_builder_set_offset(builder, i, offset);
            gdk_dmabuf_texture_builder_set_stride(builder, i, stride);
        }
        GError* error = NULL;
        GdkTexture* texture = gdk_dmabuf_texture_builder_build(builder, NULL, NULL, &error);
        if (texture)
            print_pixels(texture);
        else
            printf("image refused %s\n", error ? error->message : "without a reason");
        g_clear_error(&error);
        g_clear_object(&texture);
        g_object_unref(builder);
    }
    return 0;
}
