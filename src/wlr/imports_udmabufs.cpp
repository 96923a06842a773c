#include "wlr/imports_udmabufs.hpp"

#include "wlr/sample_buffer.hpp"

namespace tarmac {

bool imports_udmabufs(wlr_renderer* renderer) {
    const auto sample = SampleBuffer::create(DRM_FORMAT_XRGB8888, {64, 64});
    wlr_texture* texture = sample ? wlr_texture_from_buffer(renderer, sample.get()) : nullptr;
    if (texture)
        wlr_texture_destroy(texture);
    return texture != nullptr;
}

} // namespace tarmac
