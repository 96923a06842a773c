#include "fuzz/feedback_model.hpp"

#include <algorithm>
#include <array>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <unistd.h>

namespace test {

using namespace tarmac;

namespace {

using Pairs = std::vector<FormatModifier>;

constexpr std::uint32_t fourccs[] = {DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888, DRM_FORMAT_NV12,
                                     DRM_FORMAT_P010};
constexpr std::uint64_t modifiers[] = {DRM_FORMAT_MOD_LINEAR, DRM_FORMAT_MOD_INVALID,
                                       I915_FORMAT_MOD_X_TILED};

bool samples(const auto& tranche) {
    return (static_cast<unsigned>(tranche.flags) & 2) != 0;
}
bool scans_out(const auto& tranche) {
    return (static_cast<unsigned>(tranche.flags) & 1) != 0;
}

FormatSet pick_formats(FuzzInput& input, bool may_be_large) {
    FormatSet formats;
    // Rarely, since they take long: about as many as fit one event, or two, or three
    constexpr std::uint8_t Large = 0x5b;
    const auto how = input.number<std::uint8_t>();
    if (may_be_large && how == Large) {
        constexpr unsigned Thousands[] = {1, 2, 1, 1, 3, 1, 1, 1};
        const unsigned n = input.pick(Thousands) * 1024 - 4 + input.below(8);
        for (unsigned i = 0; i < n; ++i)
            formats.add({DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_X_TILED + i});
    }
    for (unsigned n = how % 8; n > 0; --n)
        formats.add({input.pick(fourccs), input.pick(modifiers)});
    return formats;
}

/// Each once, in an order of their own.
Pairs sorted(Pairs pairs) {
    std::ranges::sort(pairs, {}, [](const FormatModifier& pair) {
        return std::pair{pair.fourcc, pair.modifier};
    });
    const auto rest = std::ranges::unique(pairs);
    pairs.erase(rest.begin(), rest.end());
    return pairs;
}

Pairs pairs_of(const std::vector<ModelFeedback::Tranche>& tranches) {
    Pairs pairs;
    for (const auto& tranche : tranches)
        pairs.insert(pairs.end(), tranche.formats.begin(), tranche.formats.end());
    return sorted(std::move(pairs));
}

/// The table as linux-dmabuf-v1 lays it out.
Pairs read_table(const FormatTable& table) {
    struct Entry {
        std::uint32_t fourcc, unused;
        std::uint64_t modifier;
    };
    // One more, to see that there isn't.
    std::vector<Entry> entries(table.size_in_bytes() / sizeof(Entry) + 1);
    const ssize_t size = pread(table.fd(), entries.data(), entries.size() * sizeof(Entry), 0);
    FUZZ_CHECK(size == static_cast<ssize_t>(table.size_in_bytes()) && size % sizeof(Entry) == 0,
               "the table has another size than is told");
    entries.pop_back();
    Pairs pairs;
    pairs.reserve(entries.size());
    for (const Entry& entry : entries) {
        FUZZ_CHECK(entry.unused == 0, "the second word isn't used");
        pairs.push_back({entry.fourcc, entry.modifier});
    }
    return pairs;
}

} // namespace

bool ModelFeedback::tells_same(const ModelFeedback& other, unsigned version) const {
    const auto alike = [version](const Tranche& a, const Tranche& b) {
        return a.target_device == b.target_device && scans_out(a) == scans_out(b) &&
               (version < 6 || samples(a) == samples(b)) && a.formats == b.formats;
    };
    return (version >= 6 || main_device == other.main_device) &&
           std::ranges::equal(tranches, other.tranches, alike);
}

std::optional<ModelFeedback> FeedbackRequest::expected() const {
    ModelFeedback model{};
    for (const Tranche& given : tranches) {
        ModelFeedback::Tranche tranche{given.target_device, given.flags, {}};
        for (const FormatModifier& pair : given.formats) {
            const bool is_known = std::ranges::any_of(model.tranches, [&](const auto& earlier) {
                return earlier.target_device == given.target_device &&
                       scans_out(earlier) == scans_out(given) &&
                       std::ranges::find(earlier.formats, pair) != earlier.formats.end();
            });
            if (!is_known)
                tranche.formats.push_back(pair);
        }
        if (tranche.formats.size() > 0)
            model.tranches.push_back(std::move(tranche));
    }
    const ModelFeedback::Tranche* main = nullptr;
    for (const auto& tranche : model.tranches) {
        if (tranche.flags == TrancheFlags::None)
            return std::nullopt;
        if (!main && samples(tranche) && (!main_device || *main_device == tranche.target_device))
            main = &tranche;
    }
    if (!main)
        return std::nullopt;
    model.main_device = main->target_device;
    return model;
}

Result<std::shared_ptr<const Feedback>> FeedbackRequest::build() {
    FeedbackBuilder builder;
    if (main_device)
        builder.set_main_device(*main_device);
    if (table_owner)
        builder.share_table(table_owner);
    for (Tranche& tranche : std::exchange(tranches, {}))
        builder.add_tranche(std::move(tranche));
    return builder.build();
}

FeedbackRequest pick_request(FuzzInput& input, const std::shared_ptr<const Feedback>& table_owner,
                             bool may_be_large) {
    FeedbackRequest request;
    if (input.below(4) == 3)
        request.main_device = input.below(3);
    if (input.coin())
        request.table_owner = table_owner;
    bool has_large = !may_be_large;
    for (unsigned n = input.below(6); n > 0; --n) {
        constexpr std::array<unsigned, 6> flags{2, 1, 3, 2, 2, 0};
        request.tranches.push_back({.target_device = input.below(3),
                                    .flags = static_cast<TrancheFlags>(input.pick(flags)),
                                    .formats = pick_formats(input, !has_large)});
        has_large |= request.tranches.back().formats.size() >= ManyPairs;
    }
    return request;
}

void check_built(const Feedback& built, const FeedbackRequest& request,
                 const ModelFeedback& expected) {
    FUZZ_CHECK(built.main_device() == expected.main_device, "another main device");
    const auto is_as_expected = [](const Tranche& tranche, const ModelFeedback::Tranche& wanted) {
        return tranche.target_device == wanted.target_device && tranche.flags == wanted.flags &&
               std::ranges::equal(tranche.formats, wanted.formats);
    };
    FUZZ_CHECK(std::ranges::equal(built.tranches(), expected.tranches, is_as_expected),
               "other tranches");
    const Pairs table = read_table(built.table());
    FUZZ_CHECK(std::ranges::equal(table, built.table().formats()), "the table tells other pairs");
    const Pairs wanted = pairs_of(expected.tranches);
    FUZZ_CHECK(table.size() == wanted.size(), "too many pairs in the table, or too few");
    for (const FormatModifier& pair : wanted)
        FUZZ_CHECK(built.contains(pair), "a pair isn't in the table");
    for (std::size_t i = 0; i < expected.tranches.size(); ++i) {
        const auto indices = built.indices(i);
        const Pairs& formats = expected.tranches[i].formats;
        FUZZ_CHECK(std::ranges::equal(indices, formats, {},
                                      [&](std::uint16_t index) { return table.at(index); }),
                   "an index points to another pair");
    }
    const auto& owner = request.table_owner;
    const bool can_share =
        owner && owner->table().formats().size() == wanted.size() &&
        sorted({owner->table().formats().begin(), owner->table().formats().end()}) == wanted;
    FUZZ_CHECK((owner && &owner->table() == &built.table()) == can_share, "the table's owner");
    constexpr int Seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    FUZZ_CHECK((fcntl(built.table().fd(), F_GET_SEALS) & Seals) == Seals, "it can be changed");
}

} // namespace test
