#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>

#include "support/drawer.hpp"
#include "support/local_compositor.hpp"
#include "support/local_global.hpp"
#include "support/raw_client.hpp"
#include "wlr/listener.hpp"

struct wlr_session_lock_manager_v1;
struct wlr_session_lock_v1;

namespace test {

/// The size of pictures that tests of surfaces show.
inline constexpr int PictureWidth = 64, PictureHeight = 48;

/// A compositor in this process that gives surfaces every role there is, and answers as little as
/// the shells ask for. It draws nothing by itself: tests look at surfaces.
class LocalShell {
public:
    struct Settings {
        /// Where it is set: a renderer that this test may destroy. Otherwise the one that is
        /// shared.
        bool has_own_renderer = false;
        /// What imports instead of the renderer's.
        std::vector<tarmac::Importer*> importers{};
        GlobalSettings global{};
    };

    explicit LocalShell(Drawing drawing) : LocalShell{drawing, Settings{}} {}
    LocalShell(Drawing drawing, Settings settings);
    ~LocalShell();
    LocalShell(const LocalShell&) = delete;
    LocalShell& operator=(const LocalShell&) = delete;

    /// A client, which lives until the end.
    RawClient& connect();
    /// Ends its connection, as if its process had died.
    void kill(RawClient& client);

    /// One turn of the event loop, which waits that long for something to do, and what clients hear
    /// then.
    void turn(std::chrono::milliseconds longest = {});
    /// Turns until `condition` holds; false if it doesn't within some seconds.
    bool await(const std::function<bool()>& condition);
    /// Lets everybody do all that can be done now.
    void settle();
    /// Called before every dispatch of the event loop.
    std::function<void()> before_turn;
    /// Called after every dispatch of the event loop: whatever is seen then, an output may show.
    std::function<void()> after_turn;
    /// Time that this thread has spent in a turn of the event loop, at most; what clients do in it
    /// isn't counted. To be reset by tests.
    std::chrono::nanoseconds longest_turn{};
    /// Whether each turn begins and ends with getppid(), for who reads a trace of system calls.
    bool marks_turns = false;
    /// Says that a frame of every surface has been drawn.
    void send_frames();

    /// What `surface` shows, see describe().
    std::string seen(wlr_surface* surface) const { return describe(drawer().look(surface)); }
    /// A name for clients to see of an output of the pictures' size, which shows nothing.
    wlr_output* output();
    wl_event_loop* loop() const { return wl_display_get_event_loop(compositor->display()); }
    Drawer& drawer() const { return *drawer_; }

    /// Destroys the lock that a client has.
    void end_lock();
    /// For tests that destroy things in an order of their own; each may be gone then.
    void destroy_renderer();
    void destroy_display();

    std::optional<LocalCompositor> compositor;
    wlr_compositor* surfaces = nullptr;
    wlr_xdg_shell* xdg_shell = nullptr;
    wlr_seat* seat = nullptr;
    wlr_session_lock_v1* lock = nullptr; ///< that a client has
    std::optional<tarmac::LinuxDmabuf> global;
    std::list<RawClient> clients;

private:
    struct Follower;
    void dispatch(std::chrono::milliseconds longest);
    void configure(wlr_surface* surface);

    std::optional<Drawer> own_drawer_;
    Drawer* drawer_;
    wlr_backend* backend_ = nullptr; ///< made when there is an output
    wlr_output* output_ = nullptr;
    std::list<Follower> followers_;
    std::map<RawClient*, wl_client*> peers_;
    tarmac::Listener new_surface_, new_lock_, lock_surface_, lock_gone_, start_drag_, new_method_;
};

/// Elapsed since it was made.
class Stopwatch {
public:
    std::chrono::milliseconds elapsed() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - start_);
    }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

} // namespace test
