#include "fuzz/content_compositor.hpp"

#include <algorithm>
#include <utility>

#include "fuzz/input.hpp"
#include "fuzz/real_renderer.hpp"
#include "support/color_representation.hpp"
#include "support/name_colors.hpp"
#include "wlr/wlr.hpp"

namespace fuzz {

using namespace std::chrono_literals;

namespace {

constexpr int LargestSide = 32, MostSurfaces = 16, Width = 64;
constexpr std::size_t PixelsOfOne = LargestSide * LargestSide;

template <class T>
T must(tarmac::Result<T> made) {
    FUZZ_CHECK(made, made.error().message);
    return std::move(*made);
}

} // namespace

Compositor& Compositor::shared() {
    wlr_log_init(WLR_SILENT, nullptr);
    // Never destroyed: what ends with the process needs no order.
    static Compositor& compositor = *new Compositor;
    return compositor;
}

Compositor::Compositor()
    : display_{wl_display_create()}
    , renderer_{create_real_renderer()}
    , target_{test::DrawnBuffer::create(Width, LargestSide * MostSurfaces)}
    , pixels_(MostSurfaces * PixelsOfOne) {
    wl_log_set_handler_server([](const char*, va_list) {});
    gather_news(display_);
    FUZZ_CHECK(renderer_, "there is no such renderer");
    FUZZ_CHECK(target_, "there is no memory to draw to");
    compositor_ = wlr_compositor_create(display_, 6, renderer_);
    wlr_subcompositor_create(display_);
    wlr_viewporter_create(display_);
    test::create_color_representation(display_, test::AllColors);
    make_importers();
    tarmac::LinuxDmabuf::Options options;
    options.workers = 1;
    // Nothing may be left out because it takes long.
    options.ready_timeout = 1h;
    options.quotas.held_commits = 1 << 16;
    // Nor may a client be refused because many of its commits wait.
    options.quotas.descriptors = tarmac::Quotas::Unlimited;
    global_.emplace(
        must(tarmac::LinuxDmabuf::create(display_, compositor_, importers(), std::move(options))));
    FUZZ_CHECK(global_->offer_explicit_sync(), "there are no timelines");
}

void Compositor::make_importers() {
    if (auto made = tarmac::create_renderer_importer(renderer_, main_device()))
        importing_ = std::move(*made);
    mapping_ = must(tarmac::create_mapped_importer(renderer_, main_device()));
}

std::vector<tarmac::Importer*> Compositor::importers() const {
    if (importing_)
        return {importing_.get(), mapping_.get()};
    return {mapping_.get()};
}

void Compositor::turn(std::chrono::milliseconds longest) {
    wl_event_loop_dispatch(wl_display_get_event_loop(display_), static_cast<int>(longest.count()));
    wl_display_flush_clients(display_);
}

wlr_surface* Compositor::find_surface(wl_client* client, std::uint32_t id) {
    wl_resource* resource = wl_client_get_object(client, id);
    return resource ? wlr_surface_from_resource(resource) : nullptr;
}

void Compositor::give_role(wlr_surface* surface) {
    static constexpr wlr_surface_role role = {.name = "fuzz", .no_object = true};
    FUZZ_CHECK(wlr_surface_set_role(surface, &role, nullptr, 0), "it has another role");
}

void Compositor::lose_renderer() {
    wlr_renderer* old = std::exchange(renderer_, create_real_renderer());
    FUZZ_CHECK(renderer_, "there is no such renderer");
    wlr_compositor_set_renderer(compositor_, renderer_);
    const auto old_importing = std::move(importing_), old_mapping = std::move(mapping_);
    make_importers();
    set_importers_again();
    end_real_renderer(old);
}

void Compositor::set_importers_again() {
    FUZZ_CHECK(global_->set_importers(importers()), "importers aren't taken");
}

std::vector<Seen> Compositor::look(const std::vector<wlr_surface*>& surfaces) {
    FUZZ_CHECK(surfaces.size() <= MostSurfaces, "too many to look at");
    wlr_render_pass* pass = wlr_renderer_begin_buffer_pass(renderer_, target_, nullptr);
    FUZZ_CHECK(pass, "nothing can be drawn");
    wlr_render_rect_options black{};
    black.box = {0, 0, LargestSide, LargestSide * static_cast<int>(surfaces.size())};
    black.color = {0, 0, 0, 1};
    wlr_render_pass_add_rect(pass, &black);
    std::vector<Seen> all(surfaces.size());
    for (std::size_t i = 0; i < surfaces.size(); ++i) {
        wlr_surface* surface = surfaces[i];
        wlr_texture* texture = surface ? wlr_surface_get_texture(surface) : nullptr;
        if (!texture)
            continue;
        const wlr_surface_state& state = surface->current;
        FUZZ_CHECK(state.width <= LargestSide && state.height <= LargestSide,
                   "it is larger than any client wants");
        wlr_render_texture_options options{};
        options.texture = texture;
        wlr_surface_get_buffer_source_box(surface, &options.src_box);
        options.dst_box = {0, LargestSide * static_cast<int>(i), state.width, state.height};
        options.transform = wlr_output_transform_invert(state.transform);
        options.filter_mode = WLR_SCALE_FILTER_NEAREST;
        test::name_colors(options, surface);
        wlr_render_pass_add_texture(pass, &options);
        all[i] = {.width = static_cast<unsigned>(state.width),
                  .height = static_cast<unsigned>(state.height),
                  .pixels = pixels_.data() + i * PixelsOfOne,
                  .stride = LargestSide};
    }
    FUZZ_CHECK(wlr_render_pass_submit(pass), "nothing can be drawn");
    if (surfaces.empty())
        return all;
    wlr_texture* drawn = wlr_texture_from_buffer(renderer_, target_);
    FUZZ_CHECK(drawn, "what was drawn can't be read");
    const wlr_texture_read_pixels_options options = {.data = pixels_.data(),
                                                     .format = DRM_FORMAT_XRGB8888,
                                                     .stride = LargestSide * 4,
                                                     .src_box = black.box};
    FUZZ_CHECK(wlr_texture_read_pixels(drawn, &options), "what was drawn can't be read");
    wlr_texture_destroy(drawn);
    return all;
}

} // namespace fuzz
