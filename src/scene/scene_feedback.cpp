#include <algorithm>
#include <list>
#include <optional>
#include <sys/stat.h>
#include <tarmac/scene_feedback.hpp>
#include <unordered_map>

#include "feedback/with_scanout.hpp"
#include "protocol/linux_dmabuf_state.hpp"
#include "scene/scanout_candidate.hpp"
#include "scene/sights.hpp"
#include "wlr/guard.hpp"
#include "wlr/listener.hpp"
#include "wlr/timer.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

/// What the primary plane shows, for the device that it belongs to.
std::optional<Tranche> scanout_tranche(wlr_output* output, const FormatSet& drawable) {
    struct stat device;
    const int drm_fd = wlr_backend_get_drm_fd(output->backend);
    const wlr_drm_format_set* formats =
        wlr_output_get_primary_formats(output, WLR_BUFFER_CAP_DMABUF);
    if (is_always_drawn(output) || !formats || drm_fd < 0 || fstat(drm_fd, &device) != 0)
        return std::nullopt;
    return Tranche{device.st_rdev, TrancheFlags::Scanout,
                   drawable.intersect(to_format_set(*formats))};
}

} // namespace

class SceneFeedback::State {
public:
    State(const std::shared_ptr<LinuxDmabuf::State>& dmabuf, wl_event_loop* loop,
          std::chrono::milliseconds settling_time)
        : dmabuf_{dmabuf}, loop_{loop}, settling_time_{settling_time} {
        wl_event_loop_add_destroy_listener(loop, loop_gone_.prepare([this] {
            loop_gone_.disconnect();
            loop_ = nullptr;
            for (auto& [surface, known] : surfaces_)
                known.settling.reset();
        }));
        if (!dmabuf)
            return;
        default_changed_.connect(dmabuf->feedbacks().default_changed(), [this] { renew(); });
        dmabuf->set_look_at_outputs(this, [this] { return look_at_outputs(); });
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        if (const auto dmabuf = dmabuf_.lock())
            dmabuf->unset_look_at_outputs(this);
        for (auto& [surface, known] : surfaces_) {
            if (known.told)
                advise(*surface, nullptr);
        }
    }

    void follow(wlr_scene_output& scene_output) {
        Outputs added(1);
        const auto output = added.begin();
        output->committed.connect<wlr_output_event_commit>(
            scene_output.output->events.commit,
            [this, output, &scene_output](const wlr_output_event_commit* event) {
                // What an output shows is known once it has a mode, which may also change it.
                if (event->state->committed & (WLR_OUTPUT_STATE_ENABLED | WLR_OUTPUT_STATE_MODE))
                    renew(*output);
                set_candidate(*output,
                              output->feedback ? find_scanout_candidate(scene_output) : nullptr);
            });
        output->destroyed.connect(scene_output.events.destroy, [this, output] { forget(output); });
        output->output = scene_output.output;
        output->scene_output = &scene_output;
        output->feedback = feedback_of(scene_output.output);
        outputs_.splice(outputs_.end(), added);
    }

private:
    struct Output {
        wlr_output* output;
        wlr_scene_output* scene_output;
        std::shared_ptr<const Feedback> feedback; ///< for its candidate; null if it has none ever
        wlr_surface* candidate = nullptr;
        Listener committed, destroyed;
    };
    /// A surface that is a candidate, or was told so.
    struct Surface {
        const Output* told = nullptr;   ///< whose feedback it has
        const Output* wanted = nullptr; ///< whose it gets once the timer expires
        std::optional<Timer> settling;
        Listener destroyed;
    };
    using Outputs = std::list<Output>;

    std::shared_ptr<const Feedback> feedback_of(wlr_output* output) const {
        const auto dmabuf = dmabuf_.lock();
        if (!dmabuf || !output->enabled)
            return nullptr;
        const auto& base = dmabuf->feedbacks().by_default();
        auto scanout =
            scanout_tranche(output, dmabuf->imported_formats().intersect(base->table().formats()));
        if (!scanout || scanout->formats.empty())
            return nullptr;
        return with_scanout(base, std::move(*scanout)).value_or(nullptr);
    }

    Sights look_at_outputs() const {
        Sights sights;
        for (const Output& output : outputs_)
            add_sights(*output.scene_output, sights);
        return sights;
    }

    void set_candidate(Output& output, wlr_surface* candidate) {
        wlr_surface* previous = std::exchange(output.candidate, candidate);
        if (previous == candidate)
            return;
        if (previous)
            look_at(*previous);
        if (candidate)
            look_at(*candidate);
    }

    /// The output whose candidate `surface` is; of several the one it was told of, or is to be.
    const Output* output_of(const wlr_surface& surface, const Surface& known) const {
        const auto has_it = [&](const Output* output) {
            return output && output->candidate == &surface;
        };
        if (has_it(known.told))
            return known.told;
        if (has_it(known.wanted))
            return known.wanted;
        const auto found = std::ranges::find(outputs_, &surface, &Output::candidate);
        return found != outputs_.end() ? &*found : nullptr;
    }

    Surface& entry_of(wlr_surface& surface) {
        if (const auto found = surfaces_.find(&surface); found != surfaces_.end())
            return found->second;
        // Only what hears of the surface's end is there.
        std::unordered_map<wlr_surface*, Surface> made;
        made[&surface].destroyed.connect(surface.events.destroy,
                                         [this, &surface] { forget(surface); });
        surfaces_.merge(made);
        return surfaces_.at(&surface);
    }

    void look_at(wlr_surface& surface) {
        Surface& known = entry_of(surface);
        const Output* wanted = output_of(surface, known);
        if (wanted == known.wanted && known.settling)
            return;
        known.wanted = wanted;
        known.settling.reset();
        if (known.wanted != known.told) {
            if (loop_)
                known.settling.emplace(loop_, settling_time_, [this, &surface] { tell(surface); });
        } else if (!known.told) {
            surfaces_.erase(&surface);
        }
    }

    void tell(wlr_surface& surface) {
        Surface& known = surfaces_.at(&surface);
        known.settling.reset();
        known.told = known.wanted;
        advise(surface, known.told);
        if (!known.told)
            surfaces_.erase(&surface);
    }

    void forget(wlr_surface& surface) {
        for (Output& output : outputs_) {
            if (output.candidate == &surface)
                output.candidate = nullptr;
        }
        surfaces_.erase(&surface);
    }

    void forget(Outputs::iterator gone) {
        guard([&] { set_candidate(*gone, nullptr); });
        // Not later: what the advice was for isn't there any more. Another output's has to settle.
        std::erase_if(surfaces_, [&](auto& entry) {
            auto& [surface, known] = entry;
            if (known.told != &*gone)
                return false;
            known.told = nullptr;
            advise(*surface, nullptr);
            return !known.wanted;
        });
        outputs_.erase(gone);
    }

    /// The default feedback, which all others end in, has changed, and perhaps who imports.
    void renew() {
        for (Output& output : outputs_)
            renew(output);
    }

    void renew(Output& output) {
        output.feedback = feedback_of(output.output);
        for (auto& [surface, known] : surfaces_) {
            if (known.told == &output)
                advise(*surface, known.told);
        }
    }

    /// nullptr for the default.
    void advise(const wlr_surface& surface, const Output* output) const {
        if (const auto dmabuf = dmabuf_.lock())
            dmabuf->feedbacks().set_for_surface(surface.resource,
                                                output ? output->feedback : nullptr);
    }

    std::weak_ptr<LinuxDmabuf::State> dmabuf_;
    wl_event_loop* loop_; ///< nullptr once it is gone
    std::chrono::milliseconds settling_time_;
    Listener default_changed_, loop_gone_;
    Outputs outputs_;
    std::unordered_map<wlr_surface*, Surface> surfaces_;
};

SceneFeedback::SceneFeedback(LinuxDmabuf& dmabuf, wl_event_loop* loop,
                             std::chrono::milliseconds settling_time)
    : state_{std::make_unique<State>(dmabuf.state(), loop, settling_time)} {}

SceneFeedback::SceneFeedback(SceneFeedback&&) noexcept = default;
SceneFeedback& SceneFeedback::operator=(SceneFeedback&&) noexcept = default;
SceneFeedback::~SceneFeedback() = default;

void SceneFeedback::follow(wlr_scene_output& output) {
    state_->follow(output);
}

} // namespace tarmac
