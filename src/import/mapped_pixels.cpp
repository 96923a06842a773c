#include "import/mapped_pixels.hpp"

#include <cstring>
#include <drm_fourcc.h>
#include <libyuv/planar_functions.h>
#include <new>

#include "convert/conversion.hpp"

namespace tarmac {

namespace {

/// What renderers want of the place of a row: OpenGL rounds rows to 4 bytes, and all of them count
/// a row in whole pixels.
bool is_readable_in_place(const Dmabuf& dmabuf) {
    const Plane& plane = dmabuf.planes()[0];
    return !dmabuf.is_y_inverted() && plane.offset % 8 == 0 && plane.stride % 4 == 0 &&
           plane.stride % dmabuf.format().planes[0].bytes_per_block == 0;
}

} // namespace

MappedPixels::MappedPixels(Mapping mapping, bool renderer_reads)
    : mapping_{std::move(mapping)}
    , renderer_reads_{renderer_reads}
    , rendition_{rendition_with(Colors::of(image()))} {}

void MappedPixels::set_colors(const Colors& colors) {
    const Rendition rendition = rendition_with(colors);
    if (rendition == rendition_)
        return;
    rendition_ = rendition;
    tell_new_content();
}

MappedPixels::Rendition MappedPixels::rendition_with(const Colors& colors) const noexcept {
    const PixelFormat& format = image().format();
    const bool is_straight = format.has_alpha && !colors.is_premultiplied;
    const bool is_in_place = renderer_reads_ && !is_straight && is_readable_in_place(image());
    // Who reads a copy may keep its format for as long as that lies at the same place: of an image
    // with alpha, whose colours may change, all copies have one.
    const bool is_converted =
        (!renderer_reads_ || (format.has_alpha && !is_in_place)) && is_convertible(format.fourcc);
    return {
        .fourcc = !is_converted      ? format.fourcc
                  : format.has_alpha ? DRM_FORMAT_ARGB8888
                                     : DRM_FORMAT_XRGB8888,
        .is_copied = !is_in_place,
        .is_converted = is_converted,
        .colors = colors,
    };
}

Rect MappedPixels::whole() const noexcept {
    return {0, 0, static_cast<std::int32_t>(image().width()),
            static_cast<std::int32_t>(image().height())};
}

std::size_t MappedPixels::stride(std::uint32_t fourcc) const noexcept {
    constexpr std::size_t Alignment = 48; // enough of a multiple for every reader's demands
    const std::size_t row = find_pixel_format(fourcc)->min_stride(0, image().width());
    return (row + Alignment - 1) / Alignment * Alignment;
}

std::uint64_t MappedPixels::size_in_bytes() const noexcept {
    const std::size_t row = rendition_.is_copied         ? stride()
                            : image().format().has_alpha ? stride(DRM_FORMAT_ARGB8888)
                                                         : 0;
    return mapping_.size_in_bytes() + row * image().height();
}

bool MappedPixels::is_usable(const std::optional<Copy>& copy) const noexcept {
    return copy && copy->rendition == rendition_ && copy->extent.width == image().width() &&
           copy->extent.height == image().height();
}

void MappedPixels::start_from(const MappedPixels& other, std::span<const Rect> damage) {
    if (!is_usable(other.copy_))
        return;
    const std::size_t size = stride() * image().height();
    std::unique_ptr<std::uint8_t[]> bytes{new (std::nothrow) std::uint8_t[size]};
    if (!bytes)
        return;
    std::memcpy(bytes.get(), other.copy_->bytes.get(), size);
    copy_ = {std::move(bytes), {image().width(), image().height()}, rendition_};
    stale_part_.emplace();
    for (const Rect& rect : damage)
        stale_part_->add(rect);
}

std::optional<MappedPixels::View> MappedPixels::begin_read() {
    if (!rendition_.is_copied) {
        if (!begin_mapping())
            return std::nullopt;
        return View{const_cast<std::uint8_t*>(mapping_.plane(0)), image().planes()[0].stride,
                    rendition_.fourcc};
    }
    if (is_stale_ && !refresh())
        return std::nullopt;
    return View{copy_->bytes.get(), stride(), rendition_.fourcc};
}

void MappedPixels::end_read() const noexcept {
    if (!rendition_.is_copied)
        mapping_.end_read();
}

bool MappedPixels::begin_mapping() {
    has_failed_ = has_failed_ || !mapping_.begin_read();
    return !has_failed_;
}

void MappedPixels::end_succession() noexcept {
    succession_.reset();
    // What nobody has read now is in no damage that comes later.
    if (is_stale_ && copy_)
        copy_->shown_on = nullptr;
}

bool MappedPixels::refresh() {
    if (!begin_mapping())
        return false;
    const Region stale = take_stale_part();
    if (!copy_) {
        // Not cleared: all of it will be written.
        std::unique_ptr<std::uint8_t[]> bytes{new (std::nothrow)
                                                  std::uint8_t[stride() * image().height()]};
        if (!bytes) {
            mapping_.end_read();
            has_failed_ = true;
            return false;
        }
        copy_ = {std::move(bytes), {image().width(), image().height()}, rendition_};
    }
    copy_->shown_on = succession_ ? succession_->shown_on : nullptr;
    for (const pixman_box32_t& box : stale.boxes())
        render({box.x1, box.y1, box.x2 - box.x1, box.y2 - box.y1});
    mapping_.end_read();
    is_stale_ = false;
    return true;
}

/// Also takes over the copy in which only that part is stale; without one, all of it is.
Region MappedPixels::take_stale_part() {
    if (const auto part = std::exchange(stale_part_, std::nullopt); part && is_usable(copy_))
        return *part;
    MappedPixels* before = succession_ ? succession_->before : nullptr;
    if (before && is_usable(before->copy_) && before->copy_->shown_on == succession_->shown_on) {
        if (before != this) {
            copy_ = std::exchange(before->copy_, std::nullopt);
            before->is_stale_ = true;
        }
        Region part{whole()};
        part.intersect(*succession_->damage);
        return part;
    }
    if (!is_usable(copy_))
        copy_.reset();
    return Region{whole()};
}

void MappedPixels::render(const Rect& part) const {
    const auto row = static_cast<std::ptrdiff_t>(stride());
    std::uint8_t* first = copy_->bytes.get();
    Rect from = part;
    auto step = row;
    if (image().is_y_inverted()) {
        first += (std::ptrdiff_t{whole().height} - 1) * row;
        step = -row;
        from.y = whole().height - part.y - part.height;
    }
    if (rendition_.is_converted) {
        Picture picture{.format = image().format(),
                        .extent = {image().width(), image().height()},
                        .planes = {},
                        .color = rendition_.colors.state,
                        .is_premultiplied = rendition_.colors.is_premultiplied};
        for (unsigned i = 0; i < image().planes().size(); ++i)
            picture.planes[i] = {mapping_.plane(i), static_cast<int>(image().planes()[i].stride)};
        convert_to_argb(picture, from, first, static_cast<int>(step));
        return;
    }
    const auto stride = static_cast<std::ptrdiff_t>(image().planes()[0].stride);
    const int pixel = image().format().planes[0].bytes_per_block;
    libyuv::CopyPlane(mapping_.plane(0) + from.y * stride + from.x * pixel,
                      static_cast<int>(stride), first + from.y * step + from.x * pixel,
                      static_cast<int>(step), from.width * pixel, from.height);
}

} // namespace tarmac
