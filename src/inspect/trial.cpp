#include "inspect/trial.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <drm_fourcc.h>
#include <sys/stat.h>

#include "dmabuf/formatted.hpp"
#include "dmabuf/memory_kind.hpp"
#include "inspect/measurement.hpp"
#include "inspect/node.hpp"
#include "inspect/picture.hpp"
#include "wlr/create_renderer.hpp"
#include "wlr/driver_name.hpp"
#include "wlr/vulkan_devices.hpp"

namespace tarmac::inspect {

namespace {

/// What wlroots says is wrong while this lives.
std::vector<std::string> complaints;

void collect_complaints() {
    wlr_log_init(WLR_ERROR,
                 [](wlr_log_importance importance, const char* format, va_list arguments) {
                     char line[512];
                     std::vsnprintf(line, sizeof line, format, arguments);
                     if (importance == WLR_ERROR)
                         complaints.emplace_back(line);
                 });
}

/// The first says what was wrong, later ones whom that has kept from doing what.
std::string first_complaint() {
    return complaints.empty() ? "it says no reason" : complaints.front();
}

/// The render node where there is one, since drawing needs no more.
std::expected<Fd, std::string> open_device(const Device& device) {
    std::string problems;
    for (const Node& node : device.nodes) {
        auto opened = open_node(node.path);
        if (opened)
            return opened;
        problems += (problems.empty() ? "" : "; ") + node.path + ": " + opened.error();
    }
    return std::unexpected(problems);
}

struct Started {
    Fd node;
    wlr_renderer* renderer; ///< which is left to the end of the process
    dev_t device = 0;
};

std::string why_not_started(const std::string& name, int drm_fd) {
    if (name == "vulkan") {
        if (const auto objection = vulkan_objection(vulkan_devices(drm_fd)); !objection.empty())
            return objection;
    }
    return first_complaint();
}

std::expected<Started, std::string> start(const Report& report, const Renderer& wanted) {
    Started started{.node = {}, .renderer = nullptr};
    if (wanted.device) {
        auto node = open_device(report.devices[*wanted.device]);
        if (!node)
            return std::unexpected(node.error());
        started.node = std::move(*node);
        struct stat status{};
        fstat(started.node.get(), &status);
        started.device = status.st_rdev;
    }
    const int drm_fd = started.node.get();
    if (wanted.name == "pixman")
        started.renderer = wlr_pixman_renderer_create();
    else
        started.renderer =
            wanted.name == "gles2" ? create_gles2_renderer(drm_fd) : create_vulkan_renderer(drm_fd);
    if (!started.renderer)
        return std::unexpected(why_not_started(wanted.name, drm_fd));
    return started;
}

/// Those that people ask about come first.
constexpr std::uint32_t common_formats[] = {
    DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888,      DRM_FORMAT_XBGR8888, DRM_FORMAT_ABGR8888,
    DRM_FORMAT_NV12,     DRM_FORMAT_XRGB2101010,   DRM_FORMAT_P010,     DRM_FORMAT_YUYV,
    DRM_FORMAT_YUV420,   DRM_FORMAT_ABGR16161616F, DRM_FORMAT_RGB565,   DRM_FORMAT_RGB888,
};

/// All formats in the LINEAR layout, and each other layout that somebody knows of one.
std::vector<FormatModifier> pairs_of(const RendererFacts& facts) {
    FormatSet linear, implicit, others;
    const auto add_linear = [&](const PixelFormat& format) {
        if (format.has_linear_layout())
            linear.add({format.fourcc, DRM_FORMAT_MOD_LINEAR});
    };
    for (const std::uint32_t fourcc : common_formats)
        add_linear(*find_pixel_format(fourcc));
    for (const PixelFormat& format : all_pixel_formats())
        add_linear(format);
    const FormatSet readable = readable_formats(facts);
    for (const auto& [fourcc, modifier] : linear) {
        const FormatModifier pair{fourcc, DRM_FORMAT_MOD_INVALID};
        if (facts.imports.contains(pair) || readable.contains(pair))
            implicit.add(pair);
    }
    for (const FormatModifier& pair : facts.imports) {
        if (!linear.contains(pair) && !implicit.contains(pair))
            others.add(pair);
    }
    std::vector<FormatModifier> pairs{linear.begin(), linear.end()};
    pairs.insert(pairs.end(), implicit.begin(), implicit.end());
    pairs.insert(pairs.end(), others.begin(), others.end());
    return pairs;
}

/// Only a GPU's driver lays pictures out in other ways.
bool is_tried(const Maker& maker, std::uint64_t modifier) {
    return maker.kind == Maker::Kind::Gbm || modifier == DRM_FORMAT_MOD_LINEAR ||
           modifier == DRM_FORMAT_MOD_INVALID;
}

bool is_wanted(const Maker& maker, const Renderer& renderer) {
    if (renderer.has_own_memory)
        return maker.device == renderer.device;
    return maker.kind != Maker::Kind::Gbm && maker.node.problem.empty();
}

struct Memory {
    const Maker* maker = nullptr;
    MemoryKind kind = MemoryKind::Pages;
};

/// The first that makes a picture; none if nobody does.
Memory find_memory(const Report& report, const Renderer& renderer) {
    constexpr std::uint32_t Fourcc = DRM_FORMAT_XRGB8888;
    const Card card{*find_format_layout(Fourcc),
                    {.width = CardSize.width, .height = CardSize.height}};
    const Sample sample = Sample::tiled(card, *find_pixel_format(Fourcc), 1, 1);
    for (const Maker& maker : report.makers) {
        if (!is_wanted(maker, renderer))
            continue;
        for (const std::uint64_t modifier : {DRM_FORMAT_MOD_LINEAR, DRM_FORMAT_MOD_INVALID}) {
            const auto image = make_picture(maker, sample, {Fourcc, modifier})
                                   .and_then([](TextureBuilder&& builder) {
                                       return std::move(builder).build_dmabuf();
                                   });
            if (image)
                return {&maker, memory_kind(*image)};
        }
    }
    return {};
}

struct Decided {
    Outcome outcome;
    std::optional<Way> way;
};

Decided decide_on(const RendererFacts& facts, FormatModifier pair, const Memory& memory) {
    const PixelFormat& format = *find_pixel_format(pair.fourcc);
    const ImageFacts image = facts_of_sample(format, pair.modifier, memory.kind);
    const Colors colors{ColorState::of(format.model), true};
    // Of others' memory it isn't known but by trying.
    const bool is_seen =
        !memory.maker || memory.maker->kind != Maker::Kind::Udmabuf || facts.imports_udmabufs;
    const auto way = is_seen ? decide(facts, image, colors) : decide_reading(facts, image, colors);
    if (!way)
        return {{.format = pair, .way = "refused", .reason = way.error().message}, std::nullopt};
    return {{.format = pair, .way = std::string{way_name(*way)}}, *way};
}

} // namespace

std::vector<Renderer> renderers_to_try(const Report& report) {
    std::vector<Renderer> all;
    const auto add = [&](const std::string& name, std::optional<std::size_t> device, bool is_own) {
        all.push_back({.name = name, .device = device, .has_own_memory = is_own});
    };
    const auto add_both = [&](std::optional<std::size_t> device, bool is_own) {
        if (has_gles2())
            add("gles2", device, is_own);
        if (has_vulkan())
            add("vulkan", device, is_own);
    };
    for (std::size_t i = 0; i < report.devices.size(); ++i) {
        // What becomes of memory depends on whose it is, where a GPU may have some of its own.
        const bool is_gpu = std::ranges::contains(
            report.makers, std::pair{Maker::Kind::Gbm, i},
            [](const Maker& maker) { return std::pair{maker.kind, maker.device.value_or(-1)}; });
        if (is_gpu)
            add_both(i, true);
        add_both(i, false);
    }
    add_both({}, false);
    add("pixman", {}, false);
    return all;
}

void Trial::run() {
    // Who asks what is there wants to know of rasterizers, too.
    setenv("WLR_RENDERER_ALLOW_SOFTWARE", "1", 1);
    collect_complaints();
    const auto started = start(report, renderer);
    if (!started) {
        renderer.problem = started.error();
        on_renderer(renderer);
        return;
    }
    const auto facts = RendererFacts::of(started->renderer);
    renderer.driver = driver_name(started->renderer);
    renderer.draws_on_cpu = facts->draws_on_cpu || facts->kind == RendererFacts::Kind::Pixman;
    renderer.imports_udmabufs = facts->imports_udmabufs;
    renderer.max_size = facts->max_size;
    const Memory memory = find_memory(report, renderer);
    if (memory.maker)
        renderer.memory = memory.maker->name;
    on_renderer(renderer);

    auto importer = create_importer(started->renderer, started->device);
    std::optional<Measurement> measurement;
    std::string unmeasured = "nobody here makes dma-bufs";
    if (memory.maker && importer) {
        auto created =
            Measurement::create(started->renderer, **importer, facts->kind, *memory.maker);
        if (created)
            measurement.emplace(std::move(*created));
        else
            unmeasured = created.error().message;
    } else if (memory.maker) {
        unmeasured = importer.error().message;
    }
    for (const FormatModifier& pair : pairs_of(*facts)) {
        Decided decided = decide_on(*facts, pair, memory);
        if (decided.way && (!memory.maker || is_tried(*memory.maker, pair.modifier))) {
            if (!measurement)
                decided.outcome.unmeasured = unmeasured;
            else if (Clock::now() >= end)
                decided.outcome.unmeasured = "there was no time left";
            else
                measurement->measure(decided.outcome, *decided.way);
        }
        on_outcome(decided.outcome);
    }
}

} // namespace tarmac::inspect
