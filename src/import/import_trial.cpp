#include "import/import_trial.hpp"

#include "dmabuf/device.hpp"
#include "import/trial_context.hpp"
#include "wlr/guard.hpp"
#include "wlr/renderer_kind.hpp"

namespace tarmac {

namespace {

/// virglrenderer tells outcomes of queries before it signals fences (vrend_renderer_check_fences),
/// so this is not needed there.
constexpr std::chrono::milliseconds Grace{100};

} // namespace

std::unique_ptr<ImportTrial> ImportTrial::create(wlr_renderer& renderer, wl_event_loop* loop,
                                                 FenceWatch& fences) {
    const int drm_fd = wlr_renderer_get_drm_fd(&renderer);
    if (drm_fd < 0 || !is_gles2(&renderer) || drm_driver(drm_fd) != "virtio_gpu")
        return nullptr;
    std::unique_ptr<ImportTrial> made{new ImportTrial{drm_fd, loop, fences}};
    return made->context_ ? std::move(made) : nullptr;
}

ImportTrial::ImportTrial(int drm_fd, wl_event_loop* loop, FenceWatch& fences)
    : drm_fd_{drm_fd}, loop_{loop}, fences_{fences}, context_{TrialContext::create(drm_fd)} {}

ImportTrial::~ImportTrial() = default;

std::optional<ImportTrial::Ticket> ImportTrial::begin(std::shared_ptr<const Dmabuf> image,
                                                      std::function<void(bool is_borne)> on_end,
                                                      std::function<void()> on_guilty) {
    auto job = std::make_shared<Job>(std::move(image), std::move(on_end), std::move(on_guilty));
    if (running_)
        waiting_.push_back(job);
    else if (!start(job))
        return std::nullopt;
    return Ticket{*this, std::move(job)};
}

bool ImportTrial::start(const std::shared_ptr<Job>& job) {
    if (!context_ || !context_->draw(job->image))
        return false;
    auto drawing = fences_.await(context_->target(), FenceWatch::Access::Read, [this] { look(); });
    if (!drawing) {
        context_->let_go();
        return false;
    }
    drawing_ = std::move(*drawing);
    running_ = job;
    return true;
}

void ImportTrial::start_next() {
    while (!running_ && !waiting_.empty()) {
        const auto job = std::move(waiting_.front());
        waiting_.pop_front();
        if (job->on_end && !start(job))
            guard([&] { std::exchange(job->on_end, nullptr)(true); });
    }
}

void ImportTrial::look() {
    if (context_->has_drawn())
        end(true);
    else if (!again_)
        again_.emplace(loop_, Grace, [this] { look(); });
    else
        end(false);
}

void ImportTrial::end(bool is_drawn) {
    const auto job = std::exchange(running_, nullptr);
    drawing_ = {};
    again_.reset();
    context_->let_go();
    if (!is_drawn) {
        context_.reset();
        context_ = TrialContext::create(drm_fd_);
    }
    // Where there is no new one the device is gone, which is no image's fault.
    const bool is_guilty = !is_drawn && context_;
    start_next();
    guard([&] {
        if (job->on_end)
            std::exchange(job->on_end, nullptr)(!is_guilty);
        if (is_guilty)
            job->on_guilty();
    });
}

void ImportTrial::Ticket::finish() {
    const auto job = job_;
    while (job && job->on_end && trial_->running_) {
        trial_->context_->finish();
        trial_->end(trial_->context_->has_drawn());
    }
}

} // namespace tarmac
