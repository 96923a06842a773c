#include "inspect/matrix_rows.hpp"

#include <algorithm>
#include <drm_fourcc.h>
#include <tarmac/pixel_format.hpp>

namespace tarmac::inspect {

namespace {

constexpr std::size_t LongestName = 14;

} // namespace

std::vector<const Renderer*> started_renderers(const Report& report) {
    std::vector<const Renderer*> started;
    for (const Renderer& renderer : report.renderers) {
        if (!renderer.outcomes.empty())
            started.push_back(&renderer);
    }
    return started;
}

std::vector<Row> rows_of(const std::vector<const Renderer*>& renderers, std::uint64_t modifier) {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < renderers.size(); ++i) {
        for (const Outcome& outcome : renderers[i]->outcomes) {
            if (outcome.format.modifier != modifier)
                continue;
            auto row = std::ranges::find(rows, outcome.format.fourcc, &Row::fourcc);
            if (row == rows.end())
                row = rows.insert(rows.end(),
                                  Row{outcome.format.fourcc,
                                      std::vector<const Outcome*>(renderers.size(), nullptr)});
            row->outcomes[i] = &outcome;
        }
    }
    return rows;
}

std::vector<std::uint64_t> undrawn_modifiers(const std::vector<const Renderer*>& renderers) {
    std::vector<std::uint64_t> modifiers;
    for (const Renderer* renderer : renderers) {
        for (const Outcome& outcome : renderer->outcomes) {
            const std::uint64_t modifier = outcome.format.modifier;
            if (modifier != DRM_FORMAT_MOD_LINEAR && modifier != DRM_FORMAT_MOD_INVALID &&
                !std::ranges::contains(modifiers, modifier))
                modifiers.push_back(modifier);
        }
    }
    return modifiers;
}

std::string short_name(std::uint32_t fourcc) {
    const PixelFormat* format = find_pixel_format(fourcc);
    if (format && format->name.size() <= LongestName)
        return std::string{format->name};
    const std::string name = fourcc_name(fourcc);
    return name.substr(0, name.find(' '));
}

int largest_difference(const Outcome& outcome) {
    return outcome.difference ? std::ranges::max(*outcome.difference) : 0;
}

bool is_off(const Outcome& outcome) {
    constexpr int Tolerance = 2;
    return largest_difference(outcome) > Tolerance;
}

} // namespace tarmac::inspect
