#include "compositor/output/outputs.hpp"

#include "compositor/event_log.hpp"
#include "compositor/graphics.hpp"
#include "compositor/output/init_render.hpp"
#include "compositor/output/switch_on.hpp"
#include "compositor/scene.hpp"
#include "compositor/wlr_protocols.hpp"

#include <algorithm>
#include <cstring>

namespace tarmac::compositor {
namespace {

constexpr float BackgroundColor[] = {0.11F, 0.13F, 0.16F, 1.0F};

} // namespace

Outputs::Outputs(wl_display* display, Graphics& graphics, Scene& scene, std::optional<Size> size)
    : loop_{wl_display_get_event_loop(display)}
    , graphics_{graphics}
    , scene_{scene}
    , size_{size}
    , layout_{wlr_output_layout_create(display)}
    , scene_layout_{wlr_scene_attach_output_layout(scene.get(), layout_.get())}
    , background_{wlr_scene_rect_create(scene.background(), 0, 0, BackgroundColor)} {
    power_.connect<wlr_output_power_v1_set_mode_event>(
        wlr_output_power_manager_v1_create(display)->events.set_mode,
        [this](wlr_output_power_v1_set_mode_event* event) {
            set_power(*event->output, event->mode == ZWLR_OUTPUT_POWER_V1_MODE_ON);
        });
    new_output_.connect<wlr_output>(graphics.backend()->events.new_output,
                                    [this](wlr_output* output) { add(*output); });
    backend_destroy_.connect(graphics.backend()->events.destroy, [this] {
        new_output_.disconnect();
        backend_destroy_.disconnect();
    });
    change_.connect(layout_->events.change, [this] {
        cover_background();
        if (on_change) {
            on_change();
        }
    });
}

wlr_output* Outputs::nearest(double x, double y) const {
    wlr_output_layout_closest_point(layout(), nullptr, x, y, &x, &y);
    return wlr_output_layout_output_at(layout(), x, y);
}

wlr_box Outputs::box(wlr_output* output) const {
    wlr_box result{};
    if (has(output))
        wlr_output_layout_get_box(layout(), output, &result);
    return result;
}

wlr_box Outputs::usable(wlr_output* output) const {
    const Output* found = own(output);
    return found == nullptr || wlr_box_empty(&found->usable()) ? box(output) : found->usable();
}

bool Outputs::set_usable(wlr_output& output, const wlr_box& usable) {
    Output* found = own(&output);
    if (found == nullptr || wlr_box_equal(&found->usable(), &usable))
        return false;
    found->set_usable(usable);
    return true;
}

Output* Outputs::own(const wlr_output* output) const {
    const auto found = std::ranges::find_if(
        outputs_, [&](const auto& candidate) { return &candidate->get() == output; });
    return found == outputs_.end() ? nullptr : found->get();
}

std::vector<wlr_output*> Outputs::all() const {
    std::vector<wlr_output*> result;
    for (const auto& output : outputs_)
        result.push_back(&output->get());
    return result;
}

wlr_output* Outputs::find(const char* name) const {
    for (const auto& output : outputs_)
        if (name != nullptr && std::strcmp(output->get().name, name) == 0)
            return &output->get();
    return nullptr;
}

void Outputs::use_new_renderer() {
    for (const auto& output : outputs_) {
        if (!output->use_new_renderer())
            log_event("output-unusable", {{"name", bare(output->get().name)}});
    }
    attempts_ = 0;
    backoff_ = {};
    try_waiting();
}

void Outputs::add(wlr_output& output) {
    if (output.non_desktop)
        return;
    if (!try_add(output)) {
        log_event(graphics_.can_draw() ? "output-unusable" : "output-waiting",
                  {{"name", bare(output.name)}});
        add_later(output);
    }
    try_waiting_anew();
}

bool Outputs::try_add(wlr_output& output) {
    if (!graphics_.can_draw() || !init_render(output, graphics_) || !switch_on(output, size_))
        return false;
    wlr_scene_output* scene_output = wlr_scene_output_create(scene_.get(), &output);
    auto drawn = [this] {
        if (on_drawn)
            on_drawn();
    };
    auto added = std::make_unique<Output>(output, *scene_output, graphics_, std::move(drawn),
                                          [this, &output] { remove(output); });
    outputs_.push_back(std::move(added));
    wlr_output_layout_output* place = wlr_output_layout_add_auto(layout(), &output);
    wlr_scene_output_layout_add_output(scene_layout_, place, scene_output);
    if (on_added)
        on_added(*scene_output);
    return true;
}

void Outputs::set_power(wlr_output& output, bool is_on) {
    if (Output* found = own(&output))
        found->set_wanted(is_on);
    if (!is_on && output.enabled)
        switch_off(output);
    else if (is_on && !try_switch_on(output))
        try_waiting_anew();
}

bool Outputs::try_switch_on(wlr_output& output) {
    if (output.enabled || (graphics_.can_draw() && switch_on(output, size_)))
        return true;
    log_event("output-unusable", {{"name", bare(output.name)}});
    return false;
}

void Outputs::add_later(wlr_output& output) {
    const auto place = waiting_.emplace(waiting_.end());
    place->output = &output;
    place->destroyed.connect(output.events.destroy, [this, place] { waiting_.erase(place); });
}

void Outputs::try_waiting_anew() {
    attempts_ = 0;
    backoff_ = {};
    schedule_attempt();
}

void Outputs::schedule_attempt() {
    retry_.reset();
    const bool is_any_missed =
        std::ranges::any_of(outputs_, [](const auto& output) { return output->is_missed(); });
    if ((is_any_missed || !waiting_.empty()) && attempts_ < MaxAttempts)
        retry_.emplace(loop_, backoff_.next(Backoff::Clock::now()), [this] { try_waiting(); });
}

void Outputs::try_waiting() {
    ++attempts_;
    for (auto next = waiting_.begin(); next != waiting_.end();) {
        const auto waiting = next++;
        if (try_add(*waiting->output))
            waiting_.erase(waiting);
    }
    for (const auto& output : outputs_)
        if (output->is_missed())
            try_switch_on(output->get());
    schedule_attempt();
}

void Outputs::remove(wlr_output& output) {
    const auto found = std::ranges::find_if(
        outputs_, [&](const auto& candidate) { return &candidate->get() == &output; });
    const bool was_nested = (*found)->is_nested();
    outputs_.erase(found);
    // Now rather than by itself a little later, so that on_change comes while all is consistent.
    wlr_output_layout_remove(layout(), &output);
    if (was_nested && outputs_.empty() && on_closed)
        on_closed();
    try_waiting_anew();
}

void Outputs::cover_background() {
    wlr_box extents;
    wlr_output_layout_get_box(layout(), nullptr, &extents);
    wlr_scene_node_set_position(&background_->node, extents.x, extents.y);
    wlr_scene_rect_set_size(background_, extents.width, extents.height);
}

} // namespace tarmac::compositor
