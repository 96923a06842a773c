#pragma once

#include <tarmac/cxx23.hpp>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <unordered_map>
#include <vector>

struct wlr_drm_format_set;

namespace tarmac {

/// A pixel format together with a memory layout: what can be imported or not.
struct FormatModifier {
    std::uint32_t fourcc;   ///< DRM_FORMAT_*
    std::uint64_t modifier; ///< DRM_FORMAT_MOD_*, INVALID for implicit

    friend bool operator==(const FormatModifier&, const FormatModifier&) = default;
};

} // namespace tarmac

template <>
struct std::hash<tarmac::FormatModifier> {
    std::size_t operator()(const tarmac::FormatModifier& pair) const noexcept {
        return std::hash<std::uint64_t>{}(pair.modifier * 0x9e3779b97f4a7c15u ^ pair.fourcc);
    }
};

namespace tarmac {

/// Pairs of format and modifier in order of preference, each once. A value: copied, compared and
/// moved like one. Lookup takes constant time.
class TARMAC_EXPORT FormatSet {
public:
    FormatSet() = default;
    FormatSet(std::initializer_list<FormatModifier> pairs);

    /// Appends `pair` unless the set has it; says whether it was new.
    bool add(FormatModifier pair);
    bool contains(FormatModifier pair) const noexcept { return positions_.contains(pair); }

    std::size_t size() const noexcept { return pairs_.size(); }
    bool empty() const noexcept { return pairs_.empty(); }
    auto begin() const noexcept { return pairs_.begin(); }
    auto end() const noexcept { return pairs_.end(); }

    /// Position in the order of preference. `pair` must be in the set.
    std::size_t position(FormatModifier pair) const { return positions_.at(pair); }

    /// The pairs of this set that are in `other` too, in this set's order.
    FormatSet intersect(const FormatSet& other) const;
    /// The pairs of this set that aren't in `other`, in this set's order.
    FormatSet without(const FormatSet& other) const;

    /// Same pairs, whatever their order.
    bool has_same_pairs(const FormatSet& other) const;

    /// Same pairs in the same order.
    friend bool operator==(const FormatSet& a, const FormatSet& b) { return a.pairs_ == b.pairs_; }

private:
    std::vector<FormatModifier> pairs_;
    std::unordered_map<FormatModifier, std::size_t> positions_;
};

/// What of `set` (wlr_output_get_primary_formats(), say) this library knows and can make sense of,
/// in its order; the rest it would refuse.
TARMAC_EXPORT FormatSet to_format_set(const wlr_drm_format_set& set);
/// Adds `formats` to `set`, which sorts them by itself and is the caller's to finish
/// (wlr_drm_format_set_finish()). False without memory; `set` has a part of them then.
TARMAC_EXPORT bool add_formats(wlr_drm_format_set& set, const FormatSet& formats);

} // namespace tarmac
