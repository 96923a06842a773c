#include "surface/release_queue.hpp"

#include <utility>

#include "dmabuf/distinct_dmabufs.hpp"
#include "import/in_place_buffer.hpp"
#include "ready/at_once.hpp"
#include "wlr/guard.hpp"

namespace tarmac {

namespace {

// Until there may be a descriptor to wait with.
constexpr std::chrono::milliseconds Pause{20};

} // namespace

ReleaseQueue::ReleaseQueue(wl_event_loop* loop, FenceWatch& fences, WorkerPool& workers)
    : loop_{loop}
    , fences_{&fences}
    , workers_{&workers}
    , end_of_turn_{loop, [this] { look_at_new(); }} {
    wl_event_loop_add_destroy_listener(loop, loop_gone_.prepare([this] {
        const auto self = shared_from_this();
        loop_gone_.disconnect();
        end_of_turn_.cancel();
        loop_ = nullptr;
        let_all_go();
    }));
}

ReleaseQueue::~ReleaseQueue() {
    let_all_go();
}

void ReleaseQueue::retire() {
    fences_ = nullptr;
    workers_ = nullptr;
    let_all_go();
}

void ReleaseQueue::let_all_go() {
    // Unlocking may push more.
    for (Entries* entries : {&new_, &waiting_}) {
        while (!entries->empty())
            const Entries last = std::exchange(*entries, {});
    }
}

void ReleaseQueue::push(BufferLock buffer) {
    const auto self = shared_from_this();
    // Without an event loop, what came before can go: its own end is over.
    if (!loop_)
        let_all_go();
    new_.emplace_back(std::move(buffer));
    if (loop_)
        end_of_turn_.request();
}

void ReleaseQueue::look_at_new() {
    const auto self = shared_from_this();
    while (!new_.empty()) {
        const auto entry = new_.begin();
        waiting_.splice(waiting_.end(), new_, entry);
        proceed(entry);
    }
}

void ReleaseQueue::proceed(Entries::iterator entry) noexcept {
    if (!guard([&] { await_readers(entry); }))
        finish(entry);
}

void ReleaseQueue::await_readers(Entries::iterator entry) {
    if (!fences_)
        return finish(entry);
    DmabufBuffer* buffer = DmabufBuffer::from(entry->buffer.get());
    if (const auto open = buffer->close_window()) {
        const bool is_submitted = guard([&] {
            entry->closing = workers_->submit(
                buffer->owner(),
                [mapping = open](WorkerPool::Control& control) {
                    mapping->end_read(control);
                    return WorkerPool::Outcome::Done;
                },
                [this, entry](WorkerPool::Outcome) { proceed(entry); });
        });
        if (is_submitted)
            return;
        AtOnce control;
        open->end_read(control);
        return finish(entry);
    }
    const Dmabuf& image = *buffer->image();
    if (FenceWatch::is_idle(image, FenceWatch::Access::Write))
        return finish(entry);
    auto charge = buffer->charge(Resource::Descriptors, DistinctDmabufs{image}.members().size());
    if (!charge) {
        entry->again.emplace(loop_, Pause, [this, entry] { proceed(entry); });
        return;
    }
    entry->charge = std::move(*charge);
    auto readers =
        fences_->await(image, FenceWatch::Access::Write, [this, entry] { finish(entry); });
    if (!readers)
        return finish(entry);
    entry->readers = std::move(*readers);
}

void ReleaseQueue::finish(Entries::iterator entry) {
    const auto self = shared_from_this();
    Entries done;
    done.splice(done.end(), waiting_, entry);
}

} // namespace tarmac
