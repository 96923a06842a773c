#pragma once

#include <tarmac/cxx23.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <tarmac/dmabuf.hpp>
#include <tarmac/dmabuf_facts.hpp>
#include <tarmac/feedback.hpp>
#include <tarmac/shown_picture.hpp>
#include <tarmac/timing.hpp>
#include <vector>

namespace tarmac {

/// What a LinuxDmabuf holds and does at one moment, for people to look at: see
/// LinuxDmabuf::snapshot(). Values, which stay what they are when clients go on, and may be read on
/// any thread. It keeps the dma-bufs of its images open, and charged to their clients, as long as
/// it or a copy is there: so take what is wanted out of it, and let go, on the thread of the event
/// loop. What the kernel knows of the dma-bufs, describe_dmabuf() asks.
///
/// Names of processes and accounts are chosen by clients, and may have any bytes but 0.
struct Snapshot {
    /// What an account or a connection has of one of the resources in Quotas.
    struct Use {
        std::string_view resource;     ///< in words, of several: "buffers", "file descriptors", …
        std::uint64_t held;            ///< by the connection
        std::uint64_t held_by_account; ///< by all its connections
        std::uint64_t left;            ///< that the connection may have besides, as things are
    };

    /// A connection that has used the global, or shown something on a surface.
    struct Client {
        std::uint64_t id;    ///< a number that no other connection had or will have
        pid_t pid;           ///< who made the connection, in the compositor's pid namespace
        std::string process; ///< the name that it has now; empty if it is gone
        std::string account; ///< what its account is named after: see Quotas
        bool is_admitted;    ///< false: Options::policy denies it the global
        std::vector<Use> uses;
        std::uint64_t imports; ///< that Options::on_import is told of
        std::uint64_t refusals;
        std::uint64_t shown_commits; ///< that brought a picture in dma-bufs, and were applied
        Timing import;               ///< what Import::time says
        Timing wait;       ///< of the shown commits, until they were applied; 0 if that was at once
        Timing conversion; ///< of copies and conversions, on the thread that made them
    };

    /// Why a buffer can't be used yet, or a commit isn't applied.
    enum class Awaits : std::uint8_t {
        Nothing,
        Import,       ///< its turn, or an importer, or that it is tried out
        Mapping,      ///< of its memory
        Fence,        ///< that the client's, or its GPU's, writing ends
        AcquirePoint, ///< the same, of linux-drm-syncobj-v1
        Copy,         ///< a thread to read, copy or convert it, or that one is done
        Upload,       ///< of the copy, to a renderer that imports none
        Other,        ///< who else holds it (wlr_surface_lock_pending())
        Tree,         ///< its parent's commit, or its synchronized subsurfaces'
    };

    /// A wl_buffer, or what is left of it while somebody shows it.
    struct Buffer {
        std::uint64_t client; ///< Client::id
        /// Of the wl_buffer, as WAYLAND_DEBUG has it; 0 before it is `created`, and once the client
        /// has destroyed it.
        std::uint32_t id;
        std::shared_ptr<const Dmabuf> image;
        /// "imported", "read", "copied" or "converted", as it is or would be shown next; empty
        /// while that isn't known, and where it can't be shown.
        std::string_view way;
        /// Why it isn't imported by the renderer, or not shown at all; empty if it is imported, or
        /// waits for that. A surface may still have it converted, in colours of its own.
        std::string reason;
        /// Before it can be used: Import or Mapping; else, the oldest commit that brings it.
        Awaits awaits = Awaits::Nothing;
        std::chrono::nanoseconds waits_for{}; ///< since it was made or imported anew, or committed
        std::uint64_t mapped_bytes = 0;       ///< into this process, by its import or to be read
        unsigned locks = 0;                   ///< by surfaces, captures and whoever else shows it
    };

    /// Where a surface is seen.
    struct Output {
        std::string name;
        bool is_scanned_out = false; ///< without being drawn
        /// Why it isn't; empty if it is.
        std::string reason;
    };

    /// A surface that shows, or waits for, a picture in dma-bufs.
    struct Surface {
        std::uint64_t client; ///< Client::id
        std::uint32_t id;     ///< of the wl_surface
        /// Of the buffer that is shown; nothing while it shows none, or the client has destroyed
        /// it.
        std::optional<std::uint32_t> buffer;
        std::shared_ptr<const Dmabuf> image;  ///< that is shown
        std::string_view way;                 ///< ShownPicture::way
        std::uint64_t copied_bytes = 0;       ///< of copies that it keeps
        unsigned waiting_commits = 0;         ///< or applied, and their picture still waits
        Awaits awaits = Awaits::Nothing;      ///< of the oldest of these
        std::chrono::nanoseconds waits_for{}; ///< since that was committed
        std::vector<Output> outputs;          ///< where a SceneFeedback follows them
    };

    /// What was refused, as Refusal has it.
    struct Refusal {
        std::uint64_t client; ///< Client::id; it may be gone
        pid_t pid;
        std::string process;
        std::chrono::system_clock::time_point time;
        bool is_fatal;
        std::string reason;
    };

    /// What a client was told last in a zwp_linux_dmabuf_feedback_v1, or, where it has none for the
    /// default, by the events of older versions, as long as that feedback is still used.
    struct Told {
        std::uint64_t client;                 ///< Client::id
        std::optional<std::uint32_t> surface; ///< id of the wl_surface; nothing: the default
        std::shared_ptr<const Feedback> feedback;
    };

    static constexpr std::size_t MaxRefusals = 100;

    std::vector<Client> clients; ///< in the order in which they came
    std::vector<Buffer> buffers;
    std::vector<Surface> surfaces;
    std::vector<Refusal> refusals; ///< the newest MaxRefusals, the oldest first
    std::vector<Told> told;
};

} // namespace tarmac
