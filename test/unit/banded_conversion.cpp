// Conversion as workers do it, for ThreadSanitizer too.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <vector>

#include "convert/conversion.hpp"
#include "ready/worker_pool.hpp"
#include "support/event_loop.hpp"

using namespace tarmac;

TEST_CASE("several workers convert one picture, and clients their own at the same time") {
    constexpr int Width = 320, Height = 256, Stride = Width * 4, Bands = 8;
    const PixelFormat& format = *find_pixel_format(DRM_FORMAT_NV12);
    std::vector<std::uint8_t> bytes(Width * Height * 3 / 2);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(i * 2654435761u >> 16);
    const Picture picture{format,
                          {Width, Height},
                          {{{bytes.data(), Width}, {bytes.data() + Width * Height, Width}, {}, {}}},
                          ColorState::of(format.model),
                          true};
    std::vector<std::uint8_t> expected(Stride * Height);
    convert_to_argb(picture, {0, 0, Width, Height}, expected.data(), Stride);

    test::EventLoop loop;
    WorkerPool pool{loop.get(), 4};
    std::vector<WorkerPool::Ticket> tickets;
    std::vector<std::vector<std::uint8_t>> converted(12);
    int n_right = 0;
    for (std::size_t i = 0; i < converted.size(); ++i) {
        std::vector<std::uint8_t>& out = converted[i];
        out.resize(expected.size());
        tickets.push_back(pool.submit(
            reinterpret_cast<const void*>(i % 5),
            [&](WorkerPool::Control& control) {
                control.share(Bands, [&](unsigned band) {
                    constexpr int Rows = Height / Bands;
                    convert_to_argb(picture, {0, static_cast<int>(band) * Rows, Width, Rows},
                                    out.data(), Stride);
                });
                return WorkerPool::Outcome::Done;
            },
            [&](WorkerPool::Outcome) { n_right += out == expected; }));
    }
    loop.turn_until([&] { return n_right == static_cast<int>(converted.size()); });
    CHECK(n_right == static_cast<int>(converted.size()));
}
