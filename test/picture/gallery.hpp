#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "picture/card.hpp"
#include "support/compositor_process.hpp"
#include "support/many_descriptors.hpp"
#include "support/picture.hpp"
#include "support/window.hpp"

struct wl_buffer;
struct wl_subcompositor;
struct wl_subsurface;

namespace test {

/// Somebody who makes dma-bufs.
struct Source {
    std::string name;
    tarmac::Fd (*make)(std::span<const std::uint8_t> content);
    std::string missing; ///< why it can't be used on this machine; empty if it can
    bool is_read_only = false;
};
/// One a kernel driver, and one of read-only descriptors: those that can be used on this machine.
/// Skips the test if there are none.
std::vector<Source> available_sources();
/// The dma-bufs of `card`.
std::vector<tarmac::Fd> make_files(const Card& card, const Source& source);

/// A renderer of the compositor's, and how what it draws is defined.
struct Style {
    std::string renderer;
    Stage stage;
    Chroma chroma; ///< as it samples dma-bufs itself; what is mapped has repeated chroma
    Blending blending;

    Chroma chroma_of(const std::string& way) const {
        return way == "renderer" ? chroma : Chroma::Repeated;
    }
};
const Style& style_of(const std::string& renderer);

/// What became of a buffer.
struct Import {
    wl_buffer* buffer = nullptr; ///< nullptr if it was refused
    std::string way;             ///< that it landed
    std::string reason;          ///< why it was refused
};
/// Asks `compositor` for a buffer of `card`, which lies in the dma-bufs `files`.
Import import(CompositorProcess& compositor, RawClient& client, const Card& card,
              std::uint64_t modifier, std::span<const tarmac::Fd> files);

/// A compositor whose screen is filled by a window of one colour, with pictures on it.
class Gallery {
public:
    static constexpr int Width = 760, Height = 640;
    static constexpr Pixel Background{48, 96, 160};

    explicit Gallery(const Style& style);
    ~Gallery();
    Gallery(const Gallery&) = delete;
    Gallery& operator=(const Gallery&) = delete;

    CompositorProcess& compositor() { return compositor_; }
    RawClient& client() { return client_; }

    /// The buffer is the gallery's.
    Import import(const Card& card, std::uint64_t modifier, std::span<const tarmac::Fd> files);
    /// Shows `buffer` from the next look() on.
    void hang(wl_buffer* buffer, int x, int y);
    /// The screen.
    Picture look();
    /// Takes all pictures down and destroys their buffers.
    void clear();

private:
    struct Frame {
        wl_surface* surface;
        wl_subsurface* subsurface;
    };

    ManyDescriptors descriptors_;
    CompositorProcess compositor_;
    RawClient client_;
    Window window_;
    wl_subcompositor* subcompositor_;
    wl_buffer* background_ = nullptr;
    std::vector<Frame> frames_;
    std::size_t n_hung_ = 0;
    std::vector<wl_buffer*> buffers_;
};

/// The part of `screen` with the upper left corner `x`, `y`.
Picture crop(const Picture& screen, int x, int y, int width, int height);

} // namespace test
