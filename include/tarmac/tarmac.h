#ifndef TARMAC_H
#define TARMAC_H

// Tarmac for C, and for C++ of any standard. What it does is said in the C++ headers beside this
// one; what is said here is how C has it.
//
// Types have the names of the C++ ones. They are opaque, made by tarmac_…_create() and owned by who
// made them, who calls tarmac_…_destroy(), which takes NULL. What else is passed is borrowed for
// the call, unless its function says otherwise.
//
// Functions that can fail return false or NULL then, and say why in `error`, which may be NULL; it
// is left alone by those that succeed. Pointers must not be NULL unless their function says what
// that means. A descriptor is either borrowed or taken, as its function says; one that is taken is
// closed by Tarmac, also where the function fails.
//
// Structs that a program fills, or has filled, begin with their size, so that later versions can
// add to them: `struct tarmac_options options = {.size = sizeof(options)};`. Members that aren't
// set, 0, mean the default. Structs that callbacks are given may get longer; they are good during
// the call.
//
// Everything on the thread that runs the display's event loop. Callbacks are called from there, and
// must not jump out (longjmp, exceptions of C++).

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <tarmac/export.h>

#ifdef __cplusplus
extern "C" {
#endif

struct wl_client;
struct wl_display;
struct wl_event_loop;
struct wl_global;
struct wl_signal;
struct wlr_buffer;
struct wlr_compositor;
struct wlr_drm_format_set;
struct wlr_ext_image_copy_capture_manager_v1;
struct wlr_output;
struct wlr_renderer;
struct wlr_scene_output;
struct wlr_screencopy_manager_v1;
struct wlr_security_context_manager_v1;
struct wlr_surface;
struct wlr_texture;

/// <tarmac/error.hpp>: tarmac::Fault.
enum tarmac_fault {
    TARMAC_FAULT_NOT_AVAILABLE = 0,
    TARMAC_FAULT_INVALID_FORMAT = 1,
    TARMAC_FAULT_INCOMPLETE = 2,
    TARMAC_FAULT_INVALID_DIMENSIONS = 3,
    TARMAC_FAULT_OUT_OF_BOUNDS = 4,
    TARMAC_FAULT_NOT_A_DMABUF = 5,
    TARMAC_FAULT_UNSUPPORTED = 6,
    TARMAC_FAULT_IMPORT_FAILED = 7,
    TARMAC_FAULT_OUT_OF_RESOURCES = 8,
    TARMAC_FAULT_NOT_READY = 9,
};

/// Why a call failed.
struct tarmac_error {
    enum tarmac_fault fault;
    int plane;         ///< the one that is wrong, or -1
    char message[504]; ///< a sentence in UTF-8, which is cut where it is longer
};

// What imports (<tarmac/importer.hpp>). Once the renderer is gone it imports nothing.

struct tarmac_importer;

/// The device behind `drm_fd` or, if that is -1, one that clients may be told of. 0 if it fails.
TARMAC_EXPORT dev_t tarmac_find_device(int drm_fd, struct tarmac_error* error);

/// What a compositor imports with unless it wants something else: through the renderer, and what
/// that doesn't take by reading memory. `device` is what clients are told to allocate on; 0: the
/// renderer's own, or one that is found.
TARMAC_EXPORT struct tarmac_importer*
tarmac_importer_create(struct wlr_renderer* renderer, dev_t device, struct tarmac_error* error);
/// Through the renderer alone. `device` as above.
TARMAC_EXPORT struct tarmac_importer*
tarmac_importer_create_for_renderer(struct wlr_renderer* renderer, dev_t device,
                                    struct tarmac_error* error);
/// By reading memory alone. `device` as above.
TARMAC_EXPORT struct tarmac_importer* tarmac_importer_create_mapped(struct wlr_renderer* renderer,
                                                                    dev_t device,
                                                                    struct tarmac_error* error);
/// Several that are asked in their order. They are borrowed until this one is destroyed.
TARMAC_EXPORT struct tarmac_importer*
tarmac_importer_create_list(struct tarmac_importer* const* importers, size_t n_importers,
                            struct tarmac_error* error);
/// What was imported stays, and who still has it imports nothing with it any more.
TARMAC_EXPORT void tarmac_importer_destroy(struct tarmac_importer* importer);
/// What clients are told to allocate on.
TARMAC_EXPORT dev_t tarmac_importer_get_device(const struct tarmac_importer* importer);
/// Adds what it takes to `set`, which is the caller's to finish (wlr_drm_format_set_finish()).
/// False without memory; `set` has a part of it then.
TARMAC_EXPORT bool tarmac_importer_add_formats(const struct tarmac_importer* importer,
                                               struct wlr_drm_format_set* set);
/// Whether it takes `fourcc` (DRM_FORMAT_*) laid out as `modifier` (DRM_FORMAT_MOD_*) says.
TARMAC_EXPORT bool tarmac_importer_has_format(const struct tarmac_importer* importer,
                                              uint32_t fourcc, uint64_t modifier);

// What clients are told to allocate (<tarmac/feedback.hpp>).

struct tarmac_feedback;

enum tarmac_tranche_flags {
    TARMAC_TRANCHE_SCANOUT = 1,
    TARMAC_TRANCHE_SAMPLING = 2,
};

struct tarmac_tranche {
    dev_t target_device;
    uint32_t flags; ///< of tarmac_tranche_flags, at least one
    const struct wlr_drm_format_set* formats;
};

/// `tranches` in the order of preference. `main_device` is what clients of old versions are told,
/// and a sampling tranche's.
TARMAC_EXPORT struct tarmac_feedback* tarmac_feedback_create(dev_t main_device,
                                                             const struct tarmac_tranche* tranches,
                                                             size_t n_tranches,
                                                             struct tarmac_error* error);
/// At any time: who was told of it doesn't need it.
TARMAC_EXPORT void tarmac_feedback_destroy(struct tarmac_feedback* feedback);

// The global (<tarmac/linux_dmabuf.hpp>).

struct tarmac_linux_dmabuf;

/// What clients can make the compositor hold: <tarmac/quotas.hpp>. 0 is the default,
/// UINT64_MAX as much as they like.
struct tarmac_quotas {
    size_t size; ///< sizeof(struct tarmac_quotas)
    uint64_t params;
    uint64_t feedback_objects;
    uint64_t binds;
    uint64_t buffers;
    uint64_t held_commits;
    uint64_t descriptors;
    uint64_t mappings;
    uint64_t mapped_bytes;
    uint64_t copied_bytes;
};

/// A client's buffer that has been imported.
struct tarmac_import {
    struct wl_client* client;
    uint32_t width, height; ///< in pixels
    uint32_t fourcc;
    uint64_t modifier;
    unsigned n_planes;
    const char* way;  ///< "renderer", "mapped"
    uint64_t time_ns; ///< that it took
};

/// A request of a client's that was refused.
struct tarmac_refusal {
    struct wl_client* client; ///< about to be disconnected if `fatal`
    enum tarmac_fault fault;
    int plane;           ///< the one that is wrong, or -1
    const char* message; ///< names the plane and the number that is wrong
    bool fatal;          ///< it is answered with a protocol error
    int64_t code;        ///< of zwp_linux_buffer_params_v1.error; -1 for another error, or none
};

/// What becomes of a commit whose picture isn't ready in time.
enum tarmac_overdue_answer {
    TARMAC_OVERDUE_SKIP = 0,       ///< the picture before it stays
    TARMAC_OVERDUE_DISCONNECT = 1, ///< the client is ended
};

/// What a client gets when its create_immed buffer fails for a reason that it could not know.
enum tarmac_immediate_failure {
    TARMAC_IMMEDIATE_FAILURE_FAILED = 0,
    TARMAC_IMMEDIATE_FAILURE_FATAL = 1,
};

struct tarmac_options {
    size_t size;      ///< sizeof(struct tarmac_options)
    unsigned version; ///< of the protocol; default: the newest
    /// What clients' buffers are imported with; borrowed until the global is destroyed. Default:
    /// what tarmac_importer_create() makes.
    struct tarmac_importer* importer;
    dev_t device; ///< as tarmac_importer_create() takes it, where there is no `importer`
    /// What clients are told first. Default: what the importer takes.
    const struct tarmac_feedback* feedback;
    /// Of all clients together. Default: those of <tarmac/quotas.hpp>.
    const struct tarmac_quotas* quotas;
    /// The compositor's, if it has one, so that sandboxed applications each have an account.
    struct wlr_security_context_manager_v1* security_contexts;
    enum tarmac_immediate_failure immediate_failure;
    uint64_t import_budget_ns; ///< that imports may take of a turn of the event loop
    uint32_t ready_timeout_ms; ///< that a commit waits until its picture is ready
    unsigned workers;          ///< threads that copy and convert

    /// None of the callbacks may destroy the global, and `policy` not the client. They may end the
    /// client by an error, but one whose refusal is `fatal`.
    void* data; ///< theirs
    /// Asked once for each client, when it first binds the global: the most that its connection may
    /// hold, besides its share of the quotas. `most` comes with UINT64_MAX everywhere; a 0 in it
    /// means nothing at all. False: it gets no buffers. Default: no bound but the share.
    bool (*policy)(void* data, struct wl_client* client, struct tarmac_quotas* most);
    void (*on_import)(void* data, const struct tarmac_import* import);
    /// The log (wlr_log(), WLR_INFO) has lines of refusals without it, too.
    void (*on_refusal)(void* data, const struct tarmac_refusal* refusal);
    /// Default: TARMAC_OVERDUE_SKIP.
    enum tarmac_overdue_answer (*on_overdue)(void* data, struct wl_client* client);
};

/// Puts the global on `display`, and follows the surfaces of `compositor`: to be called before
/// clients are let in, instead of wlr_linux_dmabuf_v1_create_with_renderer(), which must not be
/// called too (wlr_renderer_init_wl_display() does; use wlr_renderer_init_wl_shm()). `compositor`
/// may be NULL for who has none, and `options` for all defaults. All of them may go before the
/// global is destroyed, which does nothing then.
TARMAC_EXPORT struct tarmac_linux_dmabuf*
tarmac_linux_dmabuf_create(struct wl_display* display, struct wlr_compositor* compositor,
                           struct wlr_renderer* renderer, const struct tarmac_options* options,
                           struct tarmac_error* error);
/// Removes the global.
TARMAC_EXPORT void tarmac_linux_dmabuf_destroy(struct tarmac_linux_dmabuf* dmabuf);
/// For who filters what clients see. NULL once the display is gone.
TARMAC_EXPORT struct wl_global*
tarmac_linux_dmabuf_get_global(const struct tarmac_linux_dmabuf* dmabuf);
/// What it imports with: the one of the options as long as that is there.
TARMAC_EXPORT struct tarmac_importer*
tarmac_linux_dmabuf_get_importer(struct tarmac_linux_dmabuf* dmabuf);

/// Imports all again with another renderer, for when one was lost or is exchanged: after
/// wlr_compositor_set_renderer(), and before the old one is destroyed. `device` as in
/// tarmac_importer_create(). An importer that was given in the options isn't used any more. Nothing
/// has changed where it fails.
TARMAC_EXPORT bool tarmac_linux_dmabuf_set_renderer(struct tarmac_linux_dmabuf* dmabuf,
                                                    struct wlr_renderer* renderer, dev_t device,
                                                    struct tarmac_error* error);
/// The same with an importer, which is borrowed until the global is destroyed or has another.
TARMAC_EXPORT bool tarmac_linux_dmabuf_set_importer(struct tarmac_linux_dmabuf* dmabuf,
                                                    struct tarmac_importer* importer,
                                                    struct tarmac_error* error);

/// Follows a surface, with its subsurfaces, that was there before the global was made.
TARMAC_EXPORT bool tarmac_linux_dmabuf_follow(struct tarmac_linux_dmabuf* dmabuf,
                                              struct wlr_surface* surface,
                                              struct tarmac_error* error);

/// Imports nothing until it is resumed, so that clients wait rather than be refused: for while a
/// lost renderer has no successor.
TARMAC_EXPORT void tarmac_linux_dmabuf_pause(struct tarmac_linux_dmabuf* dmabuf);
TARMAC_EXPORT void tarmac_linux_dmabuf_resume(struct tarmac_linux_dmabuf* dmabuf);

/// Offers linux-drm-syncobj-v1, too, whatever the renderer and the backend say of timelines.
/// `drm_fd`, borrowed, is where timelines come from; -1, or one that has none: any device that has
/// them.
TARMAC_EXPORT bool tarmac_linux_dmabuf_offer_explicit_sync(struct tarmac_linux_dmabuf* dmabuf,
                                                           int drm_fd, struct tarmac_error* error);

/// Tells clients of `feedback` where a surface has none of its own.
TARMAC_EXPORT void tarmac_linux_dmabuf_set_default_feedback(struct tarmac_linux_dmabuf* dmabuf,
                                                            const struct tarmac_feedback* feedback);
/// Emitted, without data, when the default has changed and before clients are told: feedback for
/// surfaces is made anew then.
TARMAC_EXPORT struct wl_signal*
tarmac_linux_dmabuf_get_default_feedback_changed(struct tarmac_linux_dmabuf* dmabuf);
/// What the client of a surface is told that `target_device` (st_rdev of a KMS node) could scan
/// out: those of `formats` that are imported, and behind them the default. Fails where there are
/// none.
TARMAC_EXPORT struct tarmac_feedback*
tarmac_feedback_create_for_scanout(struct tarmac_linux_dmabuf* dmabuf, dev_t target_device,
                                   const struct wlr_drm_format_set* formats,
                                   struct tarmac_error* error);
/// Tells the client of `surface`, now and later, of `feedback`; NULL goes back to the default.
TARMAC_EXPORT void tarmac_linux_dmabuf_set_surface_feedback(struct tarmac_linux_dmabuf* dmabuf,
                                                            struct wlr_surface* surface,
                                                            const struct tarmac_feedback* feedback);

// Advice for the surfaces of a wlr_scene (<tarmac/scene_feedback.hpp>).

struct tarmac_scene_feedback;

/// A surface is told of what would let an output scan it out, once that has been so for
/// `settling_time_ms` (0: the default). Nobody else may set feedback for surfaces.
TARMAC_EXPORT struct tarmac_scene_feedback*
tarmac_scene_feedback_create(struct tarmac_linux_dmabuf* dmabuf, struct wl_event_loop* loop,
                             uint32_t settling_time_ms, struct tarmac_error* error);
/// Also after the global.
TARMAC_EXPORT void tarmac_scene_feedback_destroy(struct tarmac_scene_feedback* advice);
/// To be called for each wlr_scene_output, also for another one of an output that had one before.
TARMAC_EXPORT void tarmac_scene_feedback_follow(struct tarmac_scene_feedback* advice,
                                                struct wlr_scene_output* output);

// What programs such as tarmac-inspect are told (<tarmac/inspection.hpp>).

struct tarmac_inspection;

/// Lets the user of this process alone look at what `dmabuf` holds and does, on a socket of its own
/// at `path` (at most 107 bytes), say "$XDG_RUNTIME_DIR/$WAYLAND_DISPLAY-inspect", where
/// tarmac-inspect looks for it. One that is there and on which nobody listens is replaced. `dmabuf`
/// and `loop` may go first: then nothing is told any more. At most 16 programs look at once. Fails
/// with TARMAC_FAULT_NOT_AVAILABLE if `path` is too long, is taken or can't be made, and with
/// TARMAC_FAULT_OUT_OF_RESOURCES.
TARMAC_EXPORT struct tarmac_inspection* tarmac_inspection_create(struct tarmac_linux_dmabuf* dmabuf,
                                                                 struct wl_event_loop* loop,
                                                                 const char* path,
                                                                 struct tarmac_error* error);
/// Removes the socket, and disconnects who looks.
TARMAC_EXPORT void tarmac_inspection_destroy(struct tarmac_inspection* inspection);

// What a surface shows, for who draws surfaces without wlr_scene (<tarmac/shown_picture.hpp>).

/// How numbers mean colours: code points of ITU-T H.273 (<tarmac/color_state.hpp>).
struct tarmac_color_state {
    uint8_t matrix;
    uint8_t range; ///< 0 limited, 1 full
    uint8_t transfer;
    uint8_t primaries;
};

struct tarmac_shown_picture {
    size_t size; ///< sizeof(struct tarmac_shown_picture), set by the caller
    /// Borrowed until the next commit of the surface, or turn of the event loop. The texture is
    /// NULL if the renderer couldn't take the picture.
    struct wlr_buffer* buffer;
    struct wlr_texture* texture;
    const char* way; ///< "imported", "read", "copied" or "converted"
    /// Of the texture. Where its numbers are YUV, the matrix and the range are what
    /// wlr_render_texture_options.color_encoding and .color_range have to say.
    struct tarmac_color_state color;
    bool is_premultiplied;
    bool is_y_inverted; ///< as wlr_surface.current.transform has it already
    uint32_t fourcc;    ///< of the client's image
    uint64_t modifier;
};

/// Fills `picture`. False if `surface` shows no image in dma-bufs, or the size isn't set.
TARMAC_EXPORT bool tarmac_linux_dmabuf_get_shown_picture(const struct tarmac_linux_dmabuf* dmabuf,
                                                         struct wlr_surface* surface,
                                                         struct tarmac_shown_picture* picture);
/// Says that what `surface` shows is read until `sync_file` signals, which is borrowed: its buffer
/// is released no sooner. For who draws with an API of its own.
TARMAC_EXPORT bool tarmac_linux_dmabuf_add_reader(const struct tarmac_linux_dmabuf* dmabuf,
                                                  struct wlr_surface* surface, int sync_file,
                                                  struct tarmac_error* error);

// Captures that wait for nobody (<tarmac/capture_guard.hpp>).

struct tarmac_capture_guard;

/// Either may be NULL.
TARMAC_EXPORT struct tarmac_capture_guard*
tarmac_capture_guard_create(struct wlr_screencopy_manager_v1* screencopy,
                            struct wlr_ext_image_copy_capture_manager_v1* image_copy_capture,
                            struct tarmac_error* error);
/// At any time.
TARMAC_EXPORT void tarmac_capture_guard_destroy(struct tarmac_capture_guard* guard);
/// To be called once for each output.
TARMAC_EXPORT void tarmac_capture_guard_follow(struct tarmac_capture_guard* guard,
                                               struct wlr_output* output);

// Textures of dma-bufs that no client sent (<tarmac/texture_builder.hpp>).

struct tarmac_texture_builder;
struct tarmac_texture;
struct tarmac_ready_ticket;

struct tarmac_rect {
    int32_t x, y, width, height;
};

/// NULL if there is no memory.
TARMAC_EXPORT struct tarmac_texture_builder* tarmac_texture_builder_create(void);
/// Closes the descriptors that it was given.
TARMAC_EXPORT void tarmac_texture_builder_destroy(struct tarmac_texture_builder* builder);
TARMAC_EXPORT void tarmac_texture_builder_set_size(struct tarmac_texture_builder* builder,
                                                   uint32_t width, uint32_t height);
TARMAC_EXPORT void tarmac_texture_builder_set_format(struct tarmac_texture_builder* builder,
                                                     uint32_t fourcc, uint64_t modifier);
/// 1 to 4.
TARMAC_EXPORT void tarmac_texture_builder_set_n_planes(struct tarmac_texture_builder* builder,
                                                       unsigned n_planes);
/// Takes `fd`. Several planes may lie in one dma-buf; each wants a descriptor of its own, as dup()
/// makes them. `plane` must be below 4.
TARMAC_EXPORT void tarmac_texture_builder_set_plane(struct tarmac_texture_builder* builder,
                                                    unsigned plane, int fd, uint32_t offset,
                                                    uint32_t stride);
/// Default: no.
TARMAC_EXPORT void
tarmac_texture_builder_set_expand_single_plane(struct tarmac_texture_builder* builder, bool expand);
/// Default: yes.
TARMAC_EXPORT void tarmac_texture_builder_set_premultiplied(struct tarmac_texture_builder* builder,
                                                            bool premultiplied);
/// Default: no.
TARMAC_EXPORT void tarmac_texture_builder_set_y_inverted(struct tarmac_texture_builder* builder,
                                                         bool inverted);
/// NULL: what is usual for the format.
TARMAC_EXPORT void tarmac_texture_builder_set_color_state(struct tarmac_texture_builder* builder,
                                                          const struct tarmac_color_state* color);
/// The picture equals that of `previous`, which is borrowed until the next build, but for `damage`.
TARMAC_EXPORT void tarmac_texture_builder_set_update(struct tarmac_texture_builder* builder,
                                                     const struct tarmac_texture* previous,
                                                     const struct tarmac_rect* damage,
                                                     size_t n_damage);
/// Calls `unused` once for each texture that is built, when nobody reads the planes any more.
TARMAC_EXPORT void tarmac_texture_builder_set_on_unused(struct tarmac_texture_builder* builder,
                                                        struct wl_event_loop* loop,
                                                        void (*unused)(void* data), void* data);
/// Leaves the builder as it was, but for the update: it builds again for each frame of memory that
/// is filled again, as a camera's, which copies nothing where the renderer imports. While somebody
/// still writes to memory that has to be read, the fault is TARMAC_FAULT_NOT_READY.
TARMAC_EXPORT struct tarmac_texture*
tarmac_texture_builder_build(struct tarmac_texture_builder* builder,
                             struct tarmac_importer* importer, struct tarmac_error* error);
/// Calls `ready` once, when everybody who writes to the planes now has finished.
TARMAC_EXPORT struct tarmac_ready_ticket*
tarmac_texture_builder_when_ready(const struct tarmac_texture_builder* builder,
                                  struct wl_event_loop* loop, void (*ready)(void* data), void* data,
                                  struct tarmac_error* error);
/// Gives the wait up if it isn't over; also from inside `ready`.
TARMAC_EXPORT void tarmac_ready_ticket_destroy(struct tarmac_ready_ticket* ticket);

/// The buffer stays with who has it locked.
TARMAC_EXPORT void tarmac_texture_destroy(struct tarmac_texture* texture);
/// Borrowed. NULL once the renderer is gone.
TARMAC_EXPORT struct wlr_texture* tarmac_texture_get(const struct tarmac_texture* texture);
/// Borrowed: for scenes, or to be locked.
TARMAC_EXPORT struct wlr_buffer* tarmac_texture_get_buffer(const struct tarmac_texture* texture);
/// What the numbers in the texture mean. Where the matrix isn't 0 they are YUV, and it and the
/// range are what wlr_render_texture_options.color_encoding and .color_range have to say. Where it
/// is 0, they must say nothing.
TARMAC_EXPORT struct tarmac_color_state
tarmac_texture_get_color_state(const struct tarmac_texture* texture);
/// Whether who draws it has to turn it (WL_OUTPUT_TRANSFORM_FLIPPED_180).
TARMAC_EXPORT bool tarmac_texture_is_y_inverted(const struct tarmac_texture* texture);

#ifdef __cplusplus
}
#endif
#endif
