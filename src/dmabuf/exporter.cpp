#include "dmabuf/exporter.hpp"

#include <algorithm>
#include <charconv>
#include <fcntl.h>
#include <string_view>
#include <tarmac/fd.hpp>
#include <unistd.h>

namespace tarmac {

std::string exporter_of(int dmabuf) {
    constexpr std::string_view Directory = "/proc/self/fdinfo/", Key = "exp_name:\t";
    char path[Directory.size() + 12] = {};
    std::ranges::copy(Directory, path);
    std::to_chars(path + Directory.size(), path + sizeof path - 1, dmabuf);
    const Fd file{open(path, O_RDONLY | O_CLOEXEC)};
    char text[1024];
    const ssize_t size = file ? read(file.get(), text, sizeof text) : 0;
    const std::string_view all{text, size > 0 ? static_cast<std::size_t>(size) : 0};
    const auto start = all.find(Key);
    if (start == all.npos)
        return {};
    const std::string_view rest = all.substr(start + Key.size());
    return std::string{rest.substr(0, rest.find('\n'))};
}

} // namespace tarmac
