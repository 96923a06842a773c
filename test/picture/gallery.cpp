#include "picture/gallery.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <utility>
#include <wayland-client.h>

#include "dmabuf/formatted.hpp"
#include "linux-dmabuf-v1-client-protocol.h"
#include "support/dmabuf_source.hpp"

namespace test {

namespace {

template <Exporter Who>
Source source() {
    return {name_of(Who),
            [](std::span<const std::uint8_t> content) { return make_dmabuf(Who, content); },
            missing(Who)};
}

/// The text between `start` and `end` in a line of the compositor.
std::string text_between(const std::string& line, const std::string& start, char end) {
    const auto from = line.find(start) + start.size();
    return line.substr(from, line.find(end, from) - from);
}

} // namespace

std::vector<Source> available_sources() {
    std::vector<Source> sources = {
        source<Exporter::Udmabuf>(), source<Exporter::SystemHeap>(), source<Exporter::Vgem>(),
        source<Exporter::Vkms>(),
        Source{"read-only vkms",
               [](std::span<const std::uint8_t> content) { return make_read_only_dmabuf(content); },
               missing(Exporter::Vkms), true}};
    const std::string reason = sources.front().missing;
    std::erase_if(sources, [](const Source& source) { return !source.missing.empty(); });
    if (sources.empty())
        SKIP("nobody makes dma-bufs here: " << reason);
    return sources;
}

const Style& style_of(const std::string& renderer) {
    const auto software = [](const std::string& name) {
        return Stage{
            .renderer = name, .drm_device = "", .environment = {"WLR_RENDERER_FORCE_SOFTWARE=1"}};
    };
    static const Style styles[] = {
        {"gles2", {}, Chroma::Linear, Blending::Electrical},
        {"vulkan", software("vulkan"), Chroma::Linear, Blending::Gamma22},
        {"pixman", software("pixman"), Chroma::Repeated, Blending::Electrical},
    };
    const auto* found = std::ranges::find(styles, renderer, &Style::renderer);
    REQUIRE(found != std::end(styles));
    return *found;
}

std::vector<tarmac::Fd> make_files(const Card& card, const Source& source) {
    std::vector<tarmac::Fd> files;
    for (const auto& content : card.files())
        files.push_back(source.make(content));
    return files;
}

Import import(CompositorProcess& compositor, RawClient& client, const Card& card,
              std::uint64_t modifier, std::span<const tarmac::Fd> files) {
    auto& params = client.create_params();
    const auto n_planes = static_cast<unsigned>(card.planes().size());
    for (unsigned i = 0; i < n_planes; ++i) {
        const unsigned number = card.geometry().is_reversed ? n_planes - 1 - i : i;
        const Card::Plane& plane = card.planes()[number];
        client.add(params, files[plane.file].get(), number, plane.offset, plane.stride, modifier);
    }
    const Answer answer =
        client.create(params, static_cast<int>(card.geometry().width),
                      static_cast<int>(card.geometry().height), card.layout().fourcc);
    INFO(card.layout().name << ": " << answer.interface);
    REQUIRE((answer.kind == Answer::Created || answer.kind == Answer::Failed));
    wl_buffer* buffer = std::exchange(params.buffer, nullptr);
    client.destroy_params(params);
    if (!buffer) {
        const std::string line = compositor.process().await_line("tarmac: refused");
        return {.reason = text_between(line, "reason=\"", '"')};
    }
    const std::string line = compositor.process().await_line("tarmac: imported");
    return {.buffer = buffer, .way = text_between(line, " way=", ' '), .reason = {}};
}

Gallery::Gallery(const Style& style)
    : compositor_{{"--size", tarmac::formatted("{}x{}", Width, Height)}, style.stage}
    , client_{compositor_.connect(4)}
    , window_{client_}
    , subcompositor_{
          static_cast<wl_subcompositor*>(client_.bind_global(&wl_subcompositor_interface, 1))} {
    window_.set_fullscreen();
    std::vector<std::uint8_t> paint;
    for (int i = 0; i < Width * Height; ++i)
        paint.insert(paint.end(), {Background.blue, Background.green, Background.red, 0});
    const tarmac::Fd dmabuf = available_sources().front().make(paint);
    auto& params = client_.create_params();
    client_.add(params, dmabuf.get(), 0, 0, Width * 4, DRM_FORMAT_MOD_LINEAR);
    REQUIRE(client_.create(params, Width, Height, DRM_FORMAT_XRGB8888) ==
            Answer{Answer::Created, 0, {}});
    background_ = params.buffer;
    compositor_.process().await_line("tarmac: imported");
}

Gallery::~Gallery() {
    for (wl_buffer* buffer : buffers_)
        wl_buffer_destroy(buffer);
    for (const Frame& frame : frames_) {
        wl_subsurface_destroy(frame.subsurface);
        wl_surface_destroy(frame.surface);
    }
    wl_subcompositor_destroy(subcompositor_);
}

Import Gallery::import(const Card& card, std::uint64_t modifier,
                       std::span<const tarmac::Fd> files) {
    Import import = test::import(compositor_, client_, card, modifier, files);
    if (import.buffer)
        buffers_.push_back(import.buffer);
    return import;
}

void Gallery::hang(wl_buffer* buffer, int x, int y) {
    if (n_hung_ == frames_.size()) {
        wl_surface* surface = wl_compositor_create_surface(client_.compositor());
        frames_.push_back(
            {surface, wl_subcompositor_get_subsurface(subcompositor_, surface, window_.surface())});
    }
    const Frame& frame = frames_[n_hung_++];
    wl_subsurface_set_position(frame.subsurface, x, y);
    wl_surface_attach(frame.surface, buffer, 0, 0);
    wl_surface_damage_buffer(frame.surface, 0, 0, INT32_MAX, INT32_MAX);
    wl_surface_commit(frame.surface);
}

Picture Gallery::look() {
    window_.show(background_);
    return take_screenshot(compositor_.socket());
}

void Gallery::clear() {
    for (; n_hung_ > 0; --n_hung_) {
        wl_surface_attach(frames_[n_hung_ - 1].surface, nullptr, 0, 0);
        wl_surface_commit(frames_[n_hung_ - 1].surface);
    }
    for (wl_buffer* buffer : std::exchange(buffers_, {}))
        wl_buffer_destroy(buffer);
    window_.show(background_);
}

Picture crop(const Picture& screen, int x, int y, int width, int height) {
    Picture part{width, height, {}};
    for (int row = 0; row < height; ++row) {
        for (int column = 0; column < width; ++column)
            part.pixels.push_back(screen.at(x + column, y + row));
    }
    return part;
}

} // namespace test
