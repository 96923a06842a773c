#pragma once

#include <tarmac/cxx23.hpp>

#include <memory>
#include <optional>
#include <span>
#include <sys/types.h>
#include <tarmac/error.hpp>
#include <tarmac/fd.hpp>
#include <tarmac/format_set.hpp>
#include <utility>
#include <vector>

namespace tarmac {

/// The format table that clients map: sealed, so that no client can change, shrink or grow it, and
/// therefore shared by all of them. Rule: zwp_linux_dmabuf_feedback_v1.format_table.
class TARMAC_EXPORT FormatTable {
public:
    /// The most pairs a table holds, so that their number and every index fit 16 bits.
    static constexpr std::size_t MaxPairs = 65535;

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
/// they point into. Immutable; made by a FeedbackBuilder, shared by every feedback object that was
/// told of it.
class TARMAC_EXPORT Feedback {
public:
    dev_t main_device() const noexcept { return main_device_; }
    std::span<const Tranche> tranches() const noexcept { return tranches_; }
    const FormatTable& table() const noexcept { return *table_; }
    /// Indices of the pairs of `tranches()[tranche]` in the table, in the tranche's order.
    std::span<const std::uint16_t> indices(std::size_t tranche) const { return indices_[tranche]; }

    /// Whether a client that was told of this feedback may create a buffer of `pair`.
    bool contains(FormatModifier pair) const noexcept { return table_->formats().contains(pair); }

    /// Whether a client of `version` of zwp_linux_dmabuf_v1 would be told the same: the main device
    /// is told of below version 6, and sampling since.
    bool tells_same(const Feedback& other, std::uint32_t version) const noexcept;

private:
    friend class FeedbackBuilder;
    TARMAC_LOCAL Feedback(dev_t main_device, std::vector<Tranche> tranches,
                          std::shared_ptr<const FormatTable> table);

    dev_t main_device_;
    std::vector<Tranche> tranches_;
    std::shared_ptr<const FormatTable> table_;
    std::vector<std::vector<std::uint16_t>> indices_;
};

/// Collects the tranches of a Feedback. Any thread, one at a time.
///
///     auto feedback = FeedbackBuilder{}
///                         .set_main_device(gpu)
///                         .add_tranche({display, TrancheFlags::Scanout, scanout_formats})
///                         .add_tranche({gpu, TrancheFlags::Sampling, importer.formats()})
///                         .build();
class TARMAC_EXPORT FeedbackBuilder {
public:
    /// What clients below version 6 are told to allocate on. Default: the target of the first
    /// sampling tranche.
    template <class Self>
    Self&& set_main_device(this Self&& self, dev_t device) {
        self.main_device_ = device;
        return std::forward<Self>(self);
    }

    /// Puts `tranche` behind those before it. Pairs that the same device has already, equally for
    /// scanout or not, are left out, since clients must not be told of them twice; so is a tranche
    /// of which nothing is left.
    template <class Self>
    Self&& add_tranche(this Self&& self, Tranche tranche) {
        self.append(std::move(tranche));
        return std::forward<Self>(self);
    }

    /// Uses the table of `other` instead of making one, if it has just the pairs of the tranches:
    /// feedback for a surface is often the default's pairs in another order.
    template <class Self>
    Self&& share_table(this Self&& self, std::shared_ptr<const Feedback> other) {
        self.table_owner_ = std::move(other);
        return std::forward<Self>(self);
    }

    /// Leaves the builder as it was. Errors: InvalidFormat with the rule that is broken (a tranche
    /// without a flag; no sampling tranche on the main device, which version 6 and those before it
    /// want), and those of FormatTable::create().
    Result<std::shared_ptr<const Feedback>> build() const;

private:
    void append(Tranche tranche);
    TARMAC_LOCAL Result<std::shared_ptr<const FormatTable>> table_of(FormatSet pairs) const;

    std::optional<dev_t> main_device_;
    std::vector<Tranche> tranches_;
    std::shared_ptr<const Feedback> table_owner_;
};

} // namespace tarmac
