#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace test {

struct Pixel {
    std::uint8_t red, green, blue;

    friend bool operator==(const Pixel&, const Pixel&) = default;
    int sum() const { return red + green + blue; }
};

/// The largest difference of a channel.
int distance(const Pixel& a, const Pixel& b);
std::string to_string(const Pixel& pixel);

struct Box {
    int x, y, width, height;
};

struct Picture {
    int width, height;
    std::vector<Pixel> pixels;

    friend bool operator==(const Picture&, const Picture&) = default;

    const Pixel& at(int x, int y) const { return pixels[static_cast<std::size_t>(y * width + x)]; }

    /// The smallest box inside `within` that has every pixel for which `matches` is true.
    template <class Predicate>
    Box bounds(const Box& within, Predicate matches) const {
        int x1 = within.x + within.width, y1 = within.y + within.height, x2 = x1 - within.width,
            y2 = y1 - within.height;
        for (int y = within.y; y < within.y + within.height; ++y) {
            for (int x = within.x; x < within.x + within.width; ++x) {
                if (!matches(at(x, y)))
                    continue;
                x1 = std::min(x1, x);
                y1 = std::min(y1, y);
                x2 = std::max(x2, x + 1);
                y2 = std::max(y2, y + 1);
            }
        }
        return {x1, y1, std::max(0, x2 - x1), std::max(0, y2 - y1)};
    }
};

/// Where a window of that size lies that `screen` shows alone, with the compositor's border all
/// round. Fails the test if it isn't there.
Box find_window(const Picture& screen, int width, int height);

/// What the compositor at `wayland_display` shows, as grim sees it.
Picture take_screenshot(const std::string& wayland_display);

} // namespace test
