#include <algorithm>
#include <tarmac/linux_dmabuf.hpp>

#include "protocol/linux_dmabuf_state.hpp"

namespace tarmac {

namespace {

/// A sampling tranche for every device, with what its importers have.
Result<std::shared_ptr<const Feedback>> everything(const std::vector<Importer*>& importers) {
    std::vector<Tranche> tranches;
    for (const Importer* importer : importers) {
        if (importer->formats().empty())
            continue;
        auto tranche = std::ranges::find(tranches, importer->device(), &Tranche::target_device);
        if (tranche == tranches.end())
            tranche = tranches.insert(tranche, {importer->device(), TrancheFlags::Sampling, {}});
        for (const FormatModifier& pair : importer->formats())
            tranche->formats.add(pair);
    }
    const dev_t main_device = tranches.empty() ? 0 : tranches.front().target_device;
    return Feedback::create(main_device, std::move(tranches));
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

void LinuxDmabuf::set_surface_feedback(wl_resource* surface,
                                       std::shared_ptr<const Feedback> feedback) {
    state_->set_surface_feedback(surface, std::move(feedback));
}

} // namespace tarmac
