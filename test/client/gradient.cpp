#include "client/gradient.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>

namespace test {

namespace {

// The square's corners are red (lower left), green (upper left), blue (lower right) and yellow; two
// triangles, whose colours are interpolated, meet between green and blue.
Pixel gradient_at(double right, double up) {
    double red, green, blue;
    if (right + up <= 1) {
        red = 1 - right - up;
        green = up;
        blue = right;
    } else {
        red = right + up - 1;
        green = up;
        blue = 1 - up;
    }
    const auto channel = [](double value) {
        return static_cast<std::uint8_t>(std::lround(value * 255));
    };
    return {channel(red), channel(green), channel(blue)};
}

// Every colour of the gradient has a sum of at least one full channel.
bool is_lit(const Pixel& pixel) {
    return pixel.sum() >= 240;
}

} // namespace

Box find_gradient(const Picture& screen, const Box& part) {
    const Box square = screen.bounds(part, is_lit);
    const int width = square.width * 2, height = square.height * 2;
    return {std::max(part.x, std::min(square.x - width / 4, part.x + part.width - width)),
            std::max(part.y, std::min(square.y - height / 4, part.y + part.height - height)), width,
            height};
}

void check_gradient(const Picture& screen, const Box& window) {
    const Box square = screen.bounds(window, is_lit);
    INFO("square: " << square.width << "x" << square.height << " at " << square.x << ","
                    << square.y);
    const int side = window.width / 2;
    REQUIRE(std::abs(square.width - side) <= 1);
    REQUIRE(std::abs(square.height - side) <= 1);

    // The client moves the square by parts of a pixel, half a step of the ramp at most.
    const int tolerance = static_cast<int>(std::ceil(0.5 * 255 / side)) * 2 + 1;
    int wrong = 0;
    std::string first;
    for (int y = window.y; y < window.y + window.height; ++y) {
        for (int x = window.x; x < window.x + window.width; ++x) {
            const double right = (x + 0.5 - square.x) / square.width;
            const double up = 1 - (y + 0.5 - square.y) / square.height;
            const bool inside = right > 0 && right < 1 && up > 0 && up < 1;
            const Pixel expected = inside ? gradient_at(right, up) : Pixel{0, 0, 0};
            if (distance(screen.at(x, y), expected) > tolerance && wrong++ == 0)
                first = std::to_string(x - window.x) + "," + std::to_string(y - window.y) +
                        ": expected " + to_string(expected) + ", got " + to_string(screen.at(x, y));
        }
    }
    INFO("first wrong pixel " << first);
    CHECK(wrong == 0);
}

} // namespace test
