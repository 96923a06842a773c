// A minute of a client that changes size and format with every frame.

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <drm_fourcc.h>
#include <fstream>
#include <random>
#include <wayland-client.h>

#include "picture/gallery.hpp"
#include "support/sanitizer.hpp"

using namespace test;
using namespace std::chrono_literals;

namespace {

// The sanitized build is after what is read and freed wrongly: each format several times.
constexpr auto WarmUp = HasAddressSanitizer ? 5s : 15s, Duration = HasAddressSanitizer ? 20s : 60s;
constexpr unsigned LargestSide = 160;

// Pictures of a minute would be more than 60 MB. A block of 1 MB comes once, after some thousand
// frames, and nothing in the ten thousand after it. AddressSanitizer keeps what was freed last, 8
// MB by the tests' options, and notes where each block was allocated.
constexpr long MemoryLeeway = HasAddressSanitizer ? 16 << 10 : 2 << 10; ///< kB
constexpr std::size_t MappingLeeway = HasAddressSanitizer ? 64 : 8;

struct Sample {
    std::size_t fds = 0, mappings = 0;
    long memory_kb = 0; ///< of the process alone, in RAM
};

Sample take_sample(const Process& process) {
    const std::string proc = "/proc/" + std::to_string(process.pid());
    Sample sample{.fds = process.count_open_fds()};
    std::string word;
    for (std::ifstream status{proc + "/status"}; status >> word;) {
        if (word == "RssAnon:")
            status >> sample.memory_kb;
    }
    std::ifstream maps{proc + "/maps"};
    for (std::string line; std::getline(maps, line);)
        ++sample.mappings;
    return sample;
}

std::vector<const FormatLayout*> advertised_layouts(RawClient& client) {
    std::vector<const FormatLayout*> layouts;
    for (const auto& pair : client.feedback().table) {
        const FormatLayout* layout = find_format_layout(pair.fourcc);
        if (pair.modifier == DRM_FORMAT_MOD_LINEAR && layout)
            layouts.push_back(layout);
    }
    return layouts;
}

} // namespace

TEST_CASE("a minute of new sizes and formats leaves memory and descriptors as they were") {
    CompositorProcess compositor;
    RawClient client = compositor.connect(4);
    Window window{client};
    const std::vector<const FormatLayout*> layouts = advertised_layouts(client);
    std::vector<Source> sources = available_sources();
    // Not every format is taken from those.
    std::erase_if(sources, [](const Source& source) { return source.is_read_only; });
    REQUIRE_FALSE(layouts.empty());

    wl_buffer* shown = nullptr;
    const auto show = [&](const FormatLayout& layout, unsigned width, unsigned height,
                          const Source& source) {
        const Card card{layout, {width, height}};
        const Import import =
            test::import(compositor, client, card, DRM_FORMAT_MOD_LINEAR, make_files(card, source));
        INFO(layout.name << ": " << import.reason);
        REQUIRE(import.buffer);
        window.show(import.buffer);
        if (shown)
            wl_buffer_destroy(shown);
        shown = import.buffer;
    };
    // The same buffer every time, and none before it.
    const auto sample = [&] {
        for (int i = 0; i < 2; ++i)
            show(*find_format_layout(DRM_FORMAT_XRGB8888), 16, 16, sources[0]);
        client.round_trip();
        return take_sample(compositor.process());
    };

    std::minstd_rand random{1};
    std::uniform_int_distribution<unsigned> side{1, LargestSide};
    const auto draw_for = [&](std::chrono::seconds duration) {
        const auto end = std::chrono::steady_clock::now() + duration;
        std::size_t frames = 0;
        for (; std::chrono::steady_clock::now() < end; ++frames)
            show(*layouts[frames % layouts.size()], side(random), side(random),
                 sources[frames / layouts.size() % sources.size()]);
        return frames;
    };

    // Mesa's software rasterizer compiles shaders for a format whose sides are powers of two or
    // not, and keeps them: nearly all are there before anything is measured.
    for (const FormatLayout* layout : layouts) {
        for (const unsigned width : {64u, 68u}) {
            for (const unsigned height : {64u, 68u})
                show(*layout, width, height, sources[0]);
        }
        // Where pixels share chroma, this goes another way.
        show(*layout, 65, 65, sources[0]);
    }
    draw_for(WarmUp);
    const Sample before = sample();
    const std::size_t frames = draw_for(Duration);
    const Sample after = sample();

    INFO(before.fds << " descriptors, " << before.mappings << " mappings, " << before.memory_kb
                    << " kB before " << frames << " frames; after them " << after.fds << ", "
                    << after.mappings << ", " << after.memory_kb << " kB");
    CHECK(frames > 2 * layouts.size());
    CHECK(after.fds == before.fds);
    CHECK(after.mappings <= before.mappings + MappingLeeway);
    CHECK(after.memory_kb <= before.memory_kb + MemoryLeeway);
    wl_buffer_destroy(shown);
}
