#include "picture/report.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <tarmac/pixel_format.hpp>

#include "dmabuf/formatted.hpp"
#include "support/png.hpp"

namespace test {

namespace {

std::filesystem::path picture_directory() {
    const char* named = std::getenv("TARMAC_PICTURES");
    const std::filesystem::path path =
        named ? named : std::filesystem::temp_directory_path() / "tarmac-pictures";
    std::filesystem::create_directories(path);
    return path;
}

Picture difference(const Picture& a, const Picture& b) {
    int largest = 1;
    for (std::size_t i = 0; i < a.pixels.size(); ++i)
        largest = std::max(largest, distance(a.pixels[i], b.pixels[i]));
    Picture result = a;
    for (std::size_t i = 0; i < a.pixels.size(); ++i) {
        const auto channel = [&](std::uint8_t one, std::uint8_t other) {
            return static_cast<std::uint8_t>(std::abs(one - other) * 255 / largest);
        };
        const Pixel &p = a.pixels[i], &q = b.pixels[i];
        result.pixels[i] = {channel(p.red, q.red), channel(p.green, q.green),
                            channel(p.blue, q.blue)};
    }
    return result;
}

} // namespace

void report_cell(const CellResult& result) {
    const char* path = std::getenv("TARMAC_FORMAT_REPORT");
    if (!path)
        return;
    std::string ways;
    for (const std::string& way : result.ways)
        ways += ways.empty() ? way : "+" + way;
    std::ofstream{path, std::ios::app}
        << tarmac::formatted("{}\t{}\t{}\t{}\t{}\t{}\t{}",
                             &result.layout - all_format_layouts().data(), result.renderer,
                             tarmac::fourcc_name(result.layout.fourcc), result.exporter, ways,
                             result.is_right ? "right" : "wrong", result.worst)
        << std::endl;
}

std::string keep_pictures(const std::string& name, const Picture& expected, const Picture& got) {
    const std::filesystem::path path = picture_directory();
    write_png(path / (name + "-expected.png"), expected);
    write_png(path / (name + "-got.png"), got);
    write_png(path / (name + "-difference.png"), difference(expected, got));
    return path / (name + "-*.png");
}

} // namespace test
