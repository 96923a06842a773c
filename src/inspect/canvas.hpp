#pragma once

#include <memory>
#include <optional>
#include <tarmac/buffer.hpp>
#include <tarmac/geometry.hpp>
#include <vector>

#include "inspect/card.hpp"
#include "wlr/wlr.hpp"

namespace tarmac::inspect {

/// What a renderer draws to, XRGB8888, as it would to an output, and its eyes.
class Canvas {
public:
    static constexpr Pixel Background{48, 96, 160};

    /// Nothing if the renderer draws to nothing that can be made here.
    static std::optional<Canvas> create(wlr_renderer* renderer, Extent extent);

    /// Draws `texture` on Background. False if it can't.
    bool draw(wlr_texture* texture);
    /// Waits until that is drawn.
    bool finish();
    /// What was drawn, row by row; empty if it can't be read.
    std::vector<Pixel> read();

private:
    using Allocator = std::unique_ptr<wlr_allocator,
                                      decltype([](wlr_allocator* a) { wlr_allocator_destroy(a); })>;
    using Texture =
        std::unique_ptr<wlr_texture, decltype([](wlr_texture* t) { wlr_texture_destroy(t); })>;
    using Buffer = std::unique_ptr<wlr_buffer, BufferDrop>;

    Canvas(wlr_renderer* renderer, Extent extent) : renderer_{renderer}, extent_{extent} {}
    bool use(wlr_buffer* buffer);
    bool read_box(const wlr_box& box, std::uint32_t* pixels);

    wlr_renderer* renderer_;
    Extent extent_;
    Allocator allocator_;
    Buffer target_;
    Texture seen_; ///< the target, for reading
};

} // namespace tarmac::inspect
