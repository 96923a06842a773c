#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <tarmac/dmabuf.hpp>

#include "ready/fence_watch.hpp"
#include "wlr/timer.hpp"

struct wlr_renderer;

namespace tarmac {

class TrialContext;

/// Draws images in a context of their own before the renderer's, for a driver that lets one image
/// break the context for good. That is virtio-gpu's with OpenGL (virgl): it imports a buffer in
/// whatever format it is declared, and when that is drawn whose memory has pixels of another size,
/// virglrenderer on the host drops it, and all that the same opening of the node draws from then
/// on. OpenGL hears nothing of it, neither an error nor a reset.
///
/// One image is tried after the other, so that it is known which it was. Nothing waits but
/// Ticket::finish().
class ImportTrial {
    struct Job {
        std::shared_ptr<const Dmabuf> image;
        std::function<void(bool is_borne)> on_end;
        std::function<void()> on_guilty;
    };

public:
    /// A trial that is wanted. When it goes, `on_end` isn't called any more.
    class Ticket {
    public:
        Ticket() = default;
        Ticket(Ticket&&) noexcept = default;
        Ticket& operator=(Ticket&& other) noexcept {
            std::swap(job_, other.job_);
            trial_ = other.trial_;
            return *this;
        }
        ~Ticket() {
            if (job_)
                job_->on_end = nullptr;
        }
        /// Waits for the GPU until it has ended.
        void finish();

    private:
        friend ImportTrial;
        Ticket(ImportTrial& trial, std::shared_ptr<Job> job)
            : trial_{&trial}, job_{std::move(job)} {}
        ImportTrial* trial_ = nullptr;
        std::shared_ptr<Job> job_;
    };

    /// nullptr for renderers that need none, or where none can be had.
    static std::unique_ptr<ImportTrial> create(wlr_renderer& renderer, wl_event_loop* loop,
                                               FenceWatch& fences);
    ~ImportTrial();
    ImportTrial(const ImportTrial&) = delete;
    ImportTrial& operator=(const ImportTrial&) = delete;

    /// `on_end` is called once, not from within this. `on_guilty` is called behind it if the image
    /// breaks the context, also without the ticket if the trial has begun. Nothing if it can't be
    /// tried.
    std::optional<Ticket> begin(std::shared_ptr<const Dmabuf> image,
                                std::function<void(bool is_borne)> on_end,
                                std::function<void()> on_guilty);

private:
    ImportTrial(int drm_fd, wl_event_loop* loop, FenceWatch& fences);
    bool start(const std::shared_ptr<Job>& job);
    void start_next();
    void look();
    void end(bool is_drawn);

    int drm_fd_;
    wl_event_loop* loop_;
    FenceWatch& fences_;
    std::unique_ptr<TrialContext> context_; ///< nullptr once there is none to be had
    std::deque<std::shared_ptr<Job>> waiting_;
    std::shared_ptr<Job> running_;
    FenceWatch::Ticket drawing_;
    std::optional<Timer> again_;
};

} // namespace tarmac
