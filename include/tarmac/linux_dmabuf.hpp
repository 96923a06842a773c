#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <tarmac/feedback.hpp>
#include <tarmac/importer.hpp>
#include <tarmac/quotas.hpp>
#include <vector>

struct wl_client;
struct wl_display;
struct wl_resource;
struct wl_signal;
struct wlr_compositor;

namespace tarmac {

/// A client's buffer that has been imported.
struct Landing {
    wl_client* client; ///< valid during the call
    const Dmabuf& dmabuf;
    std::string_view way;          ///< Importer::way() of the importer that took it
    std::chrono::nanoseconds time; ///< that the import took
};

/// A request that was refused.
struct Refusal {
    wl_client* client; ///< valid during the call; about to be disconnected if `fatal`
    const Error& error;
    bool fatal; ///< a protocol error was sent; if not, `failed`
    /// The error, where it is one of zwp_linux_buffer_params_v1; empty for wl_display's no_memory.
    std::optional<std::uint32_t> code;
};

/// What a client gets when its create_immed buffer fails for a reason that it could not know.
enum class ImmediateFailure : std::uint8_t {
    Failed, ///< `failed`, if its params object is there to hear it; using the buffer is then an
            ///< error
    Fatal,  ///< the protocol error invalid_wl_buffer
};

/// The global zwp_linux_dmabuf_v1. Rule for everything in it: linux-dmabuf-v1.xml, version 6.
/// Everything on the thread that runs the display's event loop.
class LinuxDmabuf {
public:
    static constexpr unsigned MaxVersion = 6;

    struct Options {
        unsigned version = MaxVersion; ///< offered to clients; 1 to MaxVersion
        /// What clients are told first. Default: a sampling tranche for every importer, with all
        /// that it has, in their order; the first one's device is the main device.
        std::shared_ptr<const Feedback> feedback;
        Quotas quotas;
        ImmediateFailure immediate_failure = ImmediateFailure::Failed;
        /// The longest that imports hold up one turn of the event loop. A single import that takes
        /// longer is not interrupted.
        std::chrono::nanoseconds import_budget = std::chrono::milliseconds{2};
        /// These two must not throw, nor destroy the client or the LinuxDmabuf.
        std::function<void(const Landing&)> on_landing;
        std::function<void(const Refusal&)> on_refusal;
    };

    /// Puts the global on `display`. A buffer goes to the first of `importers` that takes it, or to
    /// the one whose device the client named. They must outlive the result, and the result must go
    /// before the display. Buffers that clients made outlive all three. Surfaces draw with the one
    /// renderer that wlr_compositor has, so what any importer takes, that renderer must be able to
    /// draw.
    ///
    /// Argument errors are answered at once. Imports wait for the end of a turn of the event loop;
    /// a create_immed buffer is imported at the latest when a surface gets it.
    ///
    /// Errors: NotAvailable if the global can't be made or there is no importer, and those of
    /// FeedbackBuilder::build().
    static Result<LinuxDmabuf> create(wl_display* display, std::vector<Importer*> importers,
                                      Options options);
    static Result<LinuxDmabuf> create(wl_display* display, Importer& importer, Options options);
    static Result<LinuxDmabuf> create(wl_display* display, Importer& importer);

    LinuxDmabuf(LinuxDmabuf&&) noexcept;
    LinuxDmabuf& operator=(LinuxDmabuf&&) noexcept;
    /// Removes the global. Objects that clients still have, or are getting just then, do nothing
    /// from then on: `create` is answered `failed`, also where it is waiting, and feedback is
    /// silent.
    ~LinuxDmabuf();

    /// Follows the surfaces that clients make with `compositor` from now on, so call it before they
    /// are let in. Buffers that are mapped are then read only where a surface's damage says that
    /// they changed, and all are drawn with the colours and the alpha that the client means, where
    /// it says so through wlroots' wp_color_representation_v1: what the renderer can't draw so is
    /// mapped. `compositor` may go first. One a LinuxDmabuf: a second call ends the first.
    void follow(wlr_compositor& compositor);

    /// Imports with `importers` from now on, for which the rules of create() hold: for when a
    /// renderer is replaced, be it lost or at the embedder's wish. All buffers of clients are
    /// imported again, and those that surfaces show get textures of the renderer that the followed
    /// wlr_compositor has: so give it the new one first (wlr_compositor_set_renderer()), and let
    /// the old one and its importers go only afterwards. Clients are told of `feedback`, by default
    /// of what create() would choose, though it be the same as before: they may want to allocate
    /// anew. They notice nothing else. A buffer that can't be imported any more is logged, and
    /// shown no more. The textures that surfaces had are destroyed: cursors made of them are to be
    /// set again.
    ///
    /// Errors: those of create(); nothing has changed then.
    Result<void> set_importers(std::vector<Importer*> importers,
                               std::shared_ptr<const Feedback> feedback = nullptr);

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

    /// Inside. Shared with the objects of clients, which can outlive the global.
    class State;

private:
    friend class SceneFeedback;
    explicit LinuxDmabuf(std::shared_ptr<State> state) noexcept;
    std::shared_ptr<State> state_;
};

} // namespace tarmac
