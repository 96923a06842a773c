#pragma once

#include <algorithm>
#include <chrono>
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

struct InPlaceBuffer;

/// A client's image as its surfaces have it: a size, and what came of its import. Renderers are
/// given other buffers, which show it in one way: what the import made, its memory in place, or a
/// copy. So all that a renderer keeps with a buffer can go while the client's stays.
class DmabufBuffer final : public wlr_buffer, wl_list {
public:
    /// Who has buffers, and what he decides for all of them.
    struct Owner {
        const void* client = nullptr; ///< to be compared only
        /// What it makes this process hold is charged there.
        std::shared_ptr<ClientAccount> account;
        /// Asked before so many bytes of one of the images are mapped.
        std::function<Result<void>(const Dmabuf& image, std::uint64_t bytes)> may_map;
        /// Nobody has a picture of it locked any more, so `buffer` may go, which releases it to the
        /// client; not before this returns.
        std::function<void(BufferLock buffer)> on_unread;
        /// What goes with a buffer.
        std::function<void(Disposal::Unused unused)> dispose;
    };

    /// Waits for its import. Is put behind those in `list`, which it leaves when it goes.
    static std::unique_ptr<DmabufBuffer, BufferDrop>
    create(std::shared_ptr<const Dmabuf> image, std::shared_ptr<const Owner> owner, wl_list& list);
    /// The one at that place of a list.
    static DmabufBuffer& in(wl_list* place) noexcept { return *static_cast<DmabufBuffer*>(place); }
    /// nullptr for any other buffer.
    static DmabufBuffer* from(wlr_buffer* buffer) noexcept;

    const std::shared_ptr<const Dmabuf>& image() const noexcept { return image_; }
    const void* owner() const noexcept { return owner_->client; }
    const std::shared_ptr<ClientAccount>& account() const noexcept { return owner_->account; }
    Result<ClientAccount::Charge> charge(Resource resource, std::uint64_t n) const {
        return owner_->account->charge(resource, n);
    }

    /// Of the wl_buffer; 0 before there is one, and once that is gone.
    std::uint32_t id() const noexcept { return id_; }
    void set_id(std::uint32_t id) noexcept { id_ = id; }

    enum class State : std::uint8_t {
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
    /// What the last importer said of its work, without what it made, until that is asked for.
    std::unique_ptr<const Landed> take_landed() noexcept { return std::move(landed_); }
    /// That the client named, while it waits for the answer.
    std::optional<dev_t> sampling_device() const noexcept {
        return landed_ ? landed_->sampling_device : std::nullopt;
    }
    /// Of this process's memory, which the import takes, or once took.
    std::uint64_t mapped_bytes() const noexcept { return mapped_bytes_; }
    /// → Failed, because of `error`.
    void fail(Error error) noexcept;
    /// Does what ends in land() or fail(), or fails for want of memory.
    template <class Function>
    void land_with(Function&& function) noexcept {
        if (!guard(std::forward<Function>(function)))
            fail(out_of_memory());
    }
    /// Why, in the state Failed.
    const Error& error() const noexcept;
    /// → Waiting, for the work behind `import`, which lands it or has it fail. If it was imported
    /// before, the renderer is another one: lets go of what the old one keeps with the pictures, so
    /// that must still be there.
    void await_import(ImportQueue::Ticket import);
    /// Waits no longer.
    void import_now() {
        if (unlanded_)
            ImportQueue::Ticket{unlanded_->import}.redeem();
    }
    bool is_import_paused() const noexcept { return unlanded_ && unlanded_->import.is_paused(); }
    /// While it is_waiting()
    std::chrono::steady_clock::time_point waits_since() const noexcept {
        return unlanded_ ? unlanded_->since : std::chrono::steady_clock::now();
    }
    /// Called once, when the import has ended. May drop the buffer.
    void set_on_landed(std::move_only_function<void()> function) {
        unlanded().on_landed = std::move(function);
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
    Result<void> may_map(std::uint64_t bytes) const { return owner_->may_map(*image_, bytes); }
    /// Where it lies, for who wants to read it.
    MemoryKind memory() {
        if (!reading().memory)
            reading().memory = memory_kind(*image_);
        return *reading().memory;
    }
    /// nullptr if it isn't mapped.
    std::shared_ptr<Mapping> mapping() const noexcept {
        return reading_ ? reading_->mapping : nullptr;
    }
    /// Has the memory mapped, unless that has been begun or tried: at once if it is little, else by
    /// `workers`. It isn't if its exporter refuses, or its client may have no more mapped.
    void map(WorkerPool& workers);
    bool is_being_mapped() const noexcept { return reading_ && reading_->job; }
    /// Waits for that, until `end`.
    void finish_mapping_by(std::chrono::steady_clock::time_point end) {
        if (reading_)
            reading_->job.finish_by(end);
    }

    /// A point to signal when the buffer is released. One is kept of each timeline, however often
    /// the client shows the buffer before that.
    void add_release_point(ReleasePoint point) {
        if (!releases_) {
            releases_ = std::make_unique<Releases>();
            releases_->released.connect(events.release, [this] { releases_->points.clear(); });
        }
        if (std::ranges::none_of(releases_->points,
                                 [&](ReleasePoint& kept) { return kept.join(point); }))
            releases_->points.push_back(std::move(point));
    }

private:
    /// A picture that lies in the client's memory: keeps this locked while it is locked itself.
    struct Picture {
        BufferPtr buffer;
        BufferLock original;
        Listener released;
    };

    // What few need, or for a short time, is there when it is needed: clients have many buffers.

    /// Until the import has ended.
    struct Unlanded {
        std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
        ImportQueue::Ticket import;
        ImportTrial::Ticket trial;
        std::move_only_function<void()> on_landed;
    };
    /// Of one whose memory is read.
    struct Reading {
        std::optional<MemoryKind> memory; ///< once it was asked for
        std::shared_ptr<Mapping> mapping;
        bool is_unmappable = false;
        WorkerPool::Ticket job; ///< that maps it
        Picture picture;        ///< in place
    };
    /// Points to signal when it is released.
    struct Releases {
        std::vector<ReleasePoint> points;
        Listener released;
    };
    DmabufBuffer(std::shared_ptr<const Dmabuf> image, std::shared_ptr<const Owner> owner,
                 wl_list& list);
    ~DmabufBuffer();
    static const wlr_buffer_impl buffer_impl;

    bool is_unanswered() const noexcept {
        return state_ == State::Waiting || state_ == State::BeingMapped;
    }
    void enter(State state) noexcept;
    void set_error(Error&& error) noexcept;
    void finish_trial();
    InPlaceBuffer* in_place() const noexcept;
    State state_when_mapped() const noexcept { return mapping() ? State::Mapped : State::Failed; }
    Unlanded& unlanded() {
        if (!unlanded_)
            unlanded_ = std::make_unique<Unlanded>();
        return *unlanded_;
    }
    Reading& reading() {
        if (!reading_)
            reading_ = std::make_unique<Reading>();
        return *reading_;
    }
    void end_mapping(Result<Mapping> mapping) noexcept;
    /// By a renderer that imports nothing, once it is mapped.
    bool is_drawn_in_place() const noexcept {
        return (state_ == State::BeingMapped || state_ == State::Mapped) && is_drawn_in_place_;
    }
    bool begin_write(void** data, std::uint32_t* fourcc, std::size_t* stride);
    void end_write();
    static void dispose(const Owner& owner, std::shared_ptr<const Dmabuf> image, Mapping mapping);
    BufferLock lock(Picture& picture);
    void set(Picture& picture, BufferPtr buffer);

    std::shared_ptr<const Dmabuf> image_;
    std::shared_ptr<const Owner> owner_;
    State state_ = State::Waiting;
    bool was_taken_ = false;
    bool has_passed_trial_ = false;
    bool is_drawn_in_place_ = false;
    std::uint32_t id_ = 0;
    std::uint64_t mapped_bytes_ = 0;
    std::unique_ptr<const Error> error_; ///< of the import, or of mapping
    wl_signal changed_;
    Picture import_;
    std::unique_ptr<const Landed> landed_;
    std::unique_ptr<Unlanded> unlanded_;
    std::unique_ptr<Reading> reading_;
    std::unique_ptr<Releases> releases_;
};

} // namespace tarmac
