#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <tarmac/feedback.hpp>
#include <unistd.h>

#include "dmabuf/formatted.hpp"

namespace tarmac {

namespace {

/// As the spec lays it out: 4 bytes format, 4 bytes unused, 8 bytes modifier.
struct TableEntry {
    std::uint32_t fourcc;
    std::uint32_t unused;
    std::uint64_t modifier;
};
static_assert(sizeof(TableEntry) == 16);

bool write_all(int fd, const void* data, std::size_t size) {
    const char* rest = static_cast<const char*>(data);
    while (size > 0) {
        const ssize_t written = write(fd, rest, size);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            rest += written;
            size -= static_cast<std::size_t>(written);
        }
    }
    return true;
}

} // namespace

Result<FormatTable> FormatTable::create(FormatSet formats) {
    if (formats.empty() || formats.size() > MaxPairs)
        return fail(Fault::InvalidFormat, formatted("a format table holds 1 to {} pairs, not {}",
                                                    MaxPairs, formats.size()));
    std::vector<TableEntry> entries;
    entries.reserve(formats.size());
    for (const FormatModifier& pair : formats)
        entries.push_back({pair.fourcc, 0, pair.modifier});

    Fd fd{memfd_create("tarmac-format-table", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
    constexpr int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    if (!fd || !write_all(fd.get(), entries.data(), entries.size() * sizeof(TableEntry)) ||
        fcntl(fd.get(), F_ADD_SEALS, seals) != 0)
        return fail(Fault::OutOfResources,
                    formatted("the format table can't be made: {}", std::strerror(errno)));
    return FormatTable{std::move(formats), std::move(fd)};
}

std::uint32_t FormatTable::size_in_bytes() const noexcept {
    return static_cast<std::uint32_t>(formats_.size() * sizeof(TableEntry));
}

} // namespace tarmac
