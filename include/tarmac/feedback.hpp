#pragma once

#include <memory>
#include <span>
#include <sys/types.h>
#include <tarmac/error.hpp>
#include <tarmac/fd.hpp>
#include <tarmac/format_set.hpp>

namespace tarmac {

/// The format table that clients map: sealed, so that no client can change, shrink or grow it, and
/// therefore shared by all of them. Rule: zwp_linux_dmabuf_feedback_v1.format_table.
class FormatTable {
public:
    /// The most pairs a table holds, since tranches point into it with 16 bits.
    static constexpr std::size_t MaxPairs = 1u << 16;

    /// Errors: UnsupportedFormat kind when `formats` is empty or has more than MaxPairs;
    /// OutOfResources when the memfd can't be made.
    static Result<FormatTable> create(FormatSet formats);

    /// Borrowed; lives as long as the table.
    int fd() const noexcept { return fd_.get(); }
    std::uint32_t size_in_bytes() const noexcept;
    const FormatSet& formats() const noexcept { return formats_; }

private:
    FormatTable(FormatSet formats, Fd fd) : formats_{std::move(formats)}, fd_{std::move(fd)} {}

    FormatSet formats_;
    Fd fd_;
};

/// Bits of zwp_linux_dmabuf_feedback_v1.tranche_flags.
enum class TrancheFlags : std::uint32_t {
    None = 0,
    Scanout = 1,  ///< the target device may scan such a buffer out
    Sampling = 2, ///< the compositor samples such a buffer on the target device
};
constexpr TrancheFlags operator|(TrancheFlags a, TrancheFlags b) noexcept {
    return static_cast<TrancheFlags>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
constexpr bool has(TrancheFlags flags, TrancheFlags flag) noexcept {
    return (static_cast<std::uint32_t>(flags) & static_cast<std::uint32_t>(flag)) != 0;
}

/// Pairs of equal preference for one device.
struct Tranche {
    dev_t target_device;
    TrancheFlags flags;
    FormatSet formats;

    friend bool operator==(const Tranche&, const Tranche&) = default;
};

/// What a client is told to allocate: tranches in descending order of preference, and the table
/// they point into. Immutable; shared by every feedback object that was told of it.
class Feedback {
public:
    /// `main_device` is what clients below version 6 are told to allocate on. `tranches` must hold
    /// one with the Sampling flag whose target is `main_device` (the spec's rules for both
    /// versions); none may be empty or without a flag, and no two with the same target and flags
    /// may share a pair. Errors: InvalidFormat with the rule that is broken, and those of
    /// FormatTable::create().
    static Result<std::shared_ptr<const Feedback>> create(dev_t main_device,
                                                          std::vector<Tranche> tranches);

    dev_t main_device() const noexcept { return main_device_; }
    std::span<const Tranche> tranches() const noexcept { return tranches_; }
    const FormatTable& table() const noexcept { return table_; }
    /// Indices of the pairs of `tranches()[tranche]` in the table, in the tranche's order.
    std::span<const std::uint16_t> indices(std::size_t tranche) const { return indices_[tranche]; }

    /// Whether a client that was told of this feedback may create a buffer of `pair`.
    bool contains(FormatModifier pair) const noexcept { return table_.formats().contains(pair); }

    /// Whether a client would be told the same.
    bool same_content(const Feedback& other) const noexcept {
        return main_device_ == other.main_device_ && tranches_ == other.tranches_;
    }

private:
    Feedback(dev_t main_device, std::vector<Tranche> tranches, FormatTable table);

    dev_t main_device_;
    std::vector<Tranche> tranches_;
    FormatTable table_;
    std::vector<std::vector<std::uint16_t>> indices_;
};

} // namespace tarmac
