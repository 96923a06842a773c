#include "import/texture_upload.hpp"

#include <algorithm>
#include <utility>

#include "convert/region.hpp"
#include "wlr/client_buffer.hpp"

namespace tarmac {

namespace {

/// Bytes.
constexpr std::size_t Band = 1 << 20;

} // namespace

bool TextureUpload::is_needed(const RendererFacts& renderer, const CopyBuffer& copy) noexcept {
    return renderer.kind == RendererFacts::Kind::Gles2 && copy.memory()->dmabuf_fd() < 0 &&
           copy.memory()->size() > Band;
}

bool TextureUpload::do_next(wlr_renderer& renderer) {
    if (!std::exchange(is_begun_, true)) {
        copy_.hide_pixels(true);
        texture_ = make_texture(renderer, copy_);
        copy_.hide_pixels(false);
        return texture_ != nullptr;
    }
    const int rows = std::max(1, static_cast<int>(Band / copy_.stride()));
    const Region band{Rect{0, next_row_, copy_.width, std::min(rows, copy_.height - next_row_)}};
    next_row_ += rows;
    // What fails is uploaded when it is shown.
    if (!update_texture(*texture_, copy_, band.get()))
        texture_.reset();
    return texture_ && next_row_ < copy_.height;
}

} // namespace tarmac
