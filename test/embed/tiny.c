// A compositor that is C alone: windows of xdg-shell lie in the upper left corner of each screen,
// the newest on top, without input and popups. It shows itself as WLR_BACKENDS says, and lets
// itself be looked at on a socket at TINY_INSPECT.
//     tiny [CLIENT [ARGUMENT…]]

#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <tarmac/tarmac.h>
#include <time.h>
#include <unistd.h>
#include <wayland-server-core.h>
#include <wlr/backend.h>
#include <wlr/render/allocator.h>
#include <wlr/render/wlr_renderer.h>
#include <wlr/types/wlr_compositor.h>
#include <wlr/types/wlr_output.h>
#include <wlr/types/wlr_output_layout.h>
#include <wlr/types/wlr_scene.h>
#include <wlr/types/wlr_screencopy_v1.h>
#include <wlr/types/wlr_subcompositor.h>
#include <wlr/types/wlr_viewporter.h>
#include <wlr/types/wlr_xdg_output_v1.h>
#include <wlr/types/wlr_xdg_shell.h>
#include <wlr/util/log.h>

struct server {
    struct wl_display* display;
    struct wlr_backend* backend;
    struct wlr_renderer* renderer;
    struct wlr_allocator* allocator;
    struct wlr_output_layout* layout;
    struct wlr_scene* scene;
    struct wlr_scene_output_layout* scene_layout;
    struct tarmac_linux_dmabuf* dmabuf;
    struct tarmac_scene_feedback* advice;
    struct tarmac_inspection* inspection;
    struct wl_listener new_output, new_toplevel;
};

struct screen {
    struct wlr_scene_output* scene_output;
    struct wl_listener frame, request_state, destroy;
};

struct window {
    struct server* server;
    struct wlr_xdg_toplevel* toplevel;
    struct wl_listener commit, map, destroy;
};

static void draw_frame(struct wl_listener* listener, void* data) {
    (void)data;
    struct screen* screen = wl_container_of(listener, screen, frame);
    struct timespec now;
    wlr_scene_output_commit(screen->scene_output, NULL);
    clock_gettime(CLOCK_MONOTONIC, &now);
    wlr_scene_output_send_frame_done(screen->scene_output, &now);
}

static void accept_state(struct wl_listener* listener, void* data) {
    struct screen* screen = wl_container_of(listener, screen, request_state);
    const struct wlr_output_event_request_state* event = data;
    wlr_output_commit_state(screen->scene_output->output, event->state);
}

static void remove_screen(struct wl_listener* listener, void* data) {
    (void)data;
    struct screen* screen = wl_container_of(listener, screen, destroy);
    wl_list_remove(&screen->frame.link);
    wl_list_remove(&screen->request_state.link);
    wl_list_remove(&screen->destroy.link);
    free(screen);
}

static void add_screen(struct wl_listener* listener, void* data) {
    struct server* server = wl_container_of(listener, server, new_output);
    struct wlr_output* output = data;
    struct screen* screen = calloc(1, sizeof(*screen));
    wlr_output_init_render(output, server->allocator, server->renderer);

    struct wlr_output_state state;
    wlr_output_state_init(&state);
    wlr_output_state_set_enabled(&state, true);
    struct wlr_output_mode* mode = wlr_output_preferred_mode(output);
    if (mode)
        wlr_output_state_set_mode(&state, mode);
    wlr_output_commit_state(output, &state);
    wlr_output_state_finish(&state);

    screen->scene_output = wlr_scene_output_create(server->scene, output);
    wlr_scene_output_layout_add_output(server->scene_layout,
                                       wlr_output_layout_add_auto(server->layout, output),
                                       screen->scene_output);
    tarmac_scene_feedback_follow(server->advice, screen->scene_output);
    screen->frame.notify = draw_frame;
    wl_signal_add(&output->events.frame, &screen->frame);
    screen->request_state.notify = accept_state;
    wl_signal_add(&output->events.request_state, &screen->request_state);
    screen->destroy.notify = remove_screen;
    wl_signal_add(&output->events.destroy, &screen->destroy);
}

/// Of the size that it likes, unless it asks for the whole screen.
static void configure_window(struct wl_listener* listener, void* data) {
    (void)data;
    struct window* window = wl_container_of(listener, window, commit);
    struct wlr_output* output = wlr_output_layout_output_at(window->server->layout, 0, 0);
    const bool is_whole = output && window->toplevel->requested.fullscreen;
    if (!window->toplevel->base->initial_commit)
        return;
    wlr_xdg_toplevel_set_fullscreen(window->toplevel, is_whole);
    wlr_xdg_toplevel_set_size(window->toplevel, is_whole ? output->width : 0,
                              is_whole ? output->height : 0);
}

static void tell_mapped(struct wl_listener* listener, void* data) {
    (void)data;
    struct window* window = wl_container_of(listener, window, map);
    const struct wlr_surface_state* shown = &window->toplevel->base->surface->current;
    printf("tiny: mapped size=%dx%d\n", shown->width, shown->height);
}

static void remove_window(struct wl_listener* listener, void* data) {
    (void)data;
    struct window* window = wl_container_of(listener, window, destroy);
    wl_list_remove(&window->commit.link);
    wl_list_remove(&window->map.link);
    wl_list_remove(&window->destroy.link);
    free(window);
}

static void add_window(struct wl_listener* listener, void* data) {
    struct server* server = wl_container_of(listener, server, new_toplevel);
    struct window* window = calloc(1, sizeof(*window));
    window->server = server;
    window->toplevel = data;
    wlr_scene_xdg_surface_create(&server->scene->tree, window->toplevel->base);
    window->commit.notify = configure_window;
    wl_signal_add(&window->toplevel->base->surface->events.commit, &window->commit);
    window->map.notify = tell_mapped;
    wl_signal_add(&window->toplevel->base->surface->events.map, &window->map);
    window->destroy.notify = remove_window;
    wl_signal_add(&window->toplevel->events.destroy, &window->destroy);
}

static void tell_import(void* data, const struct tarmac_import* import) {
    (void)data;
    printf("tiny: imported size=%ux%u way=%s\n", import->width, import->height, import->way);
}

static void tell_refusal(void* data, const struct tarmac_refusal* refusal) {
    (void)data;
    printf("tiny: refused reason=\"%s\"\n", refusal->message);
}

static void start_client(const char* socket, char** command) {
    sigset_t none;
    if (fork() != 0)
        return;
    // The event loop has SIGTERM blocked.
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setenv("WAYLAND_DISPLAY", socket, true);
    execvp(command[0], command);
    perror(command[0]);
    _exit(127);
}

static int terminate(int signal_number, void* data) {
    (void)signal_number;
    wl_display_terminate(data);
    return 0;
}

int main(int argc, char** argv) {
    struct server server = {.display = wl_display_create()};
    struct tarmac_error error;
    setvbuf(stdout, NULL, _IOLBF, 0);
    wlr_log_init(WLR_ERROR, NULL);
    struct wl_event_loop* loop = wl_display_get_event_loop(server.display);
    struct wl_event_source* sigterm =
        wl_event_loop_add_signal(loop, SIGTERM, terminate, server.display);
    server.backend = wlr_backend_autocreate(loop, NULL);
    server.renderer = server.backend ? wlr_renderer_autocreate(server.backend) : NULL;
    server.allocator =
        server.renderer ? wlr_allocator_autocreate(server.backend, server.renderer) : NULL;
    if (!server.allocator)
        return 1;
    wlr_renderer_init_wl_shm(server.renderer, server.display);

    struct wlr_compositor* compositor = wlr_compositor_create(server.display, 6, server.renderer);
    const struct tarmac_options options = {
        .size = sizeof(options), .on_import = tell_import, .on_refusal = tell_refusal};
    server.dmabuf =
        tarmac_linux_dmabuf_create(server.display, compositor, server.renderer, &options, &error);
    if (server.dmabuf)
        server.advice = tarmac_scene_feedback_create(server.dmabuf, loop, 0, &error);
    const char* inspect = getenv("TINY_INSPECT");
    if (server.advice && inspect)
        server.inspection = tarmac_inspection_create(server.dmabuf, loop, inspect, &error);
    if (!server.advice || (inspect && !server.inspection)) {
        fprintf(stderr, "tiny: %s\n", error.message);
        return 1;
    }

    wlr_subcompositor_create(server.display);
    wlr_viewporter_create(server.display);
    wlr_screencopy_manager_v1_create(server.display);
    server.layout = wlr_output_layout_create(server.display);
    wlr_xdg_output_manager_v1_create(server.display, server.layout);
    server.scene = wlr_scene_create();
    server.scene_layout = wlr_scene_attach_output_layout(server.scene, server.layout);
    server.new_output.notify = add_screen;
    wl_signal_add(&server.backend->events.new_output, &server.new_output);
    struct wlr_xdg_shell* shell = wlr_xdg_shell_create(server.display, 3);
    server.new_toplevel.notify = add_window;
    wl_signal_add(&shell->events.new_toplevel, &server.new_toplevel);

    const char* socket = wl_display_add_socket_auto(server.display);
    if (!socket || !wlr_backend_start(server.backend))
        return 1;
    printf("tiny: ready socket=%s\n", socket);
    if (argc > 1)
        start_client(socket, argv + 1);
    wl_display_run(server.display);

    wl_display_destroy_clients(server.display);
    tarmac_inspection_destroy(server.inspection);
    tarmac_scene_feedback_destroy(server.advice);
    tarmac_linux_dmabuf_destroy(server.dmabuf);
    wl_list_remove(&server.new_output.link);
    wl_list_remove(&server.new_toplevel.link);
    wl_event_source_remove(sigterm);
    wlr_scene_node_destroy(&server.scene->tree.node);
    wlr_backend_destroy(server.backend);
    wlr_allocator_destroy(server.allocator);
    wlr_renderer_destroy(server.renderer);
    wl_display_destroy(server.display);
}
