#pragma once

#include <memory>
#include <optional>
#include <tarmac/texture.hpp>

#include "convert/region.hpp"
#include "import/colors.hpp"
#include "ready/mapping.hpp"

namespace tarmac {

/// The pixels of a mapped image for those who read them: where they lie, if the renderer can take
/// them so, else in a copy, the right way up and converted if need be. The copy is made when the
/// first reader comes after new content was told, and only where that differs from what it has.
class MappedPixels {
public:
    /// Nothing is read yet. `renderer_reads` says that it knows the image's format.
    MappedPixels(Mapping mapping, bool renderer_reads);

    /// For the next reading; Colors::of() the image at first.
    void set_colors(const Colors& colors);
    /// The memory holds another picture than the copy.
    void tell_new_content() noexcept {
        is_stale_ = true;
        has_failed_ = false;
    }

    /// A picture that shows another one's place, and where it differs. What is `shown_on` is only
    /// compared.
    struct Succession {
        const void* shown_on;
        MappedPixels* before; ///< may be the same pixels, or nullptr for none
        const pixman_region32_t* damage;
    };
    /// Says what the new content follows, for readings until end_succession().
    void follow(const Succession& succession) noexcept { succession_ = succession; }
    void end_succession() noexcept;
    /// Says that the new content equals what `other` has for its readers, but for `damage`: copies
    /// that if it can be of use.
    void start_from(const MappedPixels& other, std::span<const Rect> damage);

    struct View {
        std::uint8_t* data;
        std::size_t stride; ///< bytes
        std::uint32_t fourcc;
    };
    /// Nothing if the memory can't be had, see Mapping::begin_read(); then it isn't tried again
    /// before there is new content.
    std::optional<View> begin_read();
    void end_read() const noexcept;

    /// Of the mapping and of the copy, if one may ever be needed.
    std::uint64_t size_in_bytes() const noexcept;

private:
    /// How readers see the image.
    struct Rendition {
        std::uint32_t fourcc;
        bool is_copied, is_converted;
        Colors colors;

        friend bool operator==(const Rendition&, const Rendition&) = default;
    };
    struct Copy {
        std::unique_ptr<std::uint8_t[]> bytes;
        Extent extent;
        Rendition rendition;
        const void* shown_on = nullptr; ///< whose last picture this is
    };

    const Dmabuf& image() const noexcept { return mapping_.dmabuf(); }
    Rect whole() const noexcept;
    std::size_t stride(std::uint32_t fourcc) const noexcept;
    std::size_t stride() const noexcept { return stride(rendition_.fourcc); }
    Rendition rendition_with(const Colors& colors) const noexcept;
    bool is_usable(const std::optional<Copy>& copy) const noexcept;
    bool begin_mapping();
    bool refresh();
    Region take_stale_part();
    void render(const Rect& part) const;

    Mapping mapping_;
    bool renderer_reads_;
    Rendition rendition_;
    std::optional<Copy> copy_;
    bool is_stale_ = true, has_failed_ = false;
    std::optional<Region> stale_part_; ///< where the copy is, if that is known
    std::optional<Succession> succession_;
};

} // namespace tarmac
