#include "support/png.hpp"

#include <png.h>
#include <stdexcept>

namespace test {

void write_png(const std::filesystem::path& path, const Picture& picture) {
    static_assert(sizeof(Pixel) == 3);
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(picture.width);
    image.height = static_cast<png_uint_32>(picture.height);
    image.format = PNG_FORMAT_RGB;
    if (!png_image_write_to_file(&image, path.c_str(), 0, picture.pixels.data(), 0, nullptr))
        throw std::runtime_error{path.string() + ": " + image.message};
}

} // namespace test
