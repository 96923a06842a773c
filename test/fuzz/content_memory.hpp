#pragma once

#include <array>
#include <memory>
#include <span>
#include <tarmac/fd.hpp>
#include <vector>

#include "fuzz/content_image.hpp"
#include "fuzz/content_timeline.hpp"
#include "support/sw_sync.hpp"

namespace fuzz {

class Painter;

/// A dma-buf that clients draw in, one after the other, and the wl_buffer that one of them has of
/// it.
class Canvas {
public:
    Canvas();

    int fd() const { return dmabuf_.get(); }
    const Layout* layout() const { return layout_; }
    const Frame& frame() const { return frame_; }
    /// Of what is drawn; nullptr once it is.
    const std::shared_ptr<bool>& drawn() const { return drawn_; }
    /// Whether its client may draw.
    bool is_free() const { return !is_held && !is_frozen && !drawn_; }

    void draw(const Layout& layout, const Frame& frame);
    /// Draws something else, and the frame once finish() is called, for which a fence stands, or
    /// the acquire point alone.
    enum class Sync { Fence, Point };
    void draw_later(const Layout& layout, const Frame& frame, Sync sync);
    void finish();
    /// Somebody else reads it, until finish_reading().
    void begin_reading();
    void finish_reading();
    /// Nobody but clients has written to it.
    void check() const;
    /// Nobody has anything to do with it any more.
    void reset();

    // What clients with linux-drm-syncobj-v1 say of it.
    const Timeline& acquire() const { return acquire_; }
    const Timeline& release() const { return release_; }
    std::uint64_t acquire_point();
    /// Of another commit.
    std::uint64_t next_release_point() { return ++n_released_; }
    bool is_released() const { return release_.signalled() >= n_released_; }

    Painter* owner = nullptr; ///< of the buffer
    std::uint32_t buffer = 0;
    bool is_held = false;   ///< committed, and not released
    bool is_frozen = false; ///< committed more than once: never drawn in again

private:
    void signal_drawn();
    void write(const Frame& frame);

    tarmac::Fd dmabuf_;
    std::span<std::uint8_t> memory_;
    std::vector<std::uint8_t> written_; ///< what has to be in memory
    test::SwSync writers_, readers_;
    Timeline acquire_, release_;
    std::uint64_t n_drawn_ = 0, n_signalled_ = 0, n_released_ = 0; ///< the newest points
    bool is_awaited_by_point_ = false;
    const Layout* layout_ = nullptr;
    Frame frame_{};
    std::shared_ptr<bool> drawn_;
    bool is_read_ = false;
};

constexpr unsigned NCanvases = 12;
/// All there are.
std::array<Canvas, NCanvases>& canvases();

} // namespace fuzz
