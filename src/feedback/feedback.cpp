#include <algorithm>
#include <tarmac/feedback.hpp>

namespace tarmac {

namespace {

bool is_sampling(const Tranche& tranche) {
    return has(tranche.flags, TrancheFlags::Sampling);
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

void FeedbackBuilder::append(Tranche tranche) {
    for (const Tranche& earlier : tranches_) {
        // Clients below version 6 are told of no flag but this.
        const bool same_for_all = earlier.target_device == tranche.target_device &&
                                  has(earlier.flags, TrancheFlags::Scanout) ==
                                      has(tranche.flags, TrancheFlags::Scanout);
        if (same_for_all)
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
