#pragma once

#include <algorithm>
#include <cstdint>
#include <pixman.h>
#include <span>
#include <tarmac/geometry.hpp>

namespace tarmac {

/// What of `rect`, whose numbers may be any, lies in `to`, a picture. Without pixels if nothing
/// does.
inline Rect clip(const Rect& rect, const Rect& to) noexcept {
    const std::int32_t left = std::max(rect.x, to.x), top = std::max(rect.y, to.y);
    const auto right = std::min<std::int64_t>(std::int64_t{rect.x} + rect.width, to.x + to.width);
    const auto bottom =
        std::min<std::int64_t>(std::int64_t{rect.y} + rect.height, to.y + to.height);
    return {left, top, static_cast<std::int32_t>(std::max<std::int64_t>(right - left, 0)),
            static_cast<std::int32_t>(std::max<std::int64_t>(bottom - top, 0))};
}

/// A set of pixels: a pixman_region32_t that is a value.
class Region {
public:
    Region() noexcept { pixman_region32_init(&region_); }
    explicit Region(const Rect& rect) noexcept {
        pixman_region32_init_rect(&region_, rect.x, rect.y, static_cast<unsigned>(rect.width),
                                  static_cast<unsigned>(rect.height));
    }
    Region(const Region& other) noexcept : Region{} {
        pixman_region32_copy(&region_, &other.region_);
    }
    Region& operator=(const Region& other) noexcept {
        pixman_region32_copy(&region_, &other.region_);
        return *this;
    }
    ~Region() { pixman_region32_fini(&region_); }

    void add(const Rect& rect) noexcept {
        pixman_region32_union_rect(&region_, &region_, rect.x, rect.y,
                                   static_cast<unsigned>(rect.width),
                                   static_cast<unsigned>(rect.height));
    }
    void add(const Region& other) noexcept {
        pixman_region32_union(&region_, &region_, &other.region_);
    }
    void intersect(const pixman_region32_t& other) noexcept {
        pixman_region32_intersect(&region_, &region_, &other);
    }
    const pixman_region32_t& get() const noexcept { return region_; }
    /// Disjoint boxes that cover it: one for all if there would be many.
    std::span<const pixman_box32_t> boxes() const noexcept {
        int count = 0;
        const pixman_box32_t* boxes = pixman_region32_rectangles(&region_, &count);
        constexpr int Many = 64;
        if (count > Many)
            return {&region_.extents, 1};
        return {boxes, static_cast<std::size_t>(count)};
    }

private:
    pixman_region32_t region_;
};

} // namespace tarmac
