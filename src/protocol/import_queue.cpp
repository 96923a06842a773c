#include "protocol/import_queue.hpp"

#include <sys/eventfd.h>
#include <utility>
#include <wayland-server-core.h>

namespace tarmac {

void ImportQueue::Ticket::redeem() {
    if (const auto work = std::exchange(work_, nullptr); work && *work)
        std::exchange(*work, nullptr)();
}

ImportQueue::ImportQueue(wl_event_loop* loop, std::chrono::nanoseconds budget)
    : budget_{budget}
    , ready_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)}
    , source_{wl_event_loop_add_fd(
          loop, ready_.get(), WL_EVENT_READABLE,
          [](int, std::uint32_t, void* queue) {
              static_cast<ImportQueue*>(queue)->take_turn();
              return 0;
          },
          this)} {}

ImportQueue::~ImportQueue() {
    if (source_)
        wl_event_source_remove(source_);
}

ImportQueue::Ticket ImportQueue::push(wl_client* client, Work work) {
    auto shared = std::make_shared<Work>(std::move(work));
    // Without an event source, which only a process out of descriptors lacks, nothing can wait.
    if (!source_) {
        (*shared)();
        return {};
    }
    if (order_.empty())
        set_ready(true);
    Waiting& waiting = waiting_[client];
    if (waiting.empty())
        order_.push_back(client);
    waiting.push_back(shared);
    return Ticket{std::move(shared)};
}

void ImportQueue::finish() {
    while (!order_.empty())
        do_next();
}

void ImportQueue::take_turn() {
    const auto end = std::chrono::steady_clock::now() + budget_;
    do
        do_next();
    while (!order_.empty() && std::chrono::steady_clock::now() < end);
    if (order_.empty())
        set_ready(false);
}

void ImportQueue::do_next() {
    wl_client* client = order_.front();
    order_.pop_front();
    const auto waiting = waiting_.find(client);
    const auto work = waiting->second.front().lock();
    waiting->second.pop_front();
    if (waiting->second.empty())
        waiting_.erase(waiting);
    else
        order_.push_back(client);
    if (work && *work)
        std::exchange(*work, nullptr)();
}

void ImportQueue::set_ready(bool ready) {
    eventfd_t count;
    if (ready)
        eventfd_write(ready_.get(), 1);
    else
        eventfd_read(ready_.get(), &count);
}

} // namespace tarmac
