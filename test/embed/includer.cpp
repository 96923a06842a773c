// What an embedder's file may look like: compiled with all warnings, which must not come from
// Tarmac.

#include <tarmac/buffer.hpp>
#include <tarmac/capture_guard.hpp>
#include <tarmac/color_state.hpp>
#include <tarmac/dmabuf.hpp>
#include <tarmac/dmabuf_facts.hpp>
#include <tarmac/error.hpp>
#include <tarmac/fd.hpp>
#include <tarmac/feedback.hpp>
#include <tarmac/format_set.hpp>
#include <tarmac/geometry.hpp>
#include <tarmac/importer.hpp>
#include <tarmac/importer_list.hpp>
#include <tarmac/inspection.hpp>
#include <tarmac/linux_dmabuf.hpp>
#include <tarmac/pixel_format.hpp>
#include <tarmac/quotas.hpp>
#include <tarmac/scene_feedback.hpp>
#include <tarmac/shown_picture.hpp>
#include <tarmac/snapshot.hpp>
#include <tarmac/texture.hpp>
#include <tarmac/texture_builder.hpp>
#include <tarmac/timing.hpp>

#include <cstdio>

/// Only some of the members, in their order.
tarmac::LinuxDmabuf::Options some_options() {
    return {
        .version = 4, .quotas = {.buffers = 100}, .on_refusal = [](const tarmac::Refusal& refusal) {
            std::fprintf(stderr, "%s\n", refusal.error.message.c_str());
        }};
}

tarmac::Result<tarmac::Dmabuf> some_image(int fd) {
    tarmac::DmabufDescription description = {.width = 16, .height = 16, .n_planes = 1};
    description.planes[0] = {.fd = tarmac::Fd{fd}, .stride = 64};
    return tarmac::Dmabuf::create(std::move(description));
}

tarmac::Result<tarmac::Texture> some_texture(tarmac::Importer& importer, int fd) {
    return tarmac::TextureBuilder{}
        .set_size(16, 16)
        .set_format(0x34325258, 0)
        .set_plane(0, tarmac::Fd{fd}, 0, 64)
        .build(importer);
}
