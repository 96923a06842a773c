#include <algorithm>
#include <tarmac/linux_dmabuf.hpp>

#include "dmabuf/device.hpp"
#include "dmabuf/formatted.hpp"
#include "dmabuf/out_of_memory.hpp"
#include "protocol/linux_dmabuf_state.hpp"
#include "wlr/guard.hpp"
#include "wlr/loaded_wlroots.hpp"

namespace tarmac {

namespace {

/// Lists in lists that anybody may mean; a list that is in itself has no end.
constexpr int DeepestList = 16;

/// Puts what `importer` consists of behind `members`: lists have no say of their own.
Result<void> add_members(Importer& importer, std::vector<Importer*>& members, int depth = 0) {
    if (depth > DeepestList)
        return fail(Fault::NotAvailable,
                    formatted("the importer \"{}\" is a list that never ends: its members() have "
                              "members in their turn, {} deep",
                              importer.way(), DeepestList));
    for (Importer* member : importer.members()) {
        if (!member)
            return fail(Fault::NotAvailable, formatted("the importer \"{}\" has nullptr among its "
                                                       "members()",
                                                       importer.way()));
        if (member == &importer)
            members.push_back(member);
        else if (auto added = add_members(*member, members, depth + 1); !added)
            return added;
    }
    return {};
}

/// Those that clients' buffers go to.
Result<std::vector<Importer*>> members_of(const std::vector<Importer*>& importers,
                                          bool has_surfaces, const wlr_compositor* compositor) {
    std::vector<Importer*> members;
    for (Importer* importer : importers) {
        if (!importer)
            return fail(Fault::NotAvailable, "an importer is nullptr");
        if (auto added = add_members(*importer, members); !added)
            return std::unexpected(added.error());
    }
    // Without surfaces nobody sees to it that memory is read when it may be.
    if (!has_surfaces)
        std::erase_if(members, [](const Importer* importer) { return !importer->imports(); });
    std::erase_if(members, [](const Importer* importer) { return importer->formats().empty(); });
    if (members.empty())
        return fail(Fault::NotAvailable, "nothing imports dma-bufs");
    const wlr_renderer* drawing = compositor ? compositor->renderer : nullptr;
    const auto is_of_another = [drawing](const Importer* importer) {
        return drawing && importer->renderer() && importer->renderer() != drawing;
    };
    if (const auto other = std::ranges::find_if(members, is_of_another); other != members.end())
        return fail(Fault::NotAvailable,
                    formatted("the importer \"{}\" is of another renderer than the wlr_compositor, "
                              "which couldn't draw what it makes: wlr_compositor_set_renderer() "
                              "comes before set_importers()",
                              (*other)->way()));
    return members;
}

/// Clients can't choose between importers of one device.
std::vector<Tranche> sampling_tranches(const std::vector<Importer*>& importers) {
    std::vector<Tranche> tranches;
    for (const Importer* importer : importers) {
        // Behind another it is for memory that no device made, which has no tranche of its own. In
        // front its device would be the main one, whose buffers it doesn't take.
        if (!importer->takes_device_buffers() && tranches.empty())
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

/// For who listens where nothing is told any more. Listeners may stay on it for good.
wl_signal& never_emitted() noexcept {
    struct Signal : wl_signal {
        Signal() noexcept { wl_signal_init(this); }
    };
    thread_local Signal signal;
    return signal;
}

} // namespace

struct LinuxDmabuf::Life {
    Life(wl_display* display, std::shared_ptr<State> started) : state{std::move(started)} {
        display_gone.listener.notify = handle_display_gone;
        display_gone.self = this;
        wl_display_add_destroy_listener(display, &display_gone.listener);
    }
    Life(const Life&) = delete;
    Life& operator=(const Life&) = delete;
    ~Life() { wl_list_remove(&display_gone.listener.link); }

    static bool is_on(wl_display* display) {
        return wl_display_get_destroy_listener(display, handle_display_gone) != nullptr;
    }

    std::shared_ptr<State> state; ///< until the display goes

private:
    // Plain, so that the way back from the wl_listener is well defined.
    struct DisplayGone {
        wl_listener listener;
        Life* self;
    };

    /// Also the mark on a display that has a global: libwayland finds a listener by its function.
    static void handle_display_gone(wl_listener* listener, void*) {
        wl_list_remove(&listener->link);
        wl_list_init(&listener->link);
        reinterpret_cast<DisplayGone*>(listener)->self->state.reset();
    }

    DisplayGone display_gone;
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
    if (auto is_right = check_loaded_wlroots(); !is_right)
        return std::unexpected(is_right.error());
    if (Life::is_on(display))
        return fail(Fault::NotAvailable,
                    "the display has a LinuxDmabuf already: set_importers() gives it others");
    auto members = members_of(importers, compositor != nullptr, compositor);
    if (!members)
        return std::unexpected(members.error());
    options.version = std::clamp(options.version, 1u, MaxVersion);
    auto feedback = feedback_or_everything(std::move(options.feedback), *members);
    if (!feedback)
        return std::unexpected(feedback.error());
    options.feedback = std::move(*feedback);
    auto state =
        std::make_shared<State>(display, compositor, std::move(*members), std::move(options));
    if (auto announced = state->announce(display); !announced)
        return std::unexpected(announced.error());
    return LinuxDmabuf{std::make_unique<Life>(display, std::move(state))};
}

LinuxDmabuf::LinuxDmabuf(std::unique_ptr<Life> life) noexcept : life_{std::move(life)} {}
LinuxDmabuf::LinuxDmabuf(LinuxDmabuf&&) noexcept = default;
LinuxDmabuf& LinuxDmabuf::operator=(LinuxDmabuf&&) noexcept = default;
LinuxDmabuf::~LinuxDmabuf() = default;

wl_global* LinuxDmabuf::global() const noexcept {
    const auto running = state();
    return running ? running->global() : nullptr;
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
    auto members = members_of(importers, running->surfaces() != nullptr, running->compositor());
    if (!members)
        return std::unexpected(members.error());
    auto told = feedback_or_everything(std::move(feedback), *members);
    if (!told)
        return std::unexpected(told.error());
    running->set_importers(std::move(*members), std::move(*told));
    return {};
}

Result<void> LinuxDmabuf::set_importers(Importer& importer,
                                        std::shared_ptr<const Feedback> feedback) {
    return set_importers(std::vector{&importer}, std::move(feedback));
}

Result<void> LinuxDmabuf::follow(wlr_surface& surface) {
    const auto running = state();
    if (!running || !running->surfaces())
        return fail(Fault::NotAvailable, running ? "surfaces are followed with a wlr_compositor"
                                                 : "the display is gone");
    return guard([&] { running->surfaces()->follow(surface); }) ? Result<void>{}
                                                                : std::unexpected(out_of_memory());
}

void LinuxDmabuf::pause() noexcept {
    if (const auto running = state())
        running->queue().pause();
}

void LinuxDmabuf::resume() noexcept {
    if (const auto running = state())
        running->queue().resume();
}

void LinuxDmabuf::set_default_feedback(std::shared_ptr<const Feedback> feedback) {
    if (const auto running = state())
        running->feedbacks().set_default(std::move(feedback));
}

const std::shared_ptr<const Feedback>& LinuxDmabuf::default_feedback() const noexcept {
    static const std::shared_ptr<const Feedback> none;
    const auto running = state();
    return running ? running->feedbacks().by_default() : none;
}

wl_signal& LinuxDmabuf::default_feedback_changed() noexcept {
    const auto running = state();
    return running ? running->feedbacks().default_changed() : never_emitted();
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

Result<Snapshot> LinuxDmabuf::snapshot() const {
    const auto running = state();
    return running ? running->snapshot() : fail(Fault::NotAvailable, "the display is gone");
}

std::shared_ptr<LinuxDmabuf::State> LinuxDmabuf::state() const noexcept {
    return life_ ? life_->state : nullptr;
}

} // namespace tarmac
