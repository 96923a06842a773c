#include <algorithm>
#include <tarmac/linux_dmabuf.hpp>

#include "dmabuf/device.hpp"
#include "protocol/linux_dmabuf_state.hpp"

namespace tarmac {

namespace {

/// Without lists, which have no say of their own.
std::vector<Importer*> members_of(const std::vector<Importer*>& importers, bool has_surfaces) {
    std::vector<Importer*> members;
    for (Importer* importer : importers)
        std::ranges::copy(importer->members(), std::back_inserter(members));
    // Without surfaces nobody sees to it that memory is read when it may be.
    if (!has_surfaces)
        std::erase_if(members, [](const Importer* importer) { return !importer->imports(); });
    return members;
}

/// Clients can't choose between importers of one device.
std::vector<Tranche> sampling_tranches(const std::vector<Importer*>& importers) {
    std::vector<Tranche> tranches;
    for (const Importer* importer : importers) {
        // Behind another it is for memory that no device made, which has no tranche of its own.
        if (!importer->takes_device_buffers() && importer == importers.front())
            continue;
        const auto is_told = [device = importer->device()](const Tranche& tranche) {
            return is_same_device(tranche.target_device, device);
        };
        auto tranche = std::ranges::find_if(tranches, is_told);
        if (tranche == tranches.end())
            tranche = tranches.insert(tranche, {importer->device(), TrancheFlags::Sampling, {}});
        for (const FormatModifier& pair : importer->formats())
            tranche->formats.add(pair);
    }
    return tranches;
}

/// `feedback`, or what LinuxDmabuf::Options says of the default.
Result<std::shared_ptr<const Feedback>>
feedback_or_everything(std::shared_ptr<const Feedback> feedback,
                       const std::vector<Importer*>& importers) {
    if (importers.empty())
        return fail(Fault::NotAvailable, "nothing imports dma-bufs");
    if (feedback)
        return feedback;
    if (std::ranges::none_of(importers, &Importer::takes_device_buffers))
        return fail(Fault::NotAvailable,
                    "nothing imports dma-bufs, and the device doesn't let them "
                    "be mapped");
    FeedbackBuilder builder;
    for (Tranche& tranche : sampling_tranches(importers))
        builder.add_tranche(std::move(tranche));
    return builder.build();
}

} // namespace

struct LinuxDmabuf::Life {
    explicit Life(std::shared_ptr<State> started) : state{std::move(started)} {
        wl_signal_init(&never_emitted);
    }

    std::shared_ptr<State> state; ///< until the display goes
    Listener display_gone;
    std::shared_ptr<const Feedback> no_feedback;
    wl_signal never_emitted;
};

Result<LinuxDmabuf> LinuxDmabuf::create(wl_display* display, wlr_compositor* compositor,
                                        std::vector<Importer*> importers) {
    return create(display, compositor, std::move(importers), Options{});
}

Result<LinuxDmabuf> LinuxDmabuf::create(wl_display* display, wlr_compositor* compositor,
                                        Importer& importer) {
    return create(display, compositor, importer, Options{});
}

Result<LinuxDmabuf> LinuxDmabuf::create(wl_display* display, wlr_compositor* compositor,
                                        Importer& importer, Options options) {
    return create(display, compositor, std::vector{&importer}, std::move(options));
}

Result<LinuxDmabuf> LinuxDmabuf::create(wl_display* display, wlr_compositor* compositor,
                                        std::vector<Importer*> importers, Options options) {
    importers = members_of(importers, compositor != nullptr);
    options.version = std::clamp(options.version, 1u, MaxVersion);
    auto feedback = feedback_or_everything(std::move(options.feedback), importers);
    if (!feedback)
        return std::unexpected(feedback.error());
    options.feedback = std::move(*feedback);
    auto state =
        std::make_shared<State>(display, compositor, std::move(importers), std::move(options));
    if (auto announced = state->announce(display); !announced)
        return std::unexpected(announced.error());
    auto life = std::make_unique<Life>(std::move(state));
    wl_display_add_destroy_listener(display, life->display_gone.prepare([life = life.get()] {
        life->display_gone.disconnect();
        life->state.reset();
    }));
    return LinuxDmabuf{std::move(life)};
}

LinuxDmabuf::LinuxDmabuf(std::unique_ptr<Life> life) noexcept : life_{std::move(life)} {}
LinuxDmabuf::LinuxDmabuf(LinuxDmabuf&&) noexcept = default;
LinuxDmabuf& LinuxDmabuf::operator=(LinuxDmabuf&&) noexcept = default;
LinuxDmabuf::~LinuxDmabuf() = default;

wl_global* LinuxDmabuf::global() const noexcept {
    return life_->state ? life_->state->global() : nullptr;
}

Result<void> LinuxDmabuf::offer_explicit_sync(int drm_fd) {
    return state() ? state()->offer_explicit_sync(drm_fd)
                   : fail(Fault::NotAvailable, "the display is gone");
}

Result<void> LinuxDmabuf::set_importers(std::vector<Importer*> importers,
                                        std::shared_ptr<const Feedback> feedback) {
    const auto running = state();
    if (!running)
        return {};
    importers = members_of(importers, running->surfaces() != nullptr);
    auto told = feedback_or_everything(std::move(feedback), importers);
    if (!told)
        return std::unexpected(told.error());
    running->set_importers(std::move(importers), std::move(*told));
    return {};
}

Result<void> LinuxDmabuf::set_importers(Importer& importer,
                                        std::shared_ptr<const Feedback> feedback) {
    return set_importers(std::vector{&importer}, std::move(feedback));
}

void LinuxDmabuf::set_default_feedback(std::shared_ptr<const Feedback> feedback) {
    if (const auto running = state())
        running->feedbacks().set_default(std::move(feedback));
}

const std::shared_ptr<const Feedback>& LinuxDmabuf::default_feedback() const noexcept {
    return life_->state ? life_->state->feedbacks().by_default() : life_->no_feedback;
}

wl_signal& LinuxDmabuf::default_feedback_changed() noexcept {
    return life_->state ? life_->state->feedbacks().default_changed() : life_->never_emitted;
}

void LinuxDmabuf::set_surface_feedback(wl_resource* surface,
                                       std::shared_ptr<const Feedback> feedback) {
    if (const auto running = state())
        running->feedbacks().set_for_surface(surface, std::move(feedback));
}

std::optional<ShownPicture> LinuxDmabuf::shown_picture(wlr_surface& surface) const {
    const auto running = state();
    const Surfaces* surfaces = running ? running->surfaces() : nullptr;
    const auto found = surfaces ? surfaces->find(surface) : nullptr;
    return found ? found->shown_picture() : std::nullopt;
}

std::shared_ptr<LinuxDmabuf::State> LinuxDmabuf::state() const noexcept {
    return life_->state;
}

} // namespace tarmac
