#include "support/fake_renderer.hpp"

extern "C" {
#include <wlr/render/interface.h>
}

namespace test {

FakeRenderer::FakeRenderer(const tarmac::FormatSet& formats) {
    static constexpr auto of = [](wlr_renderer* renderer) -> FakeRenderer& {
        return *reinterpret_cast<Plain*>(renderer)->self;
    };
    static constexpr wlr_texture_impl texture_impl = {
        .update_from_buffer = nullptr,
        .read_pixels = nullptr,
        .preferred_read_format = nullptr,
        .destroy = [](wlr_texture* texture) { delete texture; },
    };
    static constexpr wlr_renderer_impl renderer_impl = {
        .get_texture_formats = [](wlr_renderer* renderer,
                                  std::uint32_t caps) -> const wlr_drm_format_set* {
            return caps & WLR_BUFFER_CAP_DMABUF ? &of(renderer).formats_ : nullptr;
        },
        .get_render_formats = [](wlr_renderer*) -> const wlr_drm_format_set* { return nullptr; },
        .destroy =
            [](wlr_renderer* renderer) { wlr_drm_format_set_finish(&of(renderer).formats_); },
        .get_drm_fd = nullptr,
        .texture_from_buffer = [](wlr_renderer* renderer, wlr_buffer* buffer) -> wlr_texture* {
            wlr_dmabuf_attributes attributes;
            if (!wlr_buffer_get_dmabuf(buffer, &attributes))
                return nullptr;
            of(renderer).imported_.push_back(attributes);
            auto* texture = new wlr_texture;
            wlr_texture_init(texture, renderer, &texture_impl,
                             static_cast<std::uint32_t>(buffer->width),
                             static_cast<std::uint32_t>(buffer->height));
            return texture;
        },
        .begin_buffer_pass = [](wlr_renderer*, wlr_buffer*, const wlr_buffer_pass_options*)
            -> wlr_render_pass* { return nullptr; },
        .render_timer_create = nullptr,
    };
    plain_.self = this;
    for (const auto& [fourcc, modifier] : formats)
        wlr_drm_format_set_add(&formats_, fourcc, modifier);
    wlr_renderer_init(&plain_.renderer, &renderer_impl, WLR_BUFFER_CAP_DMABUF);
}

} // namespace test
