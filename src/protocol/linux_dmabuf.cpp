#include <algorithm>
#include <tarmac/linux_dmabuf.hpp>

#include "protocol/linux_dmabuf_state.hpp"

namespace tarmac {

namespace {

/// A sampling tranche for every importer's device, with all that it has.
Result<std::shared_ptr<const Feedback>> everything(const std::vector<Importer*>& importers) {
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
    if (importers.empty())
        return fail(Fault::NotAvailable, "nothing imports dma-bufs");
    options.version = std::clamp(options.version, 1u, MaxVersion);
    if (!options.feedback) {
        auto feedback = everything(importers);
        if (!feedback)
            return std::unexpected(feedback.error());
        options.feedback = std::move(*feedback);
    }
    auto state = std::make_shared<State>(display, std::move(importers), std::move(options));
    if (auto announced = state->announce(display); !announced)
        return std::unexpected(announced.error());
    return LinuxDmabuf{std::move(state)};
}

LinuxDmabuf::LinuxDmabuf(std::shared_ptr<State> state) noexcept : state_{std::move(state)} {}
LinuxDmabuf::LinuxDmabuf(LinuxDmabuf&&) noexcept = default;
LinuxDmabuf& LinuxDmabuf::operator=(LinuxDmabuf&&) noexcept = default;
LinuxDmabuf::~LinuxDmabuf() = default;

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
