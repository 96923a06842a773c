#include "inspect/measurement.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "dmabuf/formatted.hpp"
#include "import/in_place_buffer.hpp"
#include "inspect/picture.hpp"
#include "ready/at_once.hpp"

namespace tarmac::inspect {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// How long a picture's speed is measured, and how often it is shown at most meanwhile. So all
/// formats of some renderers take seconds.
constexpr auto SpeedTime = 8ms;
constexpr int MostPictures = 32;

constexpr Extent LargeSize{CardSize.width * TilesAcross, CardSize.height* TilesDown};

std::unexpected<Error> fail_drawing() {
    return fail(Fault::ImportFailed, "the renderer doesn't draw it, or what it drew can't be read");
}

std::array<int, 3> largest_difference(std::span<const Pixel> a, std::span<const Pixel> b) {
    std::array<int, 3> largest{};
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        for (unsigned channel = 0; channel < 3; ++channel)
            largest[channel] = std::max(largest[channel], std::abs(a[i][channel] - b[i][channel]));
    }
    return largest;
}

/// All that a picture may look like, where the definition leaves a choice: between samples of
/// chroma, and of the bits that conversion keeps.
std::vector<Rendering> right_renderings(RendererFacts::Kind kind, Way way) {
    const Blending blending =
        kind == RendererFacts::Kind::Vulkan ? Blending::Gamma22 : Blending::Electrical;
    if (way == Way::Import)
        return {{Chroma::Linear, blending}, {Chroma::Repeated, blending}};
    return {{Chroma::Repeated, blending, true}, {Chroma::Repeated, blending, false}};
}

} // namespace

Result<Measurement> Measurement::create(wlr_renderer* renderer, Importer& importer,
                                        RendererFacts::Kind kind, const Maker& maker) {
    auto small = Canvas::create(renderer, CardSize), large = Canvas::create(renderer, LargeSize);
    if (!small || !large)
        return fail(Fault::NotAvailable, "there is no memory here that the renderer draws to and "
                                         "that can be read");
    return Measurement{renderer, importer, kind, maker, std::move(*small), std::move(*large)};
}

void Measurement::measure(Outcome& outcome, Way way) {
    if (auto measured = try_to(outcome, way); !measured)
        outcome.unmeasured = measured.error().message;
}

Result<void> Measurement::try_to(Outcome& outcome, Way way) {
    const FormatLayout* layout = find_format_layout(outcome.format.fourcc);
    if (!layout)
        return fail(Fault::Unsupported, "there is no picture of this format to try");
    const Card card{*layout, {.width = CardSize.width, .height = CardSize.height}};
    return difference(card, outcome.format, way)
        .and_then([&](const std::array<int, 3>& found) {
            outcome.difference = found;
            return speed(card, outcome.format, way);
        })
        .transform([&](double found) { outcome.mb_per_second = found; });
}

Result<std::array<int, 3>> Measurement::difference(const Card& card, FormatModifier format,
                                                   Way way) {
    const Sample sample = Sample::tiled(card, *find_pixel_format(format.fourcc), 1, 1);
    auto builder = make_picture(*maker_, sample, format);
    if (!builder)
        return std::unexpected(builder.error());
    if (auto shown = show(small_, *builder, way); !shown)
        return std::unexpected(shown.error());
    const std::vector<Pixel> seen = small_.read();
    if (seen.empty())
        return fail_drawing();
    std::optional<std::array<int, 3>> least;
    for (const Rendering& rendering : right_renderings(kind_, way)) {
        const auto found = largest_difference(seen, card.expected(Canvas::Background, rendering));
        if (!least || std::ranges::max(found) < std::ranges::max(*least))
            least = found;
    }
    return *least;
}

Result<double> Measurement::speed(const Card& card, FormatModifier format, Way way) {
    const Sample sample =
        Sample::tiled(card, *find_pixel_format(format.fourcc), TilesAcross, TilesDown);
    auto builder = make_picture(*maker_, sample, format);
    if (!builder)
        return std::unexpected(builder.error());
    const auto start = Clock::now();
    int n_pictures = 0;
    do {
        if (auto shown = show(large_, *builder, way); !shown)
            return std::unexpected(shown.error());
    } while (++n_pictures < MostPictures && Clock::now() - start < SpeedTime);
    const std::chrono::duration<double> taken = Clock::now() - start;
    return static_cast<double>(sample.bytes.size()) * n_pictures / 1e6 / taken.count();
}

Result<void> Measurement::show(Canvas& canvas, TextureBuilder& builder, Way way) {
    const auto draw = [&](wlr_texture* texture) -> Result<void> {
        if (!texture || !canvas.draw(texture) || !canvas.finish())
            return fail_drawing();
        return {};
    };
    if (way != Way::ReadInPlace)
        return builder.build(*importer_).and_then([&](const Texture& texture) {
            return draw(texture.get());
        });
    // A builder copies what surfaces read in place.
    return builder.build_dmabuf()
        .and_then([](Dmabuf&& dmabuf) {
            return Mapping::create(std::make_shared<const Dmabuf>(std::move(dmabuf)));
        })
        .and_then([&](Mapping&& own) -> Result<void> {
            const auto mapping = std::make_shared<Mapping>(std::move(own));
            AtOnce control;
            if (mapping->begin_read(control) != WorkerPool::Outcome::Done)
                return fail(Fault::NotReady, "the memory can't be read now");
            const auto buffer = InPlaceBuffer::create(mapping);
            buffer->is_open = true;
            wlr_texture* texture = wlr_texture_from_buffer(renderer_, buffer.get());
            auto drawn = draw(texture);
            if (texture)
                wlr_texture_destroy(texture);
            mapping->end_read(control);
            return drawn;
        });
}

} // namespace tarmac::inspect
