#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <tarmac/dmabuf.hpp>
#include <vector>

#include "account/client_account.hpp"
#include "dmabuf/memory_kind.hpp"
#include "dmabuf/out_of_memory.hpp"
#include "import/import_trial.hpp"
#include "import/landed.hpp"
#include "ready/disposal.hpp"
#include "ready/import_queue.hpp"
#include "ready/mapping.hpp"
#include "ready/worker_pool.hpp"
#include "wlr/buffer_lock.hpp"
#include "wlr/explicit_sync.hpp"
#include "wlr/guard.hpp"
#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

/// A client's image as its surfaces have it: a size, and what came of its import. Renderers are
/// given other buffers, which show it in one way: what the import made, its memory in place, or a
/// copy. So all that a renderer keeps with a buffer can go while the client's stays.
class DmabufBuffer final : public wlr_buffer {
public:
    /// What the buffer's owner decides.
    struct Hooks {
        const void* owner = nullptr; ///< the client, to be compared only
        /// What it makes this process hold is charged there; nullptr: nowhere.
        std::shared_ptr<ClientAccount> account;
        /// Asked before so many bytes of an image are mapped.
        std::function<Result<void>(std::uint64_t bytes)> may_map;
        /// Nobody has a picture of it locked any more, so `buffer` may go, which releases it to the
        /// client; not before this returns.
        std::function<void(BufferLock buffer)> on_unread;
        /// What goes with the buffer.
        std::function<void(Disposal::Unused unused)> dispose;
    };

    /// Waits for its import.
    static std::unique_ptr<DmabufBuffer, BufferDrop> create(std::shared_ptr<const Dmabuf> image,
                                                            Hooks hooks);
    /// nullptr for any other buffer.
    static DmabufBuffer* from(wlr_buffer* buffer) noexcept;

    const std::shared_ptr<const Dmabuf>& image() const noexcept { return image_; }
    const void* owner() const noexcept { return hooks_.owner; }
    const std::shared_ptr<ClientAccount>& account() const noexcept { return hooks_.account; }
    Result<ClientAccount::Charge> charge(Resource resource, std::uint64_t n) const {
        return hooks_.account ? hooks_.account->charge(resource, n) : ClientAccount::Charge{};
    }

    enum class State {
        Waiting,     ///< for an import
        BeingMapped, ///< to be read
        OnTrial,     ///< imported, and answered, but not to be drawn yet
        Imported,    ///< by the renderer, or by an importer of the embedder's
        Mapped,      ///< and read when it is shown
        Failed,      ///< and never shown
    };
    State state() const noexcept { return state_; }
    bool is_waiting() const noexcept { return is_unanswered() || state_ == State::OnTrial; }
    /// Whether an importer took it once, though the last one didn't: the client may go on using it.
    bool was_taken() const noexcept { return was_taken_; }
    /// Waiting → Imported; or BeingMapped, then Mapped or Failed. With a `trial` of what was
    /// imported: OnTrial, until pass_trial() or fail().
    void land(Landed landed, WorkerPool& workers, std::optional<ImportTrial::Ticket> trial = {});
    /// OnTrial → Imported, and never on trial again: its memory stays what it is.
    void pass_trial() noexcept;
    bool has_passed_trial() const noexcept { return has_passed_trial_; }
    /// What the last importer said of its work; its import has been taken.
    const Landed& landed() const noexcept { return landed_; }
    /// → Failed, because of `error`.
    void fail(Error error) noexcept;
    /// Does what ends in land() or fail(), or fails for want of memory.
    template <class Function>
    void land_with(Function&& function) noexcept {
        if (!guard(std::forward<Function>(function)))
            fail(out_of_memory());
    }
    /// Why, in the state Failed.
    const Error& error() const noexcept { return *error_; }
    /// → Waiting, for the work behind `import`, which lands it or has it fail. If it was imported
    /// before, the renderer is another one: lets go of what the old one keeps with the pictures, so
    /// that must still be there.
    void await_import(ImportQueue::Ticket import);
    /// Waits no longer.
    void import_now() { import_work_.redeem(); }
    /// Called once, when the import has ended. May drop the buffer.
    void set_on_landed(std::move_only_function<void()> function) {
        on_landed_ = std::move(function);
    }
    /// Emitted, without data, when an import or mapping the memory has ended.
    wl_signal& changed() noexcept { return changed_; }

    /// What the import made, while the state is Imported.
    BufferLock lock_import();
    /// The memory in place, once it is mapped.
    BufferLock lock_in_place();
    /// Who has the memory in place locked may read it from now on: DMA_BUF_IOCTL_SYNC has begun it.
    void open_window();
    /// Nobody may read it any more. The mapping whose reading is to be ended; nullptr if that isn't
    /// due, since there was none or somebody still has it locked.
    std::shared_ptr<Mapping> close_window() noexcept;
    Result<void> may_map(std::uint64_t bytes) const {
        return hooks_.may_map ? hooks_.may_map(bytes) : Result<void>{};
    }
    /// Where it lies, for who wants to read it.
    MemoryKind memory() {
        if (!memory_)
            memory_ = memory_kind(*image_);
        return *memory_;
    }
    /// nullptr if it isn't mapped.
    const std::shared_ptr<Mapping>& mapping() const noexcept { return mapping_; }
    /// Has the memory mapped, unless that has been begun or tried: at once if it is little, else by
    /// `workers`. It isn't if its exporter refuses, or its client may have no more mapped.
    void map(WorkerPool& workers);
    bool is_being_mapped() const noexcept { return static_cast<bool>(mapping_job_); }
    /// Waits for that, until `end`.
    void finish_mapping_by(std::chrono::steady_clock::time_point end) {
        mapping_job_.finish_by(end);
    }

    /// A point to signal when the buffer is released. One is kept of each timeline, however often
    /// the client shows the buffer before that.
    void add_release_point(ReleasePoint point) {
        if (std::ranges::none_of(release_points_,
                                 [&](ReleasePoint& kept) { return kept.join(point); }))
            release_points_.push_back(std::move(point));
    }

private:
    /// A picture that lies in the client's memory: keeps this locked while it is locked itself.
    struct Picture {
        BufferPtr buffer;
        BufferLock original;
        Listener released;
    };

    DmabufBuffer(std::shared_ptr<const Dmabuf> image, Hooks hooks);
    ~DmabufBuffer();
    static const wlr_buffer_impl buffer_impl;

    bool is_unanswered() const noexcept {
        return state_ == State::Waiting || state_ == State::BeingMapped;
    }
    void enter(State state) noexcept;
    State state_when_mapped() const noexcept { return mapping_ ? State::Mapped : State::Failed; }
    void end_mapping(Result<Mapping> mapping) noexcept;
    /// By a renderer that imports nothing, once it is mapped.
    bool is_drawn_in_place() const noexcept {
        return (state_ == State::BeingMapped || state_ == State::Mapped) &&
               landed_.is_drawn_in_place;
    }
    bool begin_write(void** data, std::uint32_t* fourcc, std::size_t* stride);
    void end_write();
    static void dispose(const Hooks& hooks, std::shared_ptr<const Dmabuf> image, Mapping mapping);
    BufferLock lock(Picture& picture);
    void set(Picture& picture, BufferPtr buffer);

    std::shared_ptr<const Dmabuf> image_;
    Hooks hooks_;
    State state_ = State::Waiting;
    std::optional<Error> error_; ///< of the import, or of mapping
    wl_signal changed_;
    bool was_taken_ = false;
    ImportQueue::Ticket import_work_;
    ImportTrial::Ticket trial_;
    bool has_passed_trial_ = false;
    std::move_only_function<void()> on_landed_;
    Landed landed_;
    Picture import_, in_place_;
    std::optional<MemoryKind> memory_; ///< once it was asked for
    std::shared_ptr<Mapping> mapping_;
    bool is_unmappable_ = false;
    WorkerPool::Ticket mapping_job_;
    std::vector<ReleasePoint> release_points_;
    Listener released_;
};

} // namespace tarmac
