#pragma once

#include <functional>
#include <memory>
#include <string>
#include <sys/types.h>
#include <tarmac/importer.hpp>
#include <vector>

#include "support/picture.hpp"
#include "wlr/wlr.hpp"

namespace test {

enum class Drawing { Pixman, Gles2, Vulkan };

std::string name_of(Drawing drawing);

/// A renderer of wlroots in this process, what imports for it, and eyes for what it draws. Skips
/// the test where the machine can't have it.
class Drawer {
public:
    explicit Drawer(Drawing drawing);
    /// One for the whole process, which is never destroyed: Mesa's takes a second to come up, and
    /// after some dozens in one process it doesn't.
    static Drawer& shared(Drawing drawing);
    ~Drawer();
    Drawer(const Drawer&) = delete;
    Drawer& operator=(const Drawer&) = delete;

    Drawing drawing() const { return drawing_; }
    wlr_renderer* renderer() const { return renderer_; }
    /// As the mini-compositor has them: what the renderer imports, then what is read.
    std::vector<tarmac::Importer*> importers() const;
    /// Destroys the importers and the renderer, and with it all its textures.
    void destroy();

    /// What comes of a pass that `draw` fills. Where it draws nothing, Backdrop stays.
    Picture draw(int width, int height, const std::function<void(wlr_render_pass*)>& draw) const;
    /// What `surface` shows in its size, drawn as its state says; 0x0 where it shows nothing.
    Picture look(wlr_surface* surface,
                 wlr_scale_filter_mode filter = WLR_SCALE_FILTER_NEAREST) const;
    /// The pixels of a buffer that this renderer drew.
    Picture read(wlr_buffer* buffer) const;

    static constexpr Pixel Backdrop{255, 0, 255};

private:
    Drawing drawing_;
    wl_display* display_; ///< of the backend
    wlr_backend* backend_;
    wlr_renderer* renderer_ = nullptr;
    std::vector<std::unique_ptr<tarmac::Importer>> importers_;
};

/// In words, for tests to compare: "64x48 red", "64x48 transparent" for Drawer::Backdrop, "64x48
/// mixed", "nothing" without a size.
std::string describe(const Picture& picture);

inline constexpr Pixel Red{255, 0, 0}, Green{0, 255, 0}, Blue{0, 0, 255}, White{255, 255, 255},
    Black{0, 0, 0};

} // namespace test
