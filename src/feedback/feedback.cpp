#include <algorithm>
#include <tarmac/feedback.hpp>

namespace tarmac {

namespace {

/// Where zwp_linux_dmabuf_feedback_v1.tranche_flags has the flag sampling, for which main_device
/// went
constexpr std::uint32_t SamplingSince = 6;

bool is_sampling(const Tranche& tranche) {
    return has(tranche.flags, TrancheFlags::Sampling);
}

/// Whether clients below SamplingSince, which are told of no flag but scanout, can't tell the
/// devices and flags of the two apart.
bool same_for_older(const Tranche& a, const Tranche& b) {
    return a.target_device == b.target_device &&
           has(a.flags, TrancheFlags::Scanout) == has(b.flags, TrancheFlags::Scanout);
}

FormatSet all_pairs(std::span<const Tranche> tranches) {
    FormatSet all;
    for (const Tranche& tranche : tranches) {
        for (const FormatModifier& pair : tranche.formats)
            all.add(pair);
    }
    return all;
}

} // namespace

Feedback::Feedback(dev_t main_device, std::vector<Tranche> tranches,
                   std::shared_ptr<const FormatTable> table)
    : main_device_{main_device}, tranches_{std::move(tranches)}, table_{std::move(table)} {
    for (const Tranche& tranche : tranches_) {
        std::vector<std::uint16_t>& indices = indices_.emplace_back();
        indices.reserve(tranche.formats.size());
        for (const FormatModifier& pair : tranche.formats)
            indices.push_back(static_cast<std::uint16_t>(table_->formats().position(pair)));
    }
}

bool Feedback::tells_same(const Feedback& other, std::uint32_t version) const noexcept {
    if (version >= SamplingSince)
        return tranches_ == other.tranches_;
    return main_device_ == other.main_device_ &&
           std::ranges::equal(tranches_, other.tranches_, [](const Tranche& a, const Tranche& b) {
               return same_for_older(a, b) && a.formats == b.formats;
           });
}

void FeedbackBuilder::append(Tranche tranche) {
    for (const Tranche& earlier : tranches_) {
        if (same_for_older(earlier, tranche))
            tranche.formats = tranche.formats.without(earlier.formats);
    }
    if (!tranche.formats.empty())
        tranches_.push_back(std::move(tranche));
}

Result<std::shared_ptr<const Feedback>> FeedbackBuilder::build() const {
    const auto without_flag = [](const Tranche& t) { return t.flags == TrancheFlags::None; };
    if (std::ranges::any_of(tranches_, without_flag))
        return fail(Fault::InvalidFormat, "a feedback tranche has no flag");

    const auto sampling = std::ranges::find_if(tranches_, [this](const Tranche& t) {
        return is_sampling(t) && t.target_device == main_device_.value_or(t.target_device);
    });
    if (sampling == tranches_.end())
        return fail(Fault::InvalidFormat, "no sampling tranche with formats targets the main "
                                          "device");

    return table_of(all_pairs(tranches_)).transform([&](auto&& table) {
        return std::shared_ptr<const Feedback>(
            new Feedback(sampling->target_device, tranches_, std::move(table)));
    });
}

Result<std::shared_ptr<const FormatTable>> FeedbackBuilder::table_of(FormatSet pairs) const {
    if (table_owner_ && table_owner_->table().formats().has_same_pairs(pairs))
        return table_owner_->table_;
    return FormatTable::create(std::move(pairs)).transform([](FormatTable&& table) {
        return std::make_shared<const FormatTable>(std::move(table));
    });
}

} // namespace tarmac
