#pragma once

#include <cstdint>
#include <memory>
#include <tarmac/color_state.hpp>
#include <tarmac/format_set.hpp>
#include <tarmac/geometry.hpp>
#include <vector>

struct wlr_renderer;

namespace tarmac {

/// What is known of a wlr_renderer, so that whether it can show an image is decided without asking
/// it again.
struct RendererFacts {
    enum class Kind : std::uint8_t { Gles2, Vulkan, Pixman, Other };

    Kind kind = Kind::Other;
    Extent max_size{};         ///< of its textures
    bool draws_on_cpu = false; ///< by Mesa's llvmpipe or lavapipe; pixman is Kind::Pixman alone
    /// Another renderer, which draws on the CPU, may be given the same linear buffers: what fills a
    /// screen of a second card is drawn there by the backend's own (backend/drm/renderer.c of
    /// wlroots 0.20.2).
    bool may_be_rasterized = false;
    FormatSet imports;                ///< as dma-bufs, as far as the library knows the formats
    FormatSet miscolored;             ///< of these, what it shows or may show in wrong colours
    bool imports_udmabufs = false;    ///< memory of this process; not all devices see it
    std::vector<std::uint32_t> reads; ///< from memory; sorted
    /// What YUV may be encoded with if who draws it passes a wlr_color_encoding. Without any,
    /// ColorState::of() YUV is meant.
    std::vector<ColorState::Matrix> encodings;

    /// Asks `renderer` once in its life; the answer outlives it. On the thread of its GPU context.
    static std::shared_ptr<const RendererFacts> of(wlr_renderer* renderer);
};

} // namespace tarmac
