#pragma once

#include <filesystem>

#include "support/picture.hpp"

namespace test {

/// Throws std::runtime_error if the file can't be written.
void write_png(const std::filesystem::path& path, const Picture& picture);

} // namespace test
