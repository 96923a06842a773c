#include <algorithm>
#include <cassert>
#include <tarmac/texture_builder.hpp>

#include "builder/expand_single_plane.hpp"
#include "builder/loan.hpp"
#include "convert/region.hpp"
#include "import/copy_buffer.hpp"

namespace tarmac {

namespace {

/// The parts of `rects` that lie in an image of `width` x `height` pixels.
std::vector<Rect> clip(std::vector<Rect> rects, std::uint32_t width, std::uint32_t height) {
    const Rect image{0, 0, static_cast<std::int32_t>(width), static_cast<std::int32_t>(height)};
    for (Rect& rect : rects)
        rect = tarmac::clip(rect, image);
    std::erase_if(rects, [](const Rect& rect) { return rect.width == 0 || rect.height == 0; });
    return rects;
}

} // namespace

void TextureBuilder::replace_plane(unsigned index, Plane plane) {
    assert(index < MaxPlanes);
    planes_[index] = std::move(plane);
}

Result<std::array<Plane, MaxPlanes>> TextureBuilder::duplicate_planes() const {
    std::array<Plane, MaxPlanes> copies;
    for (unsigned i = 0; i < std::min(n_planes_, MaxPlanes); ++i) {
        if (!planes_[i].fd)
            continue;
        auto fd = planes_[i].fd.duplicate();
        if (!fd)
            return std::unexpected(fd.error());
        copies[i] = {std::move(*fd), planes_[i].offset, planes_[i].stride};
    }
    return copies;
}

Result<Dmabuf> TextureBuilder::build_from(std::array<Plane, MaxPlanes> planes) const {
    if (!fourcc_ || !modifier_)
        return fail(Fault::InvalidFormat, "no fourcc and modifier were set");
    DmabufDescription image{
        .width = width_,
        .height = height_,
        .fourcc = *fourcc_,
        .n_planes = n_planes_,
        .modifier = *modifier_,
        .planes = std::move(planes),
        .is_y_inverted = is_y_inverted_,
        .is_premultiplied = is_premultiplied_,
        .color = color_,
    };
    if (expands_single_plane_) {
        if (auto expanded = expand_single_plane(image); !expanded)
            return std::unexpected(expanded.error());
    }
    return Dmabuf::create(std::move(image), plane_end_);
}

Result<Dmabuf> TextureBuilder::build_dmabuf() const& {
    return duplicate_planes().and_then(
        [this](auto&& planes) { return build_from(std::move(planes)); });
}

Result<Dmabuf> TextureBuilder::build_dmabuf() && {
    return build_from(std::move(planes_));
}

Result<Texture> TextureBuilder::build(Importer& importer) & {
    const Texture* previous = std::exchange(previous_, nullptr);
    return build_dmabuf().and_then(
        [&](Dmabuf&& dmabuf) { return import(importer, std::move(dmabuf), previous); });
}

Result<Texture> TextureBuilder::build(Importer& importer) && {
    const Texture* previous = std::exchange(previous_, nullptr);
    return std::move(*this).build_dmabuf().and_then(
        [&](Dmabuf&& dmabuf) { return import(importer, std::move(dmabuf), previous); });
}

Result<Texture> TextureBuilder::import(Importer& importer, Dmabuf dmabuf, const Texture* previous) {
    std::vector<Rect> damage;
    if (previous) {
        const Extent old = previous->extent();
        damage = clip(std::exchange(damage_, {}), std::min(old.width, dmabuf.width()),
                      std::min(old.height, dmabuf.height()));
    }
    const Update update{previous, damage};
    if (!on_unused_)
        return importer.import(std::make_shared<const Dmabuf>(std::move(dmabuf)), update);
    auto loan = std::make_shared<Loan>(loop_, on_unused_);
    auto texture = importer.import(Loan::lend(std::move(dmabuf), loan), update);
    if (texture && CopyBuffer::from(texture->buffer()))
        Loan::end(std::move(loan));
    else if (texture)
        Loan::begin(loan);
    return texture;
}

} // namespace tarmac
