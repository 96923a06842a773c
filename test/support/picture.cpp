#include "support/picture.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include "dmabuf/formatted.hpp"
#include "support/process.hpp"

namespace test {

namespace {

/// The binary PPM that grim writes: three numbers in text, then the bytes.
Picture read_ppm(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    std::string magic;
    int width = 0, height = 0, maximum = 0;
    file >> magic >> width >> height >> maximum;
    file.get();
    REQUIRE(magic == "P6");
    REQUIRE(maximum == 255);
    Picture picture{width, height, std::vector<Pixel>(static_cast<std::size_t>(width * height))};
    file.read(reinterpret_cast<char*>(picture.pixels.data()),
              static_cast<std::streamsize>(picture.pixels.size() * sizeof(Pixel)));
    REQUIRE(file);
    return picture;
}

} // namespace

int distance(const Pixel& a, const Pixel& b) {
    return std::max(
        {std::abs(a.red - b.red), std::abs(a.green - b.green), std::abs(a.blue - b.blue)});
}

std::string to_string(const Pixel& pixel) {
    return tarmac::formatted("#{:02x}{:02x}{:02x}", pixel.red, pixel.green, pixel.blue);
}

Box find_window(const Picture& screen, int width, int height) {
    const Pixel background = screen.at(0, 0);
    const Box frame = screen.bounds({0, 0, screen.width, screen.height},
                                    [&](const Pixel& pixel) { return pixel != background; });
    INFO("drawn: " << frame.width << "x" << frame.height << " at " << frame.x << "," << frame.y);
    REQUIRE(frame.width >= width);
    REQUIRE(frame.height >= height);
    return {frame.x + (frame.width - width) / 2, frame.y + (frame.height - height) / 2, width,
            height};
}

Picture take_screenshot(const std::string& wayland_display) {
    const auto path =
        std::filesystem::temp_directory_path() / tarmac::formatted("tarmac-test-{}.ppm", getpid());
    Process grim{{"grim", "-t", "ppm", path}, {"WAYLAND_DISPLAY=" + wayland_display}};
    const int status = grim.wait();
    INFO(grim.output());
    REQUIRE(status == 0);
    Picture picture = read_ppm(path);
    std::filesystem::remove(path);
    return picture;
}

} // namespace test
