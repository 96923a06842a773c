#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <tarmac/fd.hpp>
#include <unordered_map>
#include <utility>
#include <vector>

#include "wlr/end_of_turn.hpp"
#include "wlr/turn.hpp"

struct wl_client;
struct wl_event_loop;
struct wl_event_source;

namespace tarmac {

/// Imports, of which a turn of the event loop does as many as its budget allows. While there is
/// time, and none waits, they go ahead within the requests that ask for them. The others wait until
/// the requests of the turn are dispatched: at its end as many are done as there is time for, at
/// least one of a client that had none yet, and the rest in the next turns. The budget is for what
/// came since the turn's first import was asked for, requests included. In each turn, clients that
/// had no import done yet come first.
///
/// The end of the same turn is early enough for clients that take a round trip for the answer, as
/// weston-simple-dmabuf-egl does: what is written before the connections are flushed arrives
/// together. Clients of weston's take one for four buffers, and stop for ever if one isn't there
/// when they need it. So of those imports that are answered four are done in a turn, however much
/// of its budget the machine took away; and a next turn begins before its end, with half of its
/// budget: compositors draw at the end of a turn, and that can take long.
class ImportQueue {
public:
    enum class Kind {
        Import,
        AnsweredImport, ///< the client waits for what comes of it
        Other,          ///< nothing that a renderer is asked for
    };

private:
    struct Work {
        std::move_only_function<void()> function;
        Kind kind;
        std::shared_ptr<const bool> is_paused; ///< the queue's
    };

public:
    /// A place in the queue. Given up, the work isn't done.
    class Ticket {
    public:
        Ticket() = default;
        /// Does the work at once, if it hasn't been done.
        void redeem();
        /// Whether it waits for resume(), rather than for its turn.
        bool is_paused() const noexcept { return work_ && *work_->is_paused; }

    private:
        friend ImportQueue;
        explicit Ticket(std::shared_ptr<Work> work) : work_{std::move(work)} {}
        std::shared_ptr<Work> work_;
    };

    /// `turn` is that of `loop`.
    ImportQueue(wl_event_loop* loop, std::shared_ptr<Turn> turn, std::chrono::nanoseconds budget);
    ~ImportQueue();
    ImportQueue(const ImportQueue&) = delete;
    ImportQueue& operator=(const ImportQueue&) = delete;

    /// Whether an import that `client` asks for can be done at once, as it is to be then, rather
    /// than be pushed.
    bool goes_ahead(wl_client* client, Kind kind);
    /// Work of one client is done in the order in which it came. It may destroy its ticket.
    [[nodiscard]] Ticket push(wl_client* client, std::move_only_function<void()> work,
                              Kind kind = Kind::Import);
    /// Does all that waits, even if it is paused.
    void finish();
    /// Until resume(), imports wait.
    void pause() noexcept { *is_paused_ = true; }
    void resume() noexcept;
    /// Since when imports have been done: waiting before that is nobody's fault.
    std::chrono::steady_clock::time_point resumed() const noexcept {
        return *is_paused_ ? std::chrono::steady_clock::now() : resumed_;
    }
    /// How long the turn that goes on may wait for somebody who helps with an import: as long again
    /// as its budget.
    std::chrono::steady_clock::time_point end_of_patience() const noexcept {
        return began_ + 2 * budget_;
    }

private:
    using Waiting = std::list<std::weak_ptr<Work>>;

    void add(wl_client* client, std::shared_ptr<Work> work);
    void add_in_front(wl_client* client, const std::shared_ptr<Work>& work);
    void put_off(wl_client* client, const std::shared_ptr<Work>& work);
    /// Whether it is another one than before.
    bool begin_turn();
    /// Goes on with the turn, for which there is so much time in all.
    void take_turn(std::chrono::nanoseconds budget) noexcept;
    bool is_next_answered() const;
    /// False if there was nothing to do: it was given up, or imports are paused.
    bool do_next() noexcept;

    std::shared_ptr<Turn> turn_;
    std::chrono::nanoseconds budget_;
    std::uint64_t began_in_ = 0; ///< the last turn in which something came, or went on
    std::chrono::steady_clock::time_point began_{};
    EndOfTurn end_of_turn_;
    bool is_taking_turn_ = false;
    /// An eventfd, readable while a next turn is needed: a source at the end of a turn that asked
    /// for another would get it in the same turn. Where the process was out of descriptors there is
    /// none, and all is done in one turn.
    Fd unfinished_;
    wl_event_source* next_turn_;
    std::unordered_map<wl_client*, Waiting> waiting_;
    std::list<wl_client*> order_;       ///< the clients of waiting_, next first
    unsigned n_answers_ = 0;            ///< that the turn has had
    std::optional<wl_client*> serving_; ///< whose work goes on
    std::size_t n_served_ = 0;      ///< how many, the last ones, had an import done in this turn
    std::vector<wl_client*> ahead_; ///< whose imports went ahead in this turn
    std::shared_ptr<bool> is_paused_ = std::make_shared<bool>(false); ///< outlived by tickets
    std::vector<std::pair<wl_client*, std::weak_ptr<Work>>> put_off_; ///< while it is paused
    std::size_t n_before_sweep_ = 0; ///< so many of put_off_ may be there before it is swept
    std::chrono::steady_clock::time_point resumed_{};
};

} // namespace tarmac
