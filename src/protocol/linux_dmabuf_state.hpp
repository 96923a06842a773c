#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <tarmac/linux_dmabuf.hpp>
#include <tarmac/snapshot.hpp>
#include <unordered_map>
#include <vector>

#include "account/client_account.hpp"
#include "import/dmabuf_buffer.hpp"
#include "import/importer_ref.hpp"
#include "protocol/clients.hpp"
#include "protocol/feedback_registry.hpp"
#include "protocol/foreign_global.hpp"
#include "protocol/notices.hpp"
#include "ready/import_queue.hpp"
#include "surface/release_queue.hpp"
#include "surface/surfaces.hpp"
#include "wlr/listener.hpp"

struct wl_global;

namespace tarmac {

/// Where surfaces are seen, for who looks.
using Sights = std::unordered_map<const wlr_surface*, std::vector<Snapshot::Output>>;

/// Nobody is left to import it.
void fail_unavailable(DmabufBuffer& buffer) noexcept;

/// What the global and the objects of its clients share. Clients' objects hold it weakly: it goes
/// with the LinuxDmabuf, and they do nothing from then on.
class LinuxDmabuf::State : public std::enable_shared_from_this<LinuxDmabuf::State> {
public:
    State(wl_display* display, wlr_compositor* compositor, std::vector<Importer*> importers,
          Options options);
    ~State();

    /// Puts the global on the display.
    Result<void> announce(wl_display* display);

    wl_global* global() const { return global_; }
    wlr_compositor* compositor() const { return compositor_; } ///< nullptr once it is gone
    Clients& clients() { return clients_; }

    /// Whether `client` may know of `pair`: it was told, or everybody is.
    bool is_advertised(const ClientAccount& account, FormatModifier pair) const;

    std::unique_ptr<DmabufBuffer, BufferDrop> create_buffer(wl_client* client,
                                                            ClientAccount& account, Dmabuf&& dmabuf,
                                                            ClientAccount::Charge charge);
    /// Imports on the device that the client named, or on the first that takes the image.
    void land(DmabufBuffer& buffer, std::optional<dev_t> sampling_device) noexcept;
    /// To the embedder.
    void report_import(wl_client* client, DmabufBuffer& buffer);
    ImportQueue& queue() { return queue_; }
    /// Whether nobody waits for imports: without surfaces, buffers have to be there once they are
    /// used.
    bool imports_on_use() const { return !surfaces_; }

    Result<void> offer_explicit_sync(int drm_fd) {
        return tarmac::offer_explicit_sync(display_, drm_fd);
    }
    Surfaces* surfaces() { return surfaces_ ? &*surfaces_ : nullptr; }
    void set_importers(std::vector<Importer*> importers, std::shared_ptr<const Feedback> feedback);
    /// What any importer has whose device gets the dma-bufs themselves.
    FormatSet imported_formats() const;

    ImmediateFailure immediate_failure() const { return options_.immediate_failure; }
    /// To the log and to the embedder.
    void report_refusal(const Refusal& refusal);
    /// Emitted with a const Snapshot::Refusal* for each.
    wl_signal& refused() noexcept { return refused_; }
    /// See LinuxDmabuf::snapshot().
    Result<Snapshot> snapshot() const;
    /// Asked for each snapshot, until `owner` unsets it or another one sets it.
    void set_look_at_outputs(const void* owner, std::function<Sights()> look) {
        look_at_outputs_ = std::move(look);
        owner_of_look_ = owner;
    }
    void unset_look_at_outputs(const void* owner) noexcept {
        if (owner_of_look_ == owner)
            look_at_outputs_ = nullptr;
    }

    FeedbackRegistry& feedbacks() { return feedbacks_; }
    const FeedbackRegistry& feedbacks() const { return feedbacks_; }

private:
    Result<Landed> import(const std::shared_ptr<const Dmabuf>& dmabuf,
                          std::optional<dev_t> sampling_device) const;
    std::unique_ptr<ImportTrial> create_trial();
    /// Has the buffer tried, if that is needed, before it is drawn.
    std::optional<ImportTrial::Ticket> try_out(DmabufBuffer& buffer);
    std::shared_ptr<const DmabufBuffer::Owner> buffer_owner(wl_client* client,
                                                            ClientAccount& account);
    void blame(const ClientAccount& account, const Error& error);
    void note_refusal(const Refusal& refusal);

    // snapshot.cpp
    std::vector<Snapshot::Client> told_clients() const;
    std::vector<Snapshot::Buffer> told_buffers() const;
    std::vector<Snapshot::Surface> told_surfaces() const;
    std::vector<Snapshot::Told> told_feedback() const;

    wl_display* display_;
    std::vector<ImporterRef> importers_;
    std::uint64_t n_importer_sets_ = 0; ///< ever, after the first
    Options options_;
    wlr_compositor* compositor_;
    std::shared_ptr<Turn> turn_;
    FenceWatch fences_;
    WorkerPool workers_;
    ImportQueue queue_;
    std::shared_ptr<Disposal> disposal_;     ///< so may what they leave
    std::shared_ptr<ReleaseQueue> releases_; ///< buffers of clients may outlive the rest
    SurfaceContext surface_context_;
    std::unique_ptr<ImportTrial> trial_; ///< nullptr where none is needed
    wl_global* global_ = nullptr;
    Clients clients_;
    FeedbackRegistry feedbacks_;
    wl_list buffers_; ///< of clients, that somebody can still show
    Notices notices_;
    wl_signal refused_;
    std::deque<Snapshot::Refusal> refusals_; ///< the newest
    std::function<Sights()> look_at_outputs_;
    const void* owner_of_look_ = nullptr;
    ForeignGlobalWatch foreign_globals_;
    std::optional<Surfaces> surfaces_; ///< goes first
    Listener compositor_gone_;
};

} // namespace tarmac
