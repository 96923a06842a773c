#include "support/drawer.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "support/drawn_buffer.hpp"
#include "support/name_colors.hpp"
#include "support/render_node.hpp"

namespace test {

namespace {

wlr_renderer* create_renderer(Drawing drawing, wlr_backend* backend) {
    if (drawing == Drawing::Pixman)
        return wlr_pixman_renderer_create();
    if (drawing == Drawing::Gles2)
        need_importing_node();
    setenv("WLR_RENDERER", name_of(drawing).c_str(), 1);
    setenv("WLR_RENDERER_ALLOW_SOFTWARE", "1", 1);
    if (drawing == Drawing::Gles2) {
        setenv("WLR_RENDER_DRM_DEVICE", RenderNode, 1);
    } else {
        unsetenv("WLR_RENDER_DRM_DEVICE");
        setenv("WLR_RENDERER_FORCE_SOFTWARE", "1", 1);
    }
    wlr_renderer* renderer = wlr_renderer_autocreate(backend);
    unsetenv("WLR_RENDERER_FORCE_SOFTWARE");
    return renderer;
}

dev_t device_of(wlr_renderer* renderer) {
    struct stat status{};
    const int fd = wlr_renderer_get_drm_fd(renderer);
    if ((fd >= 0 ? fstat(fd, &status) : stat("/dev/udmabuf", &status)) != 0)
        SKIP("/dev/udmabuf is missing");
    return status.st_rdev;
}

} // namespace

std::string name_of(Drawing drawing) {
    static constexpr std::array names = {"pixman", "gles2", "vulkan"};
    return names[static_cast<std::size_t>(drawing)];
}

Drawer::Drawer(Drawing drawing)
    : drawing_{drawing}
    , display_{wl_display_create()}
    , backend_{wlr_headless_backend_create(wl_display_get_event_loop(display_))} {
    REQUIRE(backend_);
    renderer_ = create_renderer(drawing, backend_);
    REQUIRE(renderer_);
    const dev_t device = device_of(renderer_);
    if (auto importer = tarmac::create_renderer_importer(renderer_, device))
        importers_.push_back(std::move(*importer));
    if (auto importer = tarmac::create_mapped_importer(renderer_, device))
        importers_.push_back(std::move(*importer));
    REQUIRE(!importers_.empty());
}

Drawer& Drawer::shared(Drawing drawing) {
    static std::array<Drawer*, 3> drawers{};
    Drawer*& drawer = drawers[static_cast<std::size_t>(drawing)];
    if (!drawer)
        drawer = new Drawer{drawing};
    return *drawer;
}

Drawer::~Drawer() {
    destroy();
    wlr_backend_destroy(backend_);
    wl_display_destroy(display_);
}

std::vector<tarmac::Importer*> Drawer::importers() const {
    std::vector<tarmac::Importer*> borrowed;
    for (const auto& importer : importers_)
        borrowed.push_back(importer.get());
    return borrowed;
}

void Drawer::destroy() {
    importers_.clear();
    if (renderer_)
        wlr_renderer_destroy(std::exchange(renderer_, nullptr));
}

Picture Drawer::draw(int width, int height,
                     const std::function<void(wlr_render_pass*)>& draw) const {
    DrawnBuffer* target = DrawnBuffer::create(width, height);
    REQUIRE(target);
    wlr_render_pass* pass = wlr_renderer_begin_buffer_pass(renderer_, target, nullptr);
    REQUIRE(pass);
    wlr_render_rect_options backdrop{};
    backdrop.box = {0, 0, width, height};
    backdrop.color = {1, 0, 1, 1};
    wlr_render_pass_add_rect(pass, &backdrop);
    draw(pass);
    REQUIRE(wlr_render_pass_submit(pass));
    Picture picture = read(target);
    wlr_buffer_drop(target);
    return picture;
}

Picture Drawer::read(wlr_buffer* buffer) const {
    const auto width = static_cast<std::uint32_t>(buffer->width);
    std::vector<std::uint32_t> pixels(std::size_t{width} *
                                      static_cast<std::size_t>(buffer->height));
    wlr_texture* texture = wlr_texture_from_buffer(renderer_, buffer);
    REQUIRE(texture);
    const wlr_texture_read_pixels_options options = {.data = pixels.data(),
                                                     .format = DRM_FORMAT_XRGB8888,
                                                     .stride = width * 4,
                                                     .dst_x = 0,
                                                     .dst_y = 0,
                                                     .src_box = {}};
    REQUIRE(wlr_texture_read_pixels(texture, &options));
    wlr_texture_destroy(texture);
    Picture picture{buffer->width, buffer->height, {}};
    for (const std::uint32_t pixel : pixels)
        picture.pixels.push_back({static_cast<std::uint8_t>(pixel >> 16),
                                  static_cast<std::uint8_t>(pixel >> 8),
                                  static_cast<std::uint8_t>(pixel)});
    return picture;
}

Picture Drawer::look(wlr_surface* surface, wlr_scale_filter_mode filter) const {
    wlr_texture* texture = surface ? wlr_surface_get_texture(surface) : nullptr;
    if (!texture)
        return {0, 0, {}};
    const wlr_surface_state& state = surface->current;
    wlr_render_texture_options options{};
    options.texture = texture;
    wlr_surface_get_buffer_source_box(surface, &options.src_box);
    options.dst_box = {0, 0, state.width, state.height};
    options.transform = wlr_output_transform_invert(state.transform);
    options.filter_mode = filter;
    name_colors(options, surface);
    return draw(state.width, state.height,
                [&](wlr_render_pass* pass) { wlr_render_pass_add_texture(pass, &options); });
}

std::string describe(const Picture& picture) {
    if (picture.pixels.empty())
        return "nothing";
    const std::string size = std::to_string(picture.width) + 'x' + std::to_string(picture.height);
    const Pixel& first = picture.pixels.front();
    for (const Pixel& pixel : picture.pixels) {
        if (distance(pixel, first) > 2)
            return size + " mixed";
    }
    static constexpr std::pair<Pixel, const char*> names[] = {
        {Red, "red"},     {Green, "green"}, {Blue, "blue"},
        {White, "white"}, {Black, "black"}, {Drawer::Backdrop, "transparent"}};
    for (const auto& [pixel, name] : names) {
        if (distance(pixel, first) <= 2)
            return size + ' ' + name;
    }
    return size + ' ' + to_string(first);
}

} // namespace test
