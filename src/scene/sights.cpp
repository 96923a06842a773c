#include "scene/sights.hpp"

#include "dmabuf/formatted.hpp"
#include "scene/scanout_candidate.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

/// Why wlr_scene composes a surface that is all there is to see. Rule:
/// scene_entry_try_direct_scanout() in types/scene/wlr_scene.c of 0.20.2.
std::string reason_of_candidate(const wlr_scene_output& scene_output,
                                const wlr_scene_buffer& node) {
    wlr_output* output = scene_output.output;
    if (is_always_drawn(output))
        return "the output is of a second card, for which wlroots copies what is shown";
    const wlr_drm_format_set* formats =
        wlr_output_get_primary_formats(output, WLR_BUFFER_CAP_DMABUF);
    if (!formats)
        return "the output scans no dma-bufs out";
    wlr_dmabuf_attributes dmabuf;
    if (!node.buffer || !wlr_buffer_get_dmabuf(node.buffer, &dmabuf))
        return "its picture isn't in a dma-buf";
    if (!wlr_drm_format_set_has(formats, dmabuf.format, dmabuf.modifier))
        return formatted("the output's plane doesn't show {} with modifier {}",
                         fourcc_name(dmabuf.format), modifier_name(dmabuf.modifier));
    return "the output refused it when wlroots tried, or nothing was shown since it could be";
}

class Sighting {
public:
    Sighting(wlr_scene_output& output, Sights& sights)
        : output_{output}, look_{look_for_scanout(output)}, sights_{sights} {
        box_ = {output.x, output.y, 0, 0};
        wlr_output_effective_resolution(output.output, &box_.width, &box_.height);
    }

    void at(wlr_scene_buffer& node, int x, int y) {
        const wlr_scene_surface* shown = wlr_scene_surface_try_from_buffer(&node);
        if (!shown || node.opacity == 0 || !is_visible(node))
            return;
        auto& outputs = sights_[shown->surface];
        // Seen in several places.
        if (!outputs.empty() && outputs.back().name == output_.output->name)
            return;
        const bool is_candidate = look_.candidate == shown->surface;
        Snapshot::Output& seen = outputs.emplace_back(output_.output->name);
        seen.is_scanned_out = is_candidate && output_.WLR_PRIVATE.prev_scanout;
        if (is_candidate)
            seen.reason = seen.is_scanned_out ? "" : reason_of_candidate(output_, node);
        else if (!look_.topmost || look_.topmost == shown->surface)
            seen.reason = look_.reason;
        else
            seen.reason = covers_output(node, x, y) ? "something lies above it"
                                                    : "it doesn't cover the output";
    }

private:
    bool is_visible(const wlr_scene_buffer& node) const {
        pixman_box32_t box{box_.x, box_.y, box_.x + box_.width, box_.y + box_.height};
        return pixman_region32_contains_rectangle(&node.node.WLR_PRIVATE.visible, &box) !=
               PIXMAN_REGION_OUT;
    }
    bool covers_output(const wlr_scene_buffer& node, int x, int y) const {
        const wlr_box box{x, y, node.dst_width, node.dst_height};
        wlr_box common;
        return wlr_box_intersection(&common, &box, &box_) && wlr_box_equal(&common, &box_);
    }

    wlr_scene_output& output_;
    ScanoutLook look_;
    Sights& sights_;
    wlr_box box_;
};

} // namespace

void add_sights(wlr_scene_output& output, Sights& sights) {
    if (!output.output->enabled)
        return;
    struct Visit {
        Sighting sighting;
        bool is_whole = true;
    } visit{{output, sights}};
    wlr_scene_output_for_each_buffer(
        &output,
        [](wlr_scene_buffer* node, int x, int y, void* data) {
            auto& [sighting, is_whole] = *static_cast<Visit*>(data);
            is_whole = is_whole && guard([&] { sighting.at(*node, x, y); });
        },
        &visit);
    if (!visit.is_whole)
        throw std::bad_alloc{};
}

} // namespace tarmac
