// A compositor in C that draws by itself, without wlr_scene: surfaces as
// tarmac_linux_dmabuf_get_shown_picture() has them, cursors as wlr_cursor does, whole frames when
// something has changed, and nothing where the screen can scan out a window. Windows of xdg-shell
// lie in the upper left corner, the newest on top, without popups, keys and buttons; pointers are
// virtual ones (zwlr_virtual_pointer_v1). It shows itself as WLR_BACKENDS says.

#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <tarmac/tarmac.h>
#include <time.h>
#include <wayland-server-core.h>
#include <wlr/backend.h>
#include <wlr/render/allocator.h>
#include <wlr/render/pass.h>
#include <wlr/render/wlr_renderer.h>
#include <wlr/types/wlr_color_representation_v1.h>
#include <wlr/types/wlr_compositor.h>
#include <wlr/types/wlr_cursor.h>
#include <wlr/types/wlr_output.h>
#include <wlr/types/wlr_output_layout.h>
#include <wlr/types/wlr_pointer.h>
#include <wlr/types/wlr_screencopy_v1.h>
#include <wlr/types/wlr_seat.h>
#include <wlr/types/wlr_subcompositor.h>
#include <wlr/types/wlr_viewporter.h>
#include <wlr/types/wlr_virtual_pointer_v1.h>
#include <wlr/types/wlr_xdg_output_v1.h>
#include <wlr/types/wlr_xdg_shell.h>
#include <wlr/util/log.h>
#include <wlr/util/transform.h>

struct server {
    struct wlr_renderer* renderer;
    struct wlr_allocator* allocator;
    struct wlr_output_layout* layout;
    struct tarmac_linux_dmabuf* dmabuf;
    struct wl_list windows; ///< the topmost first
    struct wlr_seat* seat;
    struct wlr_cursor* cursor;
    struct wl_listener new_output, new_surface, new_toplevel, new_pointer, motion, set_cursor;
};

struct screen {
    struct server* server;
    struct wlr_output* output;
    struct wl_listener frame, needs_frame, destroy;
};

/// Of whatever role.
struct surface {
    struct server* server;
    struct wl_listener commit, destroy;
};

struct window {
    struct wl_list link;
    struct server* server;
    struct wlr_xdg_toplevel* toplevel;
    struct wl_listener commit, request_fullscreen, destroy;
};

struct drawing {
    struct tarmac_linux_dmabuf* dmabuf;
    struct wlr_render_pass* pass;
    int x, y; ///< of the window's main surface
};

static void listen_to(struct wl_signal* signal, struct wl_listener* listener,
                      wl_notify_func_t call) {
    listener->notify = call;
    wl_signal_add(signal, listener);
}

static void draw_anew(struct server* server) {
    struct wlr_output_layout_output* screen;
    wl_list_for_each(screen, &server->layout->outputs, link)
        wlr_output_schedule_frame(screen->output);
}

/// Nothing where the texture is RGB, be it converted YUV: renderers mustn't be told of an encoding.
static void name_colors(struct wlr_render_texture_options* options,
                        const struct tarmac_color_state* color) {
    static const enum wlr_color_encoding encodings[] = {
        [1] = WLR_COLOR_ENCODING_BT709,
        [6] = WLR_COLOR_ENCODING_BT601,
        [9] = WLR_COLOR_ENCODING_BT2020,
    };
    if (color->matrix == 0)
        return;
    options->color_encoding = encodings[color->matrix];
    options->color_range = color->range == 1 ? WLR_COLOR_RANGE_FULL : WLR_COLOR_RANGE_LIMITED;
}

static void draw_surface(struct wlr_surface* surface, int x, int y, void* data) {
    const struct drawing* drawing = data;
    struct wlr_render_texture_options options = {
        .texture = wlr_surface_get_texture(surface),
        .dst_box = {drawing->x + x, drawing->y + y, surface->current.width,
                    surface->current.height},
        // Turns what is inverted, too.
        .transform = wlr_output_transform_invert(surface->current.transform),
    };
    wlr_surface_get_buffer_source_box(surface, &options.src_box);
    struct tarmac_shown_picture picture = {.size = sizeof(picture)};
    if (tarmac_linux_dmabuf_get_shown_picture(drawing->dmabuf, surface, &picture)) {
        options.texture = picture.texture;
        name_colors(&options, &picture.color);
    }
    if (options.texture)
        wlr_render_pass_add_texture(drawing->pass, &options);
}

static void draw(struct server* server, struct wlr_output* output) {
    struct wlr_output_state state;
    wlr_output_state_init(&state);
    struct wlr_render_pass* pass = wlr_output_begin_render_pass(output, &state, NULL);
    if (pass) {
        const struct wlr_render_rect_options background = {
            .box = {0, 0, output->width, output->height}, .color = {.a = 1}};
        wlr_render_pass_add_rect(pass, &background);
        double x = 0, y = 0;
        wlr_output_layout_output_coords(server->layout, output, &x, &y);
        struct window* window;
        wl_list_for_each_reverse(window, &server->windows, link) {
            const struct wlr_box* seen = &window->toplevel->base->geometry;
            struct drawing drawing = {server->dmabuf, pass, (int)x - seen->x, (int)y - seen->y};
            wlr_surface_for_each_surface(window->toplevel->base->surface, draw_surface, &drawing);
        }
        wlr_output_add_software_cursors_to_render_pass(output, pass, NULL);
        // If it fails the frame is drawn with the next change.
        if (wlr_render_pass_submit(pass))
            wlr_output_commit_state(output, &state);
    }
    wlr_output_state_finish(&state);
}

/// Has the screen itself show a window that hides all else. False if there is none, or it can't.
static bool scan_out(struct server* server, struct wlr_output* output) {
    if (wl_list_empty(&server->windows) || !wlr_output_is_direct_scanout_allowed(output) ||
        output != wlr_output_layout_output_at(server->layout, 0, 0))
        return false;
    struct window* top = wl_container_of(server->windows.next, top, link);
    struct wlr_surface* surface = top->toplevel->base->surface;
    const struct wlr_surface_state* current = &surface->current;
    const pixman_box32_t whole = {0, 0, output->width, output->height};
    struct tarmac_shown_picture picture = {.size = sizeof(picture)};
    if (!tarmac_linux_dmabuf_get_shown_picture(server->dmabuf, surface, &picture) ||
        picture.color.matrix != 0 || !wl_list_empty(&current->subsurfaces_above) ||
        current->transform != WL_OUTPUT_TRANSFORM_NORMAL || current->viewport.has_src ||
        current->width != output->width || current->height != output->height ||
        top->toplevel->base->geometry.x != 0 || top->toplevel->base->geometry.y != 0 ||
        current->buffer_width != output->width || current->buffer_height != output->height ||
        pixman_region32_contains_rectangle(&surface->opaque_region, &whole) != PIXMAN_REGION_IN)
        return false;
    struct wlr_output_state state;
    wlr_output_state_init(&state);
    wlr_output_state_set_buffer(&state, picture.buffer);
    const bool is_shown =
        wlr_output_test_state(output, &state) && wlr_output_commit_state(output, &state);
    wlr_output_state_finish(&state);
    return is_shown;
}

static void send_frame_done(struct wlr_surface* surface, int x, int y, void* now) {
    (void)x, (void)y;
    wlr_surface_send_frame_done(surface, now);
}

static void show_frame(struct wl_listener* listener, void* data) {
    (void)data;
    struct screen* screen = wl_container_of(listener, screen, frame);
    struct server* server = screen->server;
    if (screen->output->needs_frame && !scan_out(server, screen->output))
        draw(server, screen->output);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    struct window* window;
    wl_list_for_each(window, &server->windows, link)
        wlr_surface_for_each_surface(window->toplevel->base->surface, send_frame_done, &now);
}

static void schedule_frame(struct wl_listener* listener, void* data) {
    (void)data;
    struct screen* screen = wl_container_of(listener, screen, needs_frame);
    wlr_output_schedule_frame(screen->output);
}

static void remove_screen(struct wl_listener* listener, void* data) {
    (void)data;
    struct screen* screen = wl_container_of(listener, screen, destroy);
    wl_list_remove(&screen->frame.link);
    wl_list_remove(&screen->needs_frame.link);
    wl_list_remove(&screen->destroy.link);
    free(screen);
}

static void add_screen(struct wl_listener* listener, void* data) {
    struct server* server = wl_container_of(listener, server, new_output);
    struct wlr_output* output = data;
    wlr_output_init_render(output, server->allocator, server->renderer);
    struct wlr_output_state state;
    wlr_output_state_init(&state);
    wlr_output_state_set_enabled(&state, true);
    struct wlr_output_mode* mode = wlr_output_preferred_mode(output);
    if (mode)
        wlr_output_state_set_mode(&state, mode);
    wlr_output_commit_state(output, &state);
    wlr_output_state_finish(&state);
    wlr_output_layout_add_auto(server->layout, output);

    struct screen* screen = calloc(1, sizeof(*screen));
    screen->server = server;
    screen->output = output;
    listen_to(&output->events.frame, &screen->frame, show_frame);
    listen_to(&output->events.needs_frame, &screen->needs_frame, schedule_frame);
    listen_to(&output->events.destroy, &screen->destroy, remove_screen);
    wlr_output_schedule_frame(output);
}

static void follow_commit(struct wl_listener* listener, void* data) {
    (void)data;
    struct surface* surface = wl_container_of(listener, surface, commit);
    draw_anew(surface->server);
}

static void forget_surface(struct wl_listener* listener, void* data) {
    (void)data;
    struct surface* surface = wl_container_of(listener, surface, destroy);
    draw_anew(surface->server);
    wl_list_remove(&surface->commit.link);
    wl_list_remove(&surface->destroy.link);
    free(surface);
}

static void follow_surface(struct wl_listener* listener, void* data) {
    struct wlr_surface* followed = data;
    struct surface* surface = calloc(1, sizeof(*surface));
    surface->server = wl_container_of(listener, surface->server, new_surface);
    listen_to(&followed->events.commit, &surface->commit, follow_commit);
    listen_to(&followed->events.destroy, &surface->destroy, forget_surface);
}

/// What clients are to allocate so that `output` can scan it out; NULL if there is nothing.
static struct tarmac_feedback* scanout_feedback(struct server* server, struct wlr_output* output) {
    struct stat card;
    const int fd = wlr_backend_get_drm_fd(output->backend);
    const struct wlr_drm_format_set* formats =
        wlr_output_get_primary_formats(output, WLR_BUFFER_CAP_DMABUF);
    if (!formats || fd < 0 || fstat(fd, &card) != 0)
        return NULL;
    return tarmac_feedback_create_for_scanout(server->dmabuf, card.st_rdev, formats, NULL);
}

/// Of the size that it likes, unless it asks for the whole screen.
static void configure(struct window* window) {
    struct server* server = window->server;
    struct wlr_xdg_toplevel* toplevel = window->toplevel;
    struct wlr_output* output = wlr_output_layout_output_at(server->layout, 0, 0);
    const bool is_whole = output && toplevel->requested.fullscreen;
    wlr_xdg_toplevel_set_fullscreen(toplevel, is_whole);
    wlr_xdg_toplevel_set_size(toplevel, is_whole ? output->width : 0,
                              is_whole ? output->height : 0);
    struct tarmac_feedback* feedback = is_whole ? scanout_feedback(server, output) : NULL;
    tarmac_linux_dmabuf_set_surface_feedback(server->dmabuf, toplevel->base->surface, feedback);
    tarmac_feedback_destroy(feedback);
}

static void configure_first(struct wl_listener* listener, void* data) {
    (void)data;
    struct window* window = wl_container_of(listener, window, commit);
    if (window->toplevel->base->initial_commit)
        configure(window);
}

static void accept_fullscreen(struct wl_listener* listener, void* data) {
    (void)data;
    struct window* window = wl_container_of(listener, window, request_fullscreen);
    if (window->toplevel->base->initialized)
        configure(window);
}

static void remove_window(struct wl_listener* listener, void* data) {
    (void)data;
    struct window* window = wl_container_of(listener, window, destroy);
    draw_anew(window->server);
    wl_list_remove(&window->link);
    wl_list_remove(&window->commit.link);
    wl_list_remove(&window->request_fullscreen.link);
    wl_list_remove(&window->destroy.link);
    free(window);
}

static void add_window(struct wl_listener* listener, void* data) {
    struct server* server = wl_container_of(listener, server, new_toplevel);
    struct window* window = calloc(1, sizeof(*window));
    window->server = server;
    window->toplevel = data;
    wl_list_insert(&server->windows, &window->link);
    listen_to(&window->toplevel->base->surface->events.commit, &window->commit, configure_first);
    listen_to(&window->toplevel->events.request_fullscreen, &window->request_fullscreen,
              accept_fullscreen);
    listen_to(&window->toplevel->events.destroy, &window->destroy, remove_window);
}

static void set_cursor(struct wl_listener* listener, void* data) {
    struct server* server = wl_container_of(listener, server, set_cursor);
    const struct wlr_seat_pointer_request_set_cursor_event* event = data;
    if (event->seat_client == server->seat->pointer_state.focused_client)
        wlr_cursor_set_surface(server->cursor, event->surface, event->hotspot_x, event->hotspot_y);
    draw_anew(server);
}

static void move_cursor(struct wl_listener* listener, void* data) {
    struct server* server = wl_container_of(listener, server, motion);
    const struct wlr_pointer_motion_absolute_event* event = data;
    wlr_cursor_warp_absolute(server->cursor, &event->pointer->base, event->x, event->y);
    draw_anew(server);
    struct window* window;
    wl_list_for_each(window, &server->windows, link) {
        struct wlr_xdg_surface* base = window->toplevel->base;
        double x, y;
        struct wlr_surface* surface =
            wlr_surface_surface_at(base->surface, server->cursor->x + base->geometry.x,
                                   server->cursor->y + base->geometry.y, &x, &y);
        if (!surface)
            continue;
        wlr_seat_pointer_notify_enter(server->seat, surface, x, y);
        wlr_seat_pointer_notify_motion(server->seat, event->time_msec, x, y);
        wlr_seat_pointer_notify_frame(server->seat);
        return;
    }
    wlr_seat_pointer_notify_clear_focus(server->seat);
    wlr_cursor_unset_image(server->cursor);
}

static void add_pointer(struct wl_listener* listener, void* data) {
    struct server* server = wl_container_of(listener, server, new_pointer);
    const struct wlr_virtual_pointer_v1_new_pointer_event* event = data;
    wlr_cursor_attach_input_device(server->cursor, &event->new_pointer->pointer.base);
}

static int terminate(int signal_number, void* data) {
    (void)signal_number;
    wl_display_terminate(data);
    return 0;
}

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    wlr_log_init(WLR_ERROR, NULL);
    struct server server = {0};
    struct wl_display* display = wl_display_create();
    struct wl_event_loop* loop = wl_display_get_event_loop(display);
    struct wl_event_source* sigterm = wl_event_loop_add_signal(loop, SIGTERM, terminate, display);
    struct wlr_backend* backend = wlr_backend_autocreate(loop, NULL);
    server.renderer = backend ? wlr_renderer_autocreate(backend) : NULL;
    server.allocator = server.renderer ? wlr_allocator_autocreate(backend, server.renderer) : NULL;
    if (!server.allocator)
        return 1;
    wlr_renderer_init_wl_shm(server.renderer, display);

    struct wlr_compositor* compositor = wlr_compositor_create(display, 6, server.renderer);
    struct tarmac_error error;
    server.dmabuf = tarmac_linux_dmabuf_create(display, compositor, server.renderer, NULL, &error);
    if (!server.dmabuf) {
        fprintf(stderr, "drawer: %s\n", error.message);
        return 1;
    }
    // Not everywhere. Who draws needn't know of it: what surfaces show is ready.
    tarmac_linux_dmabuf_offer_explicit_sync(server.dmabuf, -1, NULL);

    wlr_subcompositor_create(display);
    wlr_viewporter_create(display);
    wlr_color_representation_manager_v1_create_with_renderer(display, 1, server.renderer);
    wlr_screencopy_manager_v1_create(display);
    server.layout = wlr_output_layout_create(display);
    wlr_xdg_output_manager_v1_create(display, server.layout);
    server.cursor = wlr_cursor_create();
    wlr_cursor_attach_output_layout(server.cursor, server.layout);
    server.seat = wlr_seat_create(display, "seat0");
    wlr_seat_set_capabilities(server.seat, WL_SEAT_CAPABILITY_POINTER);

    wl_list_init(&server.windows);
    listen_to(&backend->events.new_output, &server.new_output, add_screen);
    listen_to(&compositor->events.new_surface, &server.new_surface, follow_surface);
    listen_to(&wlr_xdg_shell_create(display, 3)->events.new_toplevel, &server.new_toplevel,
              add_window);
    listen_to(&wlr_virtual_pointer_manager_v1_create(display)->events.new_virtual_pointer,
              &server.new_pointer, add_pointer);
    listen_to(&server.cursor->events.motion_absolute, &server.motion, move_cursor);
    listen_to(&server.seat->events.request_set_cursor, &server.set_cursor, set_cursor);

    const char* socket = wl_display_add_socket_auto(display);
    if (!socket || !wlr_backend_start(backend))
        return 1;
    printf("drawer: ready socket=%s\n", socket);
    wl_display_run(display);

    wl_display_destroy_clients(display);
    tarmac_linux_dmabuf_destroy(server.dmabuf);
    wl_list_remove(&server.new_output.link);
    wl_list_remove(&server.new_surface.link);
    wl_list_remove(&server.new_toplevel.link);
    wl_list_remove(&server.new_pointer.link);
    wl_list_remove(&server.motion.link);
    wl_list_remove(&server.set_cursor.link);
    wl_event_source_remove(sigterm);
    wlr_cursor_destroy(server.cursor);
    wlr_backend_destroy(backend);
    wlr_allocator_destroy(server.allocator);
    wlr_renderer_destroy(server.renderer);
    wl_display_destroy(display);
}
