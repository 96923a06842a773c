// Requests that clients make in a row.

#include <drm_fourcc.h>
#include <wayland-client-protocol.h>

#include "color-representation-v1-client-protocol.h"
#include "fuzz/wire_clients.hpp"
#include "fuzz/wire_memory.hpp"
#include "linux-dmabuf-v1-client-protocol.h"
#include "linux-drm-syncobj-v1-client-protocol.h"
#include "viewporter-client-protocol.h"
#include "xdg-shell-client-protocol.h"

namespace fuzz {

namespace {

struct Plane {
    std::uint32_t offset, stride;
};

struct Image {
    std::uint32_t width, height, fourcc;
    std::uint64_t modifier;
    unsigned n_planes;
    Plane planes[3];
};

/// All but the last two fit dma-bufs of four pages, in whatever way they are shown.
constexpr Image Images[] = {
    {64, 64, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, 1, {{0, 256}}},
    {32, 32, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_INVALID, 1, {{0, 128}}},
    {64, 64, DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR, 1, {{0, 256}}},
    {32, 32, DRM_FORMAT_XBGR8888, DRM_FORMAT_MOD_LINEAR, 1, {{128, 128}}},
    {64, 64, DRM_FORMAT_NV12, DRM_FORMAT_MOD_LINEAR, 2, {{0, 64}, {4096, 64}}},
    {64, 64, DRM_FORMAT_YUYV, DRM_FORMAT_MOD_LINEAR, 1, {{0, 128}}},
    {32, 32, DRM_FORMAT_YUV420, DRM_FORMAT_MOD_LINEAR, 3, {{0, 32}, {1024, 16}, {1280, 16}}},
    {64, 64, DRM_FORMAT_XRGB2101010, DRM_FORMAT_MOD_LINEAR, 1, {{0, 256}}},
    {64, 32, DRM_FORMAT_RGB565, DRM_FORMAT_MOD_LINEAR, 1, {{0, 128}}},
    {32, 32, DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_X_TILED, 1, {{0, 512}}},
    {1, 1, DRM_FORMAT_R8, DRM_FORMAT_MOD_LINEAR, 1, {{0, 1}}},
    {128, 128, DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR, 1, {{0, 512}}},
    {40000, 1, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, 1, {{0, 160000}}},
};

std::uint32_t high(std::uint64_t number) {
    return static_cast<std::uint32_t>(number >> 32);
}

} // namespace

void Clients::make_buffer(test::FuzzInput& input) {
    Client* client = choose(input);
    const std::uint32_t factory =
        client ? client->find(zwp_linux_dmabuf_v1_interface, input.number<std::uint8_t>()) : 0;
    if (factory == 0 || client->objects().size() > MostObjects)
        return;
    const Image& image = input.pick(Images);
    const auto how = input.number<std::uint8_t>();
    const unsigned version = client->version_of(factory);
    unsigned n_until_wrong = input.below(64);
    const auto told = [&](std::uint32_t right) {
        return n_until_wrong > 0 && --n_until_wrong == 0 ? number(input) : right;
    };
    const std::uint32_t params =
        client->write(factory, ZWP_LINUX_DMABUF_V1_CREATE_PARAMS,
                      {NewObject{&zwp_linux_buffer_params_v1_interface, version}});
    for (unsigned i = 0; i < image.n_planes; ++i) {
        const Plane& plane = image.planes[i];
        const int fd = Memory::shared().fd(told(how % Memory::NDmabufs));
        client->write(params, ZWP_LINUX_BUFFER_PARAMS_V1_ADD,
                      {PassedFd{fd}, told(i), told(plane.offset), told(plane.stride),
                       told(high(image.modifier)),
                       told(static_cast<std::uint32_t>(image.modifier))});
    }
    const std::uint32_t flags = told(how & 0x80 ? ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_Y_INVERT : 0);
    const std::uint32_t width = told(image.width), height = told(image.height);
    const std::uint32_t fourcc = told(image.fourcc);
    if (how & 0x40 || version < ZWP_LINUX_BUFFER_PARAMS_V1_CREATE_IMMED_SINCE_VERSION)
        client->write(params, ZWP_LINUX_BUFFER_PARAMS_V1_CREATE, {width, height, fourcc, flags});
    else
        client->write(params, ZWP_LINUX_BUFFER_PARAMS_V1_CREATE_IMMED,
                      {NewObject{&wl_buffer_interface, 1}, width, height, fourcc, flags});
    // Otherwise they hear `created` of it in a turn to come.
    if (how & 0x20) {
        client->forget(params);
        client->write(params, ZWP_LINUX_BUFFER_PARAMS_V1_DESTROY, {});
    }
    count_request();
    n_requests_ += image.n_planes + 1;
}

void Clients::show(test::FuzzInput& input) {
    Client* client = choose(input);
    const auto choice = input.number<std::uint8_t>();
    const std::uint32_t surface = client ? client->find(wl_surface_interface, choice) : 0;
    if (surface == 0)
        return;
    const auto how = input.number<std::uint8_t>();
    const std::uint32_t buffer = how < 0xf0 ? client->find(wl_buffer_interface, how) : 0;
    client->write(surface, WL_SURFACE_ATTACH, {buffer, 0u, 0u});
    client->write(surface, WL_SURFACE_DAMAGE_BUFFER, {0u, 0u, 64u, 64u});
    const std::uint32_t timeline = client->last(wp_linux_drm_syncobj_timeline_v1_interface);
    const std::uint32_t synced = client->last(wp_linux_drm_syncobj_surface_v1_interface);
    if (timeline != 0 && synced != 0 && buffer != 0) {
        const std::uint32_t point = input.number<std::uint8_t>();
        client->write(synced, WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_SET_ACQUIRE_POINT,
                      {timeline, 0u, point});
        client->write(synced, WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_SET_RELEASE_POINT,
                      {timeline, 0u, point + 1});
        n_requests_ += 2;
    }
    client->write(surface, WL_SURFACE_COMMIT, {});
    count_request();
    n_requests_ += 2;
}

void Clients::show_otherwise(test::FuzzInput& input) {
    Client* client = choose(input);
    const auto choice = input.number<std::uint8_t>();
    const std::uint32_t surface = client ? client->find(wl_surface_interface, choice) : 0;
    if (surface == 0)
        return;
    const auto how = input.number<std::uint8_t>();
    // A copy may have been made by now, and the buffer released.
    if (how & 1)
        turn();
    const std::uint32_t buffer = client->last(wl_buffer_interface);
    if (how & 2 && buffer != 0) {
        client->write(buffer, WL_BUFFER_DESTROY, {});
        client->forget(buffer);
    }
    if (how & 1)
        turn();
    const std::uint32_t viewport = client->last(wp_viewport_interface);
    if (how & 4 && viewport != 0) {
        const std::uint32_t side = (1u + (how >> 4)) << 8;
        client->write(viewport, WP_VIEWPORT_SET_SOURCE, {0u, 0u, side, side});
    }
    const std::uint32_t colors = client->last(wp_color_representation_surface_v1_interface);
    if (how & 8 && colors != 0) {
        constexpr std::uint32_t Modes[] = {
            WP_COLOR_REPRESENTATION_SURFACE_V1_ALPHA_MODE_PREMULTIPLIED_ELECTRICAL,
            WP_COLOR_REPRESENTATION_SURFACE_V1_ALPHA_MODE_STRAIGHT};
        client->write(colors, WP_COLOR_REPRESENTATION_SURFACE_V1_SET_ALPHA_MODE,
                      {Modes[how >> 4 & 1]});
    }
    client->write(surface, WL_SURFACE_COMMIT, {});
    count_request();
    n_requests_ += 2;
}

void Clients::make_role(test::FuzzInput& input) {
    Client* client = choose(input);
    if (!client || client->objects().size() > MostObjects)
        return;
    const auto choice = input.number<std::uint8_t>();
    const auto make = [&](const wl_interface& factory, unsigned opcode, const wl_interface& made,
                          std::initializer_list<Argument> others) {
        const std::uint32_t object = client->last(factory);
        if (object == 0)
            return std::uint32_t{0};
        std::vector<Argument> arguments{NewObject{&made, client->version_of(object)}};
        arguments.insert(arguments.end(), others);
        count_request();
        return client->write(object, opcode, arguments);
    };
    const std::uint32_t any = client->find(wl_surface_interface, choice);
    switch (input.below(8)) {
    case 0:
    case 1: {
        const std::uint32_t surface =
            make(wl_compositor_interface, WL_COMPOSITOR_CREATE_SURFACE, wl_surface_interface, {});
        make(xdg_wm_base_interface, XDG_WM_BASE_GET_XDG_SURFACE, xdg_surface_interface, {surface});
        make(xdg_surface_interface, XDG_SURFACE_GET_TOPLEVEL, xdg_toplevel_interface, {});
        client->write(surface, WL_SURFACE_COMMIT, {});
        return;
    }
    case 2:
    case 3: {
        const std::uint32_t surface =
            make(wl_compositor_interface, WL_COMPOSITOR_CREATE_SURFACE, wl_surface_interface, {});
        if (any != 0)
            make(wl_subcompositor_interface, WL_SUBCOMPOSITOR_GET_SUBSURFACE,
                 wl_subsurface_interface, {surface, any});
        return;
    }
    case 4:
        make(wp_viewporter_interface, WP_VIEWPORTER_GET_VIEWPORT, wp_viewport_interface, {any});
        return;
    case 5:
        make(wp_color_representation_manager_v1_interface,
             WP_COLOR_REPRESENTATION_MANAGER_V1_GET_SURFACE,
             wp_color_representation_surface_v1_interface, {any});
        return;
    case 6:
        if (const int timeline = Memory::shared().timeline_fd(); timeline >= 0)
            make(wp_linux_drm_syncobj_manager_v1_interface,
                 WP_LINUX_DRM_SYNCOBJ_MANAGER_V1_IMPORT_TIMELINE,
                 wp_linux_drm_syncobj_timeline_v1_interface, {PassedFd{timeline}});
        make(wp_linux_drm_syncobj_manager_v1_interface, WP_LINUX_DRM_SYNCOBJ_MANAGER_V1_GET_SURFACE,
             wp_linux_drm_syncobj_surface_v1_interface, {any});
        return;
    default: {
        // Shared memory among dma-bufs
        const int fd = Memory::shared().fd(Memory::NDmabufs);
        make(wl_shm_interface, WL_SHM_CREATE_POOL, wl_shm_pool_interface, {PassedFd{fd}, 16384u});
        make(wl_shm_pool_interface, WL_SHM_POOL_CREATE_BUFFER, wl_buffer_interface,
             {0u, 64u, 64u, 256u, std::uint32_t{WL_SHM_FORMAT_XRGB8888}});
        return;
    }
    }
}

} // namespace fuzz
