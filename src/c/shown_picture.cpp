#include <tarmac/capture_guard.hpp>
#include <tarmac/shown_picture.hpp>
#include <tarmac/tarmac.h>

#include "c/catching.hpp"
#include "c/color_state.hpp"
#include "c/linux_dmabuf.hpp"
#include "wlr/guard.hpp"

struct tarmac_capture_guard {
    tarmac::CaptureGuard guard;
};

namespace {

tarmac_shown_picture for_c(const tarmac::ShownPicture& shown) {
    return {
        .size = 0,
        .buffer = shown.buffer,
        .texture = shown.texture,
        .way = shown.way.data(), // one of four literals
        .color = tarmac::c::for_c(shown.color),
        .is_premultiplied = shown.is_premultiplied,
        .is_y_inverted = shown.is_y_inverted,
        .fourcc = shown.image->fourcc(),
        .modifier = shown.image->modifier(),
    };
}

} // namespace

extern "C" {

bool tarmac_linux_dmabuf_get_shown_picture(const tarmac_linux_dmabuf* dmabuf, wlr_surface* surface,
                                           tarmac_shown_picture* picture) {
    bool is_shown = false;
    tarmac::guard([&] {
        if (const auto shown = dmabuf->global.shown_picture(*surface))
            is_shown = tarmac::c::fill(*picture, for_c(*shown));
    });
    return is_shown;
}

bool tarmac_linux_dmabuf_add_reader(const tarmac_linux_dmabuf* dmabuf, wlr_surface* surface,
                                    int sync_file, tarmac_error* error) {
    return tarmac::c::done(error, [&]() -> tarmac::Result<void> {
        const auto shown = dmabuf->global.shown_picture(*surface);
        if (!shown)
            return tarmac::fail(tarmac::Fault::NotAvailable,
                                "the surface shows no image in dma-bufs");
        return tarmac::Fd::duplicate(sync_file).and_then(
            [&](const tarmac::Fd& fence) { return shown->add_reader(fence); });
    });
}

tarmac_capture_guard*
tarmac_capture_guard_create(wlr_screencopy_manager_v1* screencopy,
                            wlr_ext_image_copy_capture_manager_v1* image_copy_capture,
                            tarmac_error* error) {
    return tarmac::c::created(error,
                              [&]() -> tarmac::Result<std::unique_ptr<tarmac_capture_guard>> {
                                  return std::unique_ptr<tarmac_capture_guard>{
                                      new tarmac_capture_guard{{screencopy, image_copy_capture}}};
                              });
}

void tarmac_capture_guard_destroy(tarmac_capture_guard* guard) {
    delete guard;
}

void tarmac_capture_guard_follow(tarmac_capture_guard* guard, wlr_output* output) {
    tarmac::guard([&] { guard->guard.follow(*output); });
}

} // extern "C"
