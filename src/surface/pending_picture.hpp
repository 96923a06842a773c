#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <tarmac/snapshot.hpp>

#include "import/decision.hpp"
#include "import/dmabuf_buffer.hpp"
#include "import/texture_upload.hpp"
#include "surface/surface_context.hpp"
#include "wlr/timer.hpp"

namespace tarmac {

class CopyRing;

/// A picture on its way to a surface: an image of a client's, from its commit until a renderer can
/// be given it. Nothing in it waits; `on_progress` is called, from the event loop, whenever it has
/// come further.
class PendingPicture {
public:
    enum class Stage {
        Unready,  ///< not imported yet, or the client, or its GPU, hasn't finished drawing
        Readable, ///< a worker can read it, see begin_reading()
        Reading,
        Ready,
        Dropped, ///< and never shown
    };

    struct Request {
        BufferLock buffer; ///< a DmabufBuffer
        Colors colors;
        std::optional<Rect> crop;                      ///< what is seen of it, where that isn't all
        std::uint64_t content;                         ///< what CopyRing::note_content() said
        std::shared_ptr<const AcquirePoint> acquire;   ///< instead of fences of the dma-bufs
        bool is_for_cursor = false;                    ///< which is drawn without encodings of YUV
        std::chrono::steady_clock::time_point since{}; ///< when it was committed
    };

    PendingPicture(SurfaceContext& context, CopyRing& copies, Request request,
                   std::function<void()> on_progress);
    PendingPicture(const PendingPicture&) = delete;
    PendingPicture& operator=(const PendingPicture&) = delete;

    Stage stage() const noexcept { return stage_; }
    bool is_over() const noexcept { return stage_ == Stage::Ready || stage_ == Stage::Dropped; }
    /// Whether it waits for somebody who may never come to an end: the client, its GPU, or who
    /// still used the memory when it was to be read.
    bool is_delayed() const noexcept {
        return stage_ == Stage::Unready || (is_put_off_ && !is_over());
    }
    /// What it waits for, for who looks; Nothing if it is_over().
    Snapshot::Awaits awaits() const noexcept;
    /// To be called first: goes on as far as it can without waiting, and has what it waits for
    /// watched. Reports nothing. `client`: whose request is being dispatched; nullptr: nobody's.
    void begin(const void* client);
    /// Readable → Reading; stays Readable, for now, where all copies of the surface are in use.
    void begin_reading();
    /// → Dropped.
    void drop() noexcept;
    /// The renderer is another one: as begin(), but for what has been drawn.
    void restart();

    const Request& request() const noexcept { return request_; }
    DmabufBuffer& buffer() const noexcept { return *DmabufBuffer::from(request_.buffer.get()); }
    Way way() const noexcept { return way_; }
    /// What the renderer is given, once it is Ready.
    BufferLock take_picture() noexcept { return std::move(picture_); }
    /// The texture of it, where that is made beforehand.
    BufferLock take_texture() noexcept { return upload_ ? upload_->take() : BufferLock{}; }

    /// Whether the renderer shows what it has imported, as things are.
    static bool is_imported(const SurfaceContext& context, const Request& request);
    /// The picture, if the renderer imports the image and nothing is to be waited for; nothing is
    /// allocated then. `client` as for begin().
    static BufferLock make_at_once(SurfaceContext& context, const void* client,
                                   const Request& request);

private:
    /// One of a client's pictures that are looked at now and then.
    class LookedAt {
    public:
        LookedAt(std::map<const void*, unsigned>& all, const void* client)
            : all_{all}, place_{all.try_emplace(client).first} {
            ++place_->second;
        }
        ~LookedAt() {
            if (--place_->second == 0)
                all_.erase(place_);
        }
        LookedAt(const LookedAt&) = delete;
        LookedAt& operator=(const LookedAt&) = delete;

        unsigned count() const noexcept { return place_->second; }

    private:
        std::map<const void*, unsigned>& all_;
        std::map<const void*, unsigned>::iterator place_;
    };

    /// What happens by itself: without memory the picture is dropped.
    void step(auto&& function) noexcept;
    void proceed();
    void look_at_fences(const void* client);
    bool charge_waiting(std::uint64_t n_descriptors);
    void look_later(const void* client);
    void end_waiting() noexcept;
    void choose_way();
    Result<Way> way_to_read() const;
    void await_buffer();
    void be_ready(BufferLock picture);
    void read_in_place();
    void make_copy();
    void forget_picture() noexcept;
    void upload(CopyBuffer& copy);
    void upload_next();
    void end_reading(WorkerPool::Outcome outcome, const std::function<void()>& succeed);

    SurfaceContext& context_;
    CopyRing& copies_;
    Request request_;
    std::function<void()> on_progress_;
    Stage stage_ = Stage::Unready;
    Way way_ = Way::Import;
    BufferLock picture_, target_;
    bool is_drawn_ = false;
    bool is_put_off_ = false; ///< reading had to be given up before
    Listener buffer_changed_;
    /// What is waited for, and the descriptors that it takes.
    FenceWatch::Ticket fences_;
    std::optional<AcquirePoint::Wait> acquire_wait_;
    ClientAccount::Charge waiting_charge_;
    /// While there is none to be had
    std::optional<LookedAt> looked_at_;
    std::optional<Timer> again_;
    ImportQueue::Ticket next_look_;
    WorkerPool::Ticket job_;
    std::optional<TextureUpload> upload_;
    ImportQueue::Ticket next_upload_;
};

} // namespace tarmac
