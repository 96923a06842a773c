#include "wlr/renderer_facts.hpp"

#include <algorithm>
#include <cstdlib>
#include <list>
#include <string_view>

#include "dmabuf/device.hpp"
#include "wlr/gles_info.hpp"
#include "wlr/imports_udmabufs.hpp"
#include "wlr/listener.hpp"
#include "wlr/renderer_kind.hpp"
#include "wlr/vulkan_info.hpp"
#include "wlr/wlr.hpp"
#include "wlr/yuv_trial.hpp"

extern "C" {
#include <wlr/render/interface.h>
}

namespace tarmac {

namespace {

using Kind = RendererFacts::Kind;
using Matrix = ColorState::Matrix;

/// The least that Vulkan promises, and what OpenGL ES has in practice.
constexpr std::uint32_t SmallestLimit = 4096;
/// What GPUs have had for a decade.
constexpr std::uint32_t UsualLimit = 16384;
/// pixman counts pixels in 16 bits with a sign, and draws nothing where the source reaches beyond
/// them with half a pixel of the target around it (pixman-image.c of 0.46, analyze_extent). So this
/// is drawn in 21 pixels or more; in its own size 32766 would be, in a single pixel 21840.
constexpr std::uint32_t PixmanLimit = 32000;

Kind kind_of(wlr_renderer* renderer) {
    if (is_gles2(renderer))
        return Kind::Gles2;
    if (is_vulkan(renderer))
        return Kind::Vulkan;
    return wlr_renderer_is_pixman(renderer) ? Kind::Pixman : Kind::Other;
}

Extent square(std::uint32_t side) {
    return {side, side};
}

/// Size of textures, and what draws.
void ask_device(wlr_renderer* renderer, RendererFacts& facts) {
    switch (facts.kind) {
    case Kind::Gles2: {
        const GlesInfo info = gles_info(renderer);
        // OpenGL would say nothing against larger ones, and show nothing.
        facts.max_size =
            square(std::max(static_cast<std::uint32_t>(info.max_texture_size), SmallestLimit));
        facts.draws_on_cpu = info.draws_on_cpu;
        break;
    }
    case Kind::Vulkan: {
        const auto info = vulkan_info(renderer);
        const int drm_fd = wlr_renderer_get_drm_fd(renderer);
        facts.max_size = square(info ? info->max_image_size : SmallestLimit);
        facts.draws_on_cpu = info ? info->draws_on_cpu : drm_fd < 0 || !has_gpu(drm_fd);
        break;
    }
    case Kind::Pixman:
        facts.max_size = square(PixmanLimit);
        break;
    case Kind::Other:
        facts.max_size = square(UsualLimit);
        break;
    }
}

/// Whether wlroots lets renderers draw on the CPU beside a GPU; Vulkan's never do.
bool allows_rasterizers() {
    const char* allowed = std::getenv("WLR_RENDERER_ALLOW_SOFTWARE");
    return allowed && std::string_view{allowed} == "1";
}

std::vector<std::uint32_t> fourccs_of(const wlr_drm_format_set* set) {
    std::vector<std::uint32_t> fourccs;
    if (set) {
        for (const wlr_drm_format& format : std::span{set->formats, set->len})
            fourccs.push_back(format.format);
    }
    std::ranges::sort(fourccs);
    return fourccs;
}

#if TARMAC_WLROOTS_SINCE(20)
std::vector<Matrix> encodings_of(const wlr_renderer& renderer) {
    constexpr std::pair<wlr_color_encoding, Matrix> all[] = {
        {WLR_COLOR_ENCODING_IDENTITY, Matrix::Identity},
        {WLR_COLOR_ENCODING_BT601, Matrix::Bt601},
        {WLR_COLOR_ENCODING_BT709, Matrix::Bt709},
        {WLR_COLOR_ENCODING_BT2020, Matrix::Bt2020},
    };
    std::vector<Matrix> matrices;
    for (const auto& [encoding, matrix] : all) {
        if (renderer.color_encodings & encoding)
            matrices.push_back(matrix);
    }
    return matrices;
}
#else
std::vector<Matrix> encodings_of(const wlr_renderer&) {
    return {};
}
#endif

/// Where EGL lists no modifiers of YUV, wlroots takes it for drawable and not for
/// GL_TEXTURE_EXTERNAL alone (init_dmabuf_formats() in render/egl.c of 0.20.2): its numbers are
/// then drawn as if they were RGB.
FormatSet yuv_taken_for_rgb(wlr_renderer* renderer, const FormatSet& imports) {
    const wlr_drm_format_set* drawable = renderer->WLR_PRIVATE.impl->get_render_formats(renderer);
    FormatSet pairs;
    for (const FormatModifier& pair : imports) {
        if (drawable && find_pixel_format(pair.fourcc)->model == ColorModel::Yuv &&
            wlr_drm_format_set_has(drawable, pair.fourcc, pair.modifier))
            pairs.add(pair);
    }
    return pairs;
}

FormatSet all_miscolored(wlr_renderer* renderer, const RendererFacts& facts) {
    // Vulkan is told of each format how it lies in memory.
    if (facts.kind != Kind::Gles2)
        return {};
    FormatSet miscolored = yuv_taken_for_rgb(renderer, facts.imports);
    // What draws on the CPU is Mesa's, and known.
    if (!facts.imports_udmabufs || facts.draws_on_cpu)
        return miscolored;
    std::vector<std::uint32_t> trusted;
    for (const FormatModifier& pair : facts.imports.without(miscolored)) {
        if (pair.modifier == DRM_FORMAT_MOD_LINEAR)
            trusted.push_back(pair.fourcc);
    }
    const std::vector<std::uint32_t> seen = find_miscolored(renderer, trusted);
    for (const FormatModifier& pair : facts.imports) {
        if (std::ranges::contains(seen, pair.fourcc))
            miscolored.add(pair);
    }
    return miscolored;
}

RendererFacts ask(wlr_renderer* renderer) {
    RendererFacts facts{.kind = kind_of(renderer)};
    ask_device(renderer, facts);
    if (const auto* set = wlr_renderer_get_texture_formats(renderer, WLR_BUFFER_CAP_DMABUF))
        facts.imports = to_format_set(*set);
    // Of others it isn't known what trying would leave behind.
    const bool is_known = facts.kind == Kind::Gles2 || facts.kind == Kind::Vulkan;
    if (is_known && facts.imports.contains({DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR}))
        facts.imports_udmabufs = imports_udmabufs(renderer);
    facts.miscolored = all_miscolored(renderer, facts);
    facts.reads = fourccs_of(wlr_renderer_get_texture_formats(renderer, WLR_BUFFER_CAP_DATA_PTR));
    facts.encodings = encodings_of(*renderer);
    facts.may_be_rasterized = allows_rasterizers();
    return facts;
}

/// A renderer that was asked and is still there.
struct Asked {
    wlr_renderer* renderer;
    std::shared_ptr<const RendererFacts> facts;
    Listener gone;
};

} // namespace

std::shared_ptr<const RendererFacts> RendererFacts::of(wlr_renderer* renderer) {
    static std::list<Asked> all;
    const auto known = std::ranges::find(all, renderer, &Asked::renderer);
    if (known != all.end())
        return known->facts;
    auto facts = std::make_shared<const RendererFacts>(ask(renderer));
    std::list<Asked> added(1);
    const auto entry = added.begin();
    entry->renderer = renderer;
    entry->facts = facts;
    entry->gone.connect(renderer->events.destroy, [entry] { all.erase(entry); });
    all.splice(all.end(), added);
    return facts;
}

} // namespace tarmac
