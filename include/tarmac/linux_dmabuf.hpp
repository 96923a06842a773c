#pragma once

#include <tarmac/cxx23.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <tarmac/feedback.hpp>
#include <tarmac/importer.hpp>
#include <tarmac/quotas.hpp>
#include <tarmac/shown_picture.hpp>
#include <vector>

struct wl_client;
struct wl_display;
struct wl_global;
struct wl_resource;
struct wl_signal;
struct wlr_compositor;
struct wlr_security_context_manager_v1;
struct wlr_surface;

namespace tarmac {

struct Snapshot;

/// A client's buffer that has been imported.
struct Import {
    wl_client* client; ///< valid during the call
    const Dmabuf& dmabuf;
    std::string_view way;          ///< Importer::way() of the importer that took it
    std::chrono::nanoseconds time; ///< that the import took
};

/// A request that was refused.
struct Refusal {
    wl_client* client; ///< valid during the call; about to be disconnected if `fatal`
    const Error& error;
    /// A protocol error was sent; if not, `failed`, or nothing if the buffer was created before.
    bool fatal;
    /// The error, where it is one of zwp_linux_buffer_params_v1; empty for wl_display's no_memory
    /// and implementation.
    std::optional<std::uint32_t> code;
};

/// What a client gets when its create_immed buffer fails for a reason that it could not know.
enum class ImmediateFailure : std::uint8_t {
    Failed, ///< `failed`, if its params object is there to hear it; using the buffer is then an
            ///< error
    Fatal,  ///< the protocol error invalid_wl_buffer
};

/// What becomes of a commit whose picture isn't ready in time.
enum class OverdueAnswer : std::uint8_t {
    Skip,       ///< the picture before it stays, in the size that it has
    Disconnect, ///< the client is ended with a protocol error
};

/// The global zwp_linux_dmabuf_v1, and the surfaces that show its buffers. A commit with such a
/// buffer is applied when its picture is ready, and not before: imported; drawn by the client, as
/// the fences of its dma-bufs have it (implicit synchronization) or the acquire point that came
/// with it; and copied, where it has to be. Until then the surface shows what it showed, its later
/// commits queue behind, and nobody else waits but the tree of subsurfaces that it belongs to. What
/// is copied or converted is so on threads, and the event loop never waits for a client.
///
/// What clients say through wp_color_representation_v1 is done for these buffers, whatever way they
/// are shown, as far as the compositor has made a wlr_color_representation_manager_v1: BT.601,
/// BT.709 and BT.2020 in both ranges for YUV, identity in full range for RGB, and straight alpha.
/// Other pairs than the format can have end the client with pixel_format. wlroots 0.20.2 doesn't
/// draw straight alpha of other buffers, so who offers that has to do it for those.
///
/// A fence that a client attaches to a dma-buf after its commit is looked at isn't seen: whoever
/// draws or scans out the buffer then waits for it.
///
/// Feedback that changes is told at the end of the turn of the event loop: what changes in one
/// turn, by whatever calls, is one update. Rule for everything in it: linux-dmabuf-v1.xml,
/// version 6. Everything on the thread that runs the display's event loop.
class TARMAC_EXPORT LinuxDmabuf {
public:
    static constexpr unsigned MaxVersion = 6;

    struct Options {
        unsigned version = MaxVersion; ///< offered to clients; 1 to MaxVersion
        /// What clients are told first. Default: a sampling tranche for every device, with what its
        /// importers have, in their order; the first one's device is the main device. Of importers
        /// that don't take what their device makes (takes_device_buffers()), those are told that
        /// come behind one that does.
        std::shared_ptr<const Feedback> feedback{};
        Quotas quotas{};
        /// Asked once for each client, when it binds the global first: the most that this
        /// connection may hold, besides its account's share of `quotas`, or nothing if it may hold
        /// none. Then what it bound does nothing: it is told no formats, feedback is silent, and
        /// buffers are answered `failed`; that counts in its account's share. Who wants to hide the
        /// global from a client instead, has wl_display_set_global_filter(), see global(). May end
        /// the client by an error, and not destroy it. Default: no bound but the share.
        ///
        ///     auto most = tarmac::Quotas::unlimited();
        ///     most.buffers = 64;
        ///     return most;
        std::function<std::optional<Quotas>(wl_client*)> policy{};
        /// The compositor's, if it has one: so that sandboxed applications each have an account.
        wlr_security_context_manager_v1* security_contexts = nullptr;
        ImmediateFailure immediate_failure = ImmediateFailure::Failed;
        /// The longest that imports, and the requests for them, hold up one turn of the event loop.
        /// A single import that takes longer is not interrupted. One is done in every turn however
        /// long requests took, and four of those that a client waits for (`create`): some take a
        /// round trip for the answer. So that it comes in time, a turn waits for a worker to map a
        /// large image, as long again at most.
        /// With 0 none goes ahead of the turn's end.
        std::chrono::nanoseconds import_budget = std::chrono::milliseconds{2};
        /// How long a commit waits until its picture is ready, from when it was made.
        std::chrono::milliseconds ready_timeout = std::chrono::seconds{10};
        unsigned workers =
            0; ///< threads that copy and convert; 0: cores - 1, at least 2, at most 4
        /// None of these may throw or destroy the LinuxDmabuf. The first may end the client, and so
        /// may the second, unless the refusal is `fatal`, which ends it anyway.
        std::function<void(const Import&)> on_import{};
        std::function<void(const Refusal&)> on_refusal{};
        /// Asked when a commit has waited for ready_timeout. Default: Skip.
        std::function<OverdueAnswer(wl_client*)> on_overdue{};
    };

    /// Puts the global on `display`, and follows the surfaces that clients make with `compositor`
    /// from now on, so call it before they are let in. A buffer goes to the first of `importers`
    /// (of their members(), if they are lists) that takes it, or to the one whose device the client
    /// named. They should outlive the result; one that goes before imports nothing any more, and
    /// what it took is shown on. `compositor` and its renderer may go first, and so may `display`:
    /// then the object does nothing any more. Buffers that clients made outlive all.
    ///
    /// Nobody else may offer zwp_linux_dmabuf_v1: with wlroots' own beside it
    /// (wlr_renderer_init_wl_display(), wlr_linux_dmabuf_v1_create()) clients take the one or the
    /// other. libwayland doesn't tell who has made it, so that is said in the log as soon as a
    /// client takes the other one.
    ///
    /// Argument errors are answered at once. So are imports while the turn of the event loop has
    /// time for them (Options::import_budget); others wait for its end, or the next one.
    ///
    /// Who has no wlr_compositor, and shows buffers otherwise, passes nullptr: imports are done at
    /// the latest when wlr_buffer_try_from_resource() asks for the buffer, nothing waits for
    /// fences, and buffers that would have to be read are refused.
    ///
    /// Errors: NotAvailable if the global can't be made, `display` has a LinuxDmabuf already, there
    /// is no importer, one is of another renderer than `compositor` (where that has one), or the
    /// process has another wlroots than the library was built for, and those of
    /// FeedbackBuilder::build().
    static Result<LinuxDmabuf> create(wl_display* display, wlr_compositor* compositor,
                                      std::vector<Importer*> importers, Options options);
    static Result<LinuxDmabuf> create(wl_display* display, wlr_compositor* compositor,
                                      std::vector<Importer*> importers);
    /// The same with one importer, or a list: create_importer() makes the usual one.
    static Result<LinuxDmabuf> create(wl_display* display, wlr_compositor* compositor,
                                      Importer& importer, Options options);
    static Result<LinuxDmabuf> create(wl_display* display, wlr_compositor* compositor,
                                      Importer& importer);

    /// What was moved from does nothing, like one whose display is gone.
    LinuxDmabuf(LinuxDmabuf&&) noexcept;
    LinuxDmabuf& operator=(LinuxDmabuf&&) noexcept;
    /// Removes the global. Objects that clients still have, or are getting just then, do nothing
    /// from then on: `create` is answered `failed`, also where it is waiting, and feedback is
    /// silent. Buffers that the renderer hasn't imported can't be shown any more: a surface that
    /// gets one keeps its picture, or shows nothing if the size is another.
    ~LinuxDmabuf();

    /// The global, for filters (wl_display_set_global_filter()). Borrowed; nullptr once the display
    /// is gone. libwayland asks the filter about clients that are connected already while create()
    /// makes the global, before this can tell it: where there may be such, the filter knows it by
    /// its interface,
    ///
    ///     strcmp(wl_global_get_interface(global)->name, "zwp_linux_dmabuf_v1") == 0
    wl_global* global() const noexcept;

    /// Offers linux-drm-syncobj-v1 too, by wlroots' manager, which nobody else may have made then
    /// and which goes with the display: commits wait until their acquire points have signalled, and
    /// release points signal together with wl_buffer.release, for imported and for read buffers
    /// alike. Buffers that aren't dma-bufs are answered with unsupported_buffer. Clients' timelines
    /// are opened on the DRM device behind `drm_fd` (borrowed), or, if that is -1 or has no
    /// timelines, on the first that has: any will do. Errors: NotAvailable if there is none, or
    /// this was called before.
    Result<void> offer_explicit_sync(int drm_fd = -1);

    /// Imports with `importers` from now on, for which the rules of create() hold: for when a
    /// renderer is replaced, be it lost or at the embedder's wish. All buffers of clients are
    /// imported again, those that are shown at once and the others in their turn, and surfaces go
    /// on with textures of the renderer that the wlr_compositor has: so give it the new one first
    /// (wlr_compositor_set_renderer()), and let the old one and its importers go only afterwards.
    /// Buffers that the old importers made may still be locked then, and outlive them.
    /// Clients are told of `feedback`, by default of what create() would choose, though it be the
    /// same as before: they may want to allocate anew. They notice nothing else. A buffer that
    /// can't be imported any more is logged, and not shown until other importers take it.
    ///
    /// May be called while an importer imports or a renderer draws, thus also where wlr_renderer's
    /// `lost` is heard, and within such a call: the last one holds. The importer that is at work
    /// must live until it is done.
    ///
    /// Errors: those of create(); nothing has changed then.
    Result<void> set_importers(std::vector<Importer*> importers,
                               std::shared_ptr<const Feedback> feedback = nullptr);
    Result<void> set_importers(Importer& importer,
                               std::shared_ptr<const Feedback> feedback = nullptr);

    /// Follows `surface` too, and its subsurfaces, as it follows those that are made after
    /// create(): for who comes when clients are there already, as a plugin may. From the next
    /// commit on; what is shown stays. To be called outside of its commits. Errors: NotAvailable if
    /// create() was given no wlr_compositor, or the display is gone; OutOfResources.
    Result<void> follow(wlr_surface& surface);

    /// Imports nothing until resume(): for while there is nobody to ask, such as between the loss
    /// of a renderer and set_importers(), which doesn't resume by itself. What clients ask for
    /// waits: `create` for its answer, and commits for their pictures, which aren't overdue by
    /// that. Captures don't: wlroots refuses those into a buffer that waits. What is shown stays.
    /// Where there is no wlr_compositor, a buffer that is used is imported all the same.
    void pause() noexcept;
    /// All that waits has its turn.
    void resume() noexcept;

    /// Tells every default feedback object, and every surface's that has none of its own, of
    /// `feedback`, which must not be null. Nothing is sent where a client would be told the same
    /// again.
    void set_default_feedback(std::shared_ptr<const Feedback> feedback);
    const std::shared_ptr<const Feedback>& default_feedback() const noexcept;
    /// Emitted, without data, when the default feedback has changed and before clients are told:
    /// who made feedback for surfaces out of it makes that anew then. Listeners may outlive the
    /// LinuxDmabuf.
    wl_signal& default_feedback_changed() noexcept;

    /// Tells the feedback objects of `surface` (a wl_surface), now and later, of `feedback`;
    /// nullptr goes back to the default.
    void set_surface_feedback(wl_resource* surface, std::shared_ptr<const Feedback> feedback);

    /// What `surface` shows; nothing if that isn't an image in dma-bufs: shared memory, no picture,
    /// or a transparent one because the first was skipped.
    std::optional<ShownPicture> shown_picture(wlr_surface& surface) const;

    /// What clients hold and what becomes of it, to be looked at: <tarmac/snapshot.hpp> says what
    /// is in it. Clients notice nothing: nobody is waited for, and the kernel is asked for little
    /// more than the name of each process. A buffer takes some 50 ns if it is imported, and a
    /// microsecond or two where a sentence has to be written on why it isn't; while nobody asks, a
    /// commit has a few numbers to count. Not to be called from within an importer or a policy.
    /// Errors: NotAvailable if the display is gone; OutOfResources.
    Result<Snapshot> snapshot() const;

    /// Inside. Shared with the objects of clients, which can outlive the global.
    class TARMAC_LOCAL State;

private:
    friend class Inspection;
    friend class SceneFeedback;
    struct TARMAC_LOCAL Life;
    TARMAC_LOCAL explicit LinuxDmabuf(std::unique_ptr<Life> life) noexcept;
    /// nullptr once the display is gone, or this was moved from.
    TARMAC_LOCAL std::shared_ptr<State> state() const noexcept;

    std::unique_ptr<Life> life_;
};

} // namespace tarmac
