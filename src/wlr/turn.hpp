#pragma once

#include <chrono>
#include <cstdint>
#include <sys/eventfd.h>
#include <tarmac/fd.hpp>
#include <wayland-server-core.h>

namespace tarmac {

/// The turn of the event loop that goes on, for what is asked once in each. Allocates nothing after
/// it was made.
class Turn {
public:
    explicit Turn(wl_event_loop* loop)
        : never_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)}
        , source_{wl_event_loop_add_fd(
              loop, never_.get(), WL_EVENT_READABLE,
              [](int, std::uint32_t, void* self) {
                  static_cast<Turn*>(self)->end();
                  return 0;
              },
              this)} {
        // Is called at the end of every turn then.
        if (source_)
            wl_event_source_check(source_);
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
        if (source_)
            wl_event_source_remove(source_);
    }

    /// Another one in each turn; each time, if the process was out of descriptors.
    std::uint64_t number() noexcept { return source_ ? number_ : ++number_; }
    /// When this turn was asked for it first, which must be while something that has arrived is
    /// dispatched: what comes before, the event loop may wait after.
    std::chrono::steady_clock::time_point time() noexcept {
        if (!source_ || !has_time_)
            time_ = std::chrono::steady_clock::now();
        has_time_ = true;
        return time_;
    }

private:
    void end() noexcept {
        ++number_;
        has_time_ = false;
    }

    Fd never_; ///< gets never readable: an event source needs a descriptor
    wl_event_source* source_;
    std::uint64_t number_ = 1;
    bool has_time_ = false;
    std::chrono::steady_clock::time_point time_{};
};

} // namespace tarmac
