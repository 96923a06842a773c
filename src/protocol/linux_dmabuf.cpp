#include <algorithm>
#include <tarmac/linux_dmabuf.hpp>

#include "protocol/linux_dmabuf_state.hpp"

namespace tarmac {

namespace {

/// `feedback`, or a sampling tranche for every importer's device, with all that it has.
Result<std::shared_ptr<const Feedback>>
feedback_or_everything(std::shared_ptr<const Feedback> feedback,
                       const std::vector<Importer*>& importers) {
    if (importers.empty())
        return fail(Fault::NotAvailable, "nothing imports dma-bufs");
    if (feedback)
        return feedback;
    FeedbackBuilder builder;
    for (const Importer* importer : importers)
        builder.add_tranche({importer->device(), TrancheFlags::Sampling, importer->formats()});
    return builder.build();
}

} // namespace

Result<LinuxDmabuf> LinuxDmabuf::create(wl_display* display, Importer& importer) {
    return create(display, importer, Options{});
}

Result<LinuxDmabuf> LinuxDmabuf::create(wl_display* display, Importer& importer, Options options) {
    return create(display, std::vector{&importer}, std::move(options));
}

Result<LinuxDmabuf> LinuxDmabuf::create(wl_display* display, std::vector<Importer*> importers,
                                        Options options) {
    options.version = std::clamp(options.version, 1u, MaxVersion);
    auto feedback = feedback_or_everything(std::move(options.feedback), importers);
    if (!feedback)
        return std::unexpected(feedback.error());
    options.feedback = std::move(*feedback);
    auto state = std::make_shared<State>(display, std::move(importers), std::move(options));
    if (auto announced = state->announce(display); !announced)
        return std::unexpected(announced.error());
    return LinuxDmabuf{std::move(state)};
}

LinuxDmabuf::LinuxDmabuf(std::shared_ptr<State> state) noexcept : state_{std::move(state)} {}
LinuxDmabuf::LinuxDmabuf(LinuxDmabuf&&) noexcept = default;
LinuxDmabuf& LinuxDmabuf::operator=(LinuxDmabuf&&) noexcept = default;
LinuxDmabuf::~LinuxDmabuf() = default;

void LinuxDmabuf::follow(wlr_compositor& compositor) {
    state_->follow(compositor);
}

Result<void> LinuxDmabuf::set_importers(std::vector<Importer*> importers,
                                        std::shared_ptr<const Feedback> feedback) {
    auto told = feedback_or_everything(std::move(feedback), importers);
    if (!told)
        return std::unexpected(told.error());
    state_->set_importers(std::move(importers), std::move(*told));
    return {};
}

void LinuxDmabuf::set_default_feedback(std::shared_ptr<const Feedback> feedback) {
    state_->set_default_feedback(std::move(feedback));
}

const std::shared_ptr<const Feedback>& LinuxDmabuf::default_feedback() const noexcept {
    return state_->default_feedback();
}

wl_signal& LinuxDmabuf::default_feedback_changed() noexcept {
    return state_->default_feedback_changed();
}

void LinuxDmabuf::set_surface_feedback(wl_resource* surface,
                                       std::shared_ptr<const Feedback> feedback) {
    state_->set_surface_feedback(surface, std::move(feedback));
}

} // namespace tarmac
