#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <format>
#include <sys/mman.h>
#include <tarmac/feedback.hpp>
#include <unistd.h>

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
        return fail(Fault::InvalidFormat, std::format("a format table holds 1 to {} pairs, not {}",
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
                    std::format("the format table can't be made: {}", std::strerror(errno)));
    return FormatTable{std::move(formats), std::move(fd)};
}

std::uint32_t FormatTable::size_in_bytes() const noexcept {
    return static_cast<std::uint32_t>(formats_.size() * sizeof(TableEntry));
}

Feedback::Feedback(dev_t main_device, std::vector<Tranche> tranches, FormatTable table)
    : main_device_{main_device}, tranches_{std::move(tranches)}, table_{std::move(table)} {
    for (const Tranche& tranche : tranches_) {
        std::vector<std::uint16_t>& indices = indices_.emplace_back();
        indices.reserve(tranche.formats.size());
        for (const FormatModifier& pair : tranche.formats)
            indices.push_back(static_cast<std::uint16_t>(table_.formats().position(pair)));
    }
}

Result<std::shared_ptr<const Feedback>> Feedback::create(dev_t main_device,
                                                         std::vector<Tranche> tranches) {
    if (std::ranges::any_of(tranches, [](const Tranche& t) { return t.formats.empty(); }))
        return fail(Fault::InvalidFormat, "a feedback tranche has no formats");
    if (std::ranges::none_of(tranches, [main_device](const Tranche& t) {
            return t.target_device == main_device && has(t.flags, TrancheFlags::Sampling);
        }))
        return fail(Fault::InvalidFormat, "no sampling tranche targets the main device");

    if (std::ranges::any_of(tranches,
                            [](const Tranche& t) { return t.flags == TrancheFlags::None; }))
        return fail(Fault::InvalidFormat, "a feedback tranche has no flag");
    for (auto first = tranches.begin(); first != tranches.end(); ++first) {
        const bool repeats =
            std::any_of(std::next(first), tranches.end(), [first](const Tranche& t) {
                return t.target_device == first->target_device && t.flags == first->flags &&
                       !t.formats.intersect(first->formats).empty();
            });
        if (repeats)
            return fail(Fault::InvalidFormat,
                        "two feedback tranches of one device and the same flags share a format");
    }

    FormatSet all;
    for (const Tranche& tranche : tranches) {
        for (const FormatModifier& pair : tranche.formats)
            all.add(pair);
    }
    return FormatTable::create(std::move(all)).transform([&](FormatTable&& table) {
        return std::shared_ptr<const Feedback>(
            new Feedback(main_device, std::move(tranches), std::move(table)));
    });
}

} // namespace tarmac
