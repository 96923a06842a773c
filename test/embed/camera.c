// A program that shows a camera on a screen with the texture builder alone: without clients, and
// without a wl_display for them. It shows itself as WLR_BACKENDS says.
//     camera /dev/video0

#define _POSIX_C_SOURCE 200809L
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <tarmac/tarmac.h>
#include <unistd.h>
#include <wayland-server-core.h>
#include <wlr/backend.h>
#include <wlr/render/allocator.h>
#include <wlr/render/pass.h>
#include <wlr/render/wlr_renderer.h>
#include <wlr/types/wlr_output.h>
#include <wlr/util/log.h>

/// One is shown, one is about to be, and the camera fills the others.
enum { N_FRAMES = 4 };

/// One of the buffers that the camera fills again and again.
struct frame {
    struct camera* camera;
    unsigned index;
    struct tarmac_texture_builder* builder;
    struct tarmac_ready_ticket* ticket;
};

struct camera {
    int fd;
    struct frame frames[N_FRAMES];
    struct wl_event_loop* loop;
    struct wlr_renderer* renderer;
    struct wlr_allocator* allocator;
    struct tarmac_importer* importer;
    struct tarmac_texture* shown; ///< NULL until the first frame is there
    struct wlr_output* output;    ///< the first one; NULL until it is there
    bool has_ended, has_failed;
    struct wl_listener new_output, draw, output_gone;
};

static void fail(struct camera* camera, const char* what, const char* why) {
    fprintf(stderr, "camera: %s: %s\n", what, why);
    camera->has_ended = camera->has_failed = true;
}

/// Has the camera fill the buffer: at first, and when nobody reads it any more.
static void queue_frame(void* data) {
    struct frame* frame = data;
    struct v4l2_buffer buffer = {
        .index = frame->index, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    if (ioctl(frame->camera->fd, VIDIOC_QBUF, &buffer) != 0)
        fail(frame->camera, "a buffer can't be given to the camera", strerror(errno));
}

static void show_frame(void* data);

/// Most cameras have finished when they say so; others leave that to fences.
static void await_frame(struct frame* frame) {
    struct tarmac_error error;
    tarmac_ready_ticket_destroy(frame->ticket);
    frame->ticket = tarmac_texture_builder_when_ready(frame->builder, frame->camera->loop,
                                                      show_frame, frame, &error);
    if (!frame->ticket)
        fail(frame->camera, "a frame can't be waited for", error.message);
}

static void show_frame(void* data) {
    struct frame* frame = data;
    struct camera* camera = frame->camera;
    struct tarmac_error error;
    struct tarmac_texture* texture =
        tarmac_texture_builder_build(frame->builder, camera->importer, &error);
    if (texture) {
        // The one before goes back to the camera: queue_frame().
        tarmac_texture_destroy(camera->shown);
        camera->shown = texture;
        if (camera->output)
            wlr_output_schedule_frame(camera->output);
    } else if (error.fault == TARMAC_FAULT_NOT_READY) {
        await_frame(frame);
    } else {
        fail(camera, "a frame can't be shown", error.message);
    }
}

static int take_frame(int fd, uint32_t mask, void* data) {
    (void)mask;
    struct camera* camera = data;
    struct v4l2_buffer buffer = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    if (ioctl(fd, VIDIOC_DQBUF, &buffer) != 0) {
        if (errno != EAGAIN)
            fail(camera, "the camera gives no frame", strerror(errno));
    } else if (buffer.flags & V4L2_BUF_FLAG_ERROR) {
        // It may be broken; the camera goes on.
        queue_frame(&camera->frames[buffer.index]);
    } else {
        await_frame(&camera->frames[buffer.index]);
    }
    return 0;
}

static bool export_frame(struct camera* camera, unsigned index, const struct v4l2_pix_format* pix) {
    struct frame* frame = &camera->frames[index];
    // Not read-only, which renderers on the CPU don't import.
    struct v4l2_exportbuffer memory = {
        .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .index = index, .flags = O_RDWR | O_CLOEXEC};
    if (ioctl(camera->fd, VIDIOC_EXPBUF, &memory) != 0)
        return false;
    frame->camera = camera;
    frame->index = index;
    frame->builder = tarmac_texture_builder_create();
    tarmac_texture_builder_set_size(frame->builder, pix->width, pix->height);
    tarmac_texture_builder_set_format(frame->builder, DRM_FORMAT_YUYV, DRM_FORMAT_MOD_LINEAR);
    tarmac_texture_builder_set_plane(frame->builder, 0, memory.fd, 0, pix->bytesperline);
    tarmac_texture_builder_set_on_unused(frame->builder, camera->loop, queue_frame, frame);
    queue_frame(frame);
    return true;
}

/// False, with errno set, where the camera doesn't want to.
static bool start_camera(struct camera* camera, const char* node) {
    // Of webcams it means BT.601 in limited range, for which the builder takes YUV unless it is
    // told otherwise (tarmac_texture_builder_set_color_state()).
    struct v4l2_format format = {
        .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
        .fmt.pix = {.width = 640, .height = 480, .pixelformat = V4L2_PIX_FMT_YUYV}};
    struct v4l2_requestbuffers request = {
        .count = N_FRAMES, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    camera->fd = open(node, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (camera->fd < 0 || ioctl(camera->fd, VIDIOC_S_FMT, &format) != 0 ||
        ioctl(camera->fd, VIDIOC_REQBUFS, &request) != 0)
        return false;
    if (format.fmt.pix.pixelformat != V4L2_PIX_FMT_YUYV || request.count < N_FRAMES) {
        errno = EINVAL;
        return false;
    }
    for (unsigned i = 0; i < N_FRAMES; i++) {
        if (!export_frame(camera, i, &format.fmt.pix))
            return false;
    }
    const int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    return ioctl(camera->fd, VIDIOC_STREAMON, &type) == 0;
}

static void draw(struct wl_listener* listener, void* data) {
    (void)data;
    struct camera* camera = wl_container_of(listener, camera, draw);
    struct wlr_output* output = camera->output;
    if (!output->needs_frame || !camera->shown)
        return;
    struct wlr_render_texture_options whole = {
        .texture = tarmac_texture_get(camera->shown),
        .dst_box = {0, 0, output->width, output->height},
    };
    if (!whole.texture)
        return;
    // Converted frames are RGB. Renderers must be told of no encoding then.
    const struct tarmac_color_state color = tarmac_texture_get_color_state(camera->shown);
    if (color.matrix != 0) {
        whole.color_encoding = WLR_COLOR_ENCODING_BT601;
        whole.color_range = WLR_COLOR_RANGE_LIMITED;
    }
    struct wlr_output_state state;
    wlr_output_state_init(&state);
    struct wlr_render_pass* pass = wlr_output_begin_render_pass(output, &state, NULL);
    if (pass) {
        wlr_render_pass_add_texture(pass, &whole);
        // If it fails the next frame is drawn.
        if (wlr_render_pass_submit(pass))
            wlr_output_commit_state(output, &state);
    }
    wlr_output_state_finish(&state);
}

static void forget_output(struct wl_listener* listener, void* data) {
    (void)data;
    struct camera* camera = wl_container_of(listener, camera, output_gone);
    wl_list_remove(&camera->draw.link);
    wl_list_remove(&camera->output_gone.link);
    camera->output = NULL;
    camera->has_ended = true;
}

static void add_output(struct wl_listener* listener, void* data) {
    struct camera* camera = wl_container_of(listener, camera, new_output);
    if (camera->output)
        return;
    struct wlr_output* output = camera->output = data;
    wlr_output_init_render(output, camera->allocator, camera->renderer);
    struct wlr_output_state state;
    wlr_output_state_init(&state);
    wlr_output_state_set_enabled(&state, true);
    struct wlr_output_mode* mode = wlr_output_preferred_mode(output);
    if (mode)
        wlr_output_state_set_mode(&state, mode);
    wlr_output_commit_state(output, &state);
    wlr_output_state_finish(&state);
    camera->draw.notify = draw;
    wl_signal_add(&output->events.frame, &camera->draw);
    camera->output_gone.notify = forget_output;
    wl_signal_add(&output->events.destroy, &camera->output_gone);
}

static int end(int signal_number, void* data) {
    (void)signal_number;
    struct camera* camera = data;
    camera->has_ended = true;
    return 0;
}

int main(int argc, char** argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: camera NODE\n");
        return 2;
    }
    wlr_log_init(WLR_ERROR, NULL);
    struct camera camera = {.fd = -1, .loop = wl_event_loop_create()};
    // Before there are threads, which would get the signal.
    struct wl_event_source* sigterm = wl_event_loop_add_signal(camera.loop, SIGTERM, end, &camera);
    struct wlr_backend* backend = wlr_backend_autocreate(camera.loop, NULL);
    camera.renderer = backend ? wlr_renderer_autocreate(backend) : NULL;
    camera.allocator = camera.renderer ? wlr_allocator_autocreate(backend, camera.renderer) : NULL;
    if (!camera.allocator)
        return 1;
    struct tarmac_error error;
    camera.importer = tarmac_importer_create(camera.renderer, 0, &error);
    if (!camera.importer) {
        fprintf(stderr, "camera: no dma-bufs: %s\n", error.message);
        return 1;
    }
    camera.new_output.notify = add_output;
    wl_signal_add(&backend->events.new_output, &camera.new_output);
    if (!wlr_backend_start(backend))
        return 1;

    if (!start_camera(&camera, argv[1]))
        fail(&camera, argv[1], strerror(errno));
    struct wl_event_source* frames =
        wl_event_loop_add_fd(camera.loop, camera.fd, WL_EVENT_READABLE, take_frame, &camera);
    while (!camera.has_ended)
        wl_event_loop_dispatch(camera.loop, -1);

    for (unsigned i = 0; i < N_FRAMES; i++) {
        tarmac_ready_ticket_destroy(camera.frames[i].ticket);
        tarmac_texture_builder_destroy(camera.frames[i].builder);
    }
    tarmac_texture_destroy(camera.shown);
    tarmac_importer_destroy(camera.importer);
    wl_list_remove(&camera.new_output.link);
    wlr_backend_destroy(backend);
    wlr_allocator_destroy(camera.allocator);
    wlr_renderer_destroy(camera.renderer);
    if (frames)
        wl_event_source_remove(frames);
    wl_event_source_remove(sigterm);
    // Frames that somebody read until now come back here, so the camera is closed after it.
    wl_event_loop_destroy(camera.loop);
    if (camera.fd >= 0)
        close(camera.fd);
    return camera.has_failed ? 1 : 0;
}
