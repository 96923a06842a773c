#include "ready/import_queue.hpp"

#include <sys/eventfd.h>
#include <utility>
#include <wayland-server-core.h>

namespace tarmac {

void ImportQueue::Ticket::redeem() {
    if (const auto work = std::exchange(work_, nullptr); work && *work)
        std::exchange(*work, nullptr)();
}

ImportQueue::ImportQueue(wl_event_loop* loop, std::shared_ptr<Turn> turn,
                         std::chrono::nanoseconds budget)
    : turn_{std::move(turn)}
    , budget_{budget}
    , end_of_turn_{loop, [this] { take_turn(); }}
    , unfinished_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)}
    , next_turn_{wl_event_loop_add_fd(
          loop, unfinished_.get(), WL_EVENT_READABLE,
          [](int, std::uint32_t, void* queue) {
              static_cast<ImportQueue*>(queue)->end_of_turn_.request();
              return 0;
          },
          this)} {}

ImportQueue::~ImportQueue() {
    if (next_turn_)
        wl_event_source_remove(next_turn_);
}

ImportQueue::Ticket ImportQueue::push(wl_client* client, Work work) {
    auto shared = std::make_shared<Work>(std::move(work));
    const std::uint64_t turn = turn_->number();
    if (std::exchange(began_in_, turn) != turn)
        began_ = std::chrono::steady_clock::now();
    const bool is_first = order_.empty();
    Waiting& waiting = waiting_[client];
    if (waiting.empty())
        order_.push_back(client);
    waiting.push_back(shared);
    // What comes from within a turn's work belongs to that turn, and to its budget.
    if (is_first && !is_taking_turn_)
        end_of_turn_.request();
    return Ticket{std::move(shared)};
}

void ImportQueue::finish() {
    while (!order_.empty())
        do_next();
}

void ImportQueue::take_turn() {
    eventfd_t count;
    eventfd_read(unfinished_.get(), &count);
    const bool has_begun = began_in_ == turn_->number();
    const auto end = (has_begun ? began_ : std::chrono::steady_clock::now()) + budget_;
    is_taking_turn_ = true;
    while (!order_.empty()) {
        do_next();
        if (next_turn_ && !order_.empty() && std::chrono::steady_clock::now() >= end) {
            eventfd_write(unfinished_.get(), 1);
            break;
        }
    }
    is_taking_turn_ = false;
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

} // namespace tarmac
