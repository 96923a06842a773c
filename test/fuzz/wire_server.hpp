#pragma once

#include <array>
#include <list>
#include <memory>
#include <optional>
#include <tarmac/linux_dmabuf.hpp>
#include <vector>

#include "fuzz/connection.hpp"
#include "wlr/listener.hpp"

namespace fuzz {

class Client;

/// A compositor with Tarmac's global in this process. It is made once: what an input did is gone
/// when expect_nothing_left() returns.
class Server {
public:
    static Server& shared();

    /// That there may be at a time, half of them a single client's.
    static constexpr std::uint64_t ManyBuffers = 64;

    Connection connect() { return fuzz::connect(display_); }
    /// One turn of the event loop, which waits for `longest` at most.
    void turn(std::chrono::milliseconds longest = {});

    // What embedders do
    void end_client(unsigned which);
    void send_frames();
    void replace_importers(unsigned choice);
    void replace_renderer();
    void replace_global(unsigned version, bool imports_at_once, bool ends_overdue);
    void pause();
    void resume();
    void change_feedback(unsigned choice);
    void change_surface_feedback(unsigned surface, unsigned choice);
    /// As scenes, outputs and captures do.
    void lock_buffer(unsigned surface);
    void unlock_buffers();
    void look_at_pictures();

    /// Ends all clients and waits for what they leave behind; ends the process if something stays.
    void expect_nothing_left();
    /// A client that does nothing wrong is served, and may have what one client may.
    void expect_service();

private:
    Server();

    struct Follower;
    void follow(wlr_surface* surface);
    wlr_surface* surface(unsigned which) const;
    std::vector<tarmac::Importer*> importers(unsigned choice) const;
    const std::shared_ptr<const tarmac::Feedback>& feedback(unsigned choice) const {
        return feedbacks_[choice % feedbacks_.size()];
    }
    void make_feedbacks();
    void make_importers();
    void make_global(tarmac::LinuxDmabuf::Options options);
    void make_as_usual();
    void note_fds();

    wl_display* display_;
    wlr_renderer* renderer_;
    wlr_compositor* compositor_;
    std::unique_ptr<tarmac::Importer> importing_, mapping_;
    std::optional<tarmac::LinuxDmabuf> global_;
    bool is_as_usual_ = true; ///< the global, its importers and its feedback
    /// What it may be changed to; some tell the same.
    std::array<std::shared_ptr<const tarmac::Feedback>, 8> feedbacks_;
    std::list<Follower> followers_;
    std::vector<wlr_buffer*> locked_;
    tarmac::Listener new_surface_;
    std::size_t n_fds_ = 0; ///< that are open without clients
    unsigned n_checks_ = 0;
};

} // namespace fuzz
