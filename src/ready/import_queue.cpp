#include "ready/import_queue.hpp"

#include <algorithm>
#include <ranges>
#include <sys/eventfd.h>
#include <utility>
#include <wayland-server-core.h>

#include "wlr/guard.hpp"

namespace tarmac {

namespace {

/// As many buffers as clients go round with.
constexpr unsigned AnswersInTurn = 4;

} // namespace

void ImportQueue::Ticket::redeem() {
    if (const auto work = std::exchange(work_, nullptr); work && work->function)
        std::exchange(work->function, nullptr)();
}

ImportQueue::ImportQueue(wl_event_loop* loop, std::shared_ptr<Turn> turn,
                         std::chrono::nanoseconds budget)
    : turn_{std::move(turn)}
    , budget_{budget}
    , end_of_turn_{loop,
                   [this] {
                       take_turn(budget_);
                       if (!order_.empty())
                           eventfd_write(unfinished_.get(), 1);
                   }}
    , unfinished_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)}
    , next_turn_{wl_event_loop_add_fd(
          loop, unfinished_.get(), WL_EVENT_READABLE,
          [](int fd, std::uint32_t, void* data) {
              eventfd_t count;
              eventfd_read(fd, &count);
              auto& queue = *static_cast<ImportQueue*>(data);
              queue.take_turn(queue.budget_ / 2);
              if (!queue.order_.empty())
                  queue.end_of_turn_.request();
              return 0;
          },
          this)} {}

ImportQueue::~ImportQueue() {
    if (next_turn_)
        wl_event_source_remove(next_turn_);
}

bool ImportQueue::goes_ahead(wl_client* client, Kind kind) {
    const auto now = begin_turn() ? began_ : std::chrono::steady_clock::now();
    if (!order_.empty() || *is_paused_ || now >= began_ + budget_)
        return false;
    if (!std::ranges::contains(ahead_, client))
        ahead_.push_back(client);
    n_answers_ += kind == Kind::AnsweredImport;
    return true;
}

ImportQueue::Ticket ImportQueue::push(wl_client* client, std::move_only_function<void()> work,
                                      Kind kind) {
    auto shared = std::make_shared<Work>(std::move(work), kind, is_paused_);
    add(client, shared);
    return Ticket{std::move(shared)};
}

void ImportQueue::add(wl_client* client, std::shared_ptr<Work> work) {
    begin_turn();
    Waiting& waiting = waiting_[client];
    std::list<wl_client*> place;
    if (waiting.empty() && client != serving_)
        place.push_back(client);
    waiting.push_back(std::move(work));
    const bool is_served = std::ranges::contains(ahead_, client);
    n_served_ += is_served ? place.size() : 0;
    order_.splice(is_served ? order_.end()
                            : std::prev(order_.end(), static_cast<std::ptrdiff_t>(n_served_)),
                  place);
    // What comes from within a turn's work belongs to that turn, and to its budget.
    if (!is_taking_turn_)
        end_of_turn_.request();
}

void ImportQueue::resume() noexcept {
    if (!std::exchange(*is_paused_, false))
        return;
    resumed_ = std::chrono::steady_clock::now();
    // Before what came since.
    for (const auto& [client, weak] : std::exchange(put_off_, {}) | std::views::reverse) {
        const auto work = weak.lock();
        // Without memory for the queue it is done at once.
        if (work && work->function && !guard([&] { add_in_front(client, work); }))
            guard(std::exchange(work->function, nullptr));
    }
    begin_turn();
    if (!is_taking_turn_ && !order_.empty())
        end_of_turn_.request();
}

void ImportQueue::add_in_front(wl_client* client, const std::shared_ptr<Work>& work) {
    Waiting& waiting = waiting_[client];
    std::list<wl_client*> place;
    if (waiting.empty() && client != serving_)
        place.push_back(client);
    waiting.push_front(work);
    order_.splice(order_.begin(), place);
}

/// What was given up meanwhile is left out now and then, so that it can't pile up.
void ImportQueue::put_off(wl_client* client, const std::shared_ptr<Work>& work) {
    constexpr std::size_t Few = 64;
    if (put_off_.size() >= std::max(n_before_sweep_, Few)) {
        std::erase_if(put_off_, [](const auto& entry) { return entry.second.expired(); });
        n_before_sweep_ = 2 * put_off_.size();
    }
    put_off_.emplace_back(client, work);
}

void ImportQueue::finish() {
    resume();
    while (!order_.empty())
        do_next();
}

bool ImportQueue::begin_turn() {
    const std::uint64_t turn = turn_->number();
    if (std::exchange(began_in_, turn) == turn)
        return false;
    began_ = std::chrono::steady_clock::now();
    n_served_ = 0;
    ahead_.clear();
    n_answers_ = 0;
    return true;
}

void ImportQueue::take_turn(std::chrono::nanoseconds budget) noexcept {
    begin_turn();
    const auto has_time = [&] {
        return !next_turn_ || std::chrono::steady_clock::now() < began_ + budget;
    };
    is_taking_turn_ = true;
    for (bool is_due = n_served_ < order_.size();
         !order_.empty() && (is_due || has_time() || is_next_answered());)
        is_due &= !do_next();
    is_taking_turn_ = false;
}

bool ImportQueue::is_next_answered() const {
    const auto work = waiting_.at(order_.front()).front().lock();
    return work && work->kind == Kind::AnsweredImport && n_answers_ < AnswersInTurn;
}

bool ImportQueue::do_next() noexcept {
    wl_client* client = order_.front();
    std::list<wl_client*> place;
    place.splice(place.end(), order_, order_.begin());
    n_served_ = std::min(n_served_, order_.size());
    Waiting& waiting = waiting_.at(client);
    const auto work = waiting.front().lock();
    waiting.pop_front();
    serving_ = client;
    const bool is_put_off = work && work->function && *is_paused_ && work->kind != Kind::Other &&
                            guard([&] { put_off(client, work); });
    const bool is_done = work && work->function && !is_put_off;
    if (is_done) {
        n_answers_ += work->kind == Kind::AnsweredImport;
        guard(std::exchange(work->function, nullptr));
    }
    serving_.reset();
    // What the work brought comes behind it.
    if (waiting.empty()) {
        waiting_.erase(client);
    } else {
        order_.splice(order_.end(), place);
        ++n_served_;
    }
    return is_done;
}

} // namespace tarmac
