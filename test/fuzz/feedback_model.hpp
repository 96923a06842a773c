#pragma once

#include <memory>
#include <optional>
#include <tarmac/feedback.hpp>
#include <vector>

#include "fuzz/input.hpp"

namespace test {

/// Are many for a table.
constexpr unsigned ManyPairs = 1000;

/// Feedback as lists that are looked through from the start.
struct ModelFeedback {
    struct Tranche {
        dev_t target_device;
        tarmac::TrancheFlags flags;
        std::vector<tarmac::FormatModifier> formats;

        friend bool operator==(const Tranche&, const Tranche&) = default;
    };
    dev_t main_device;
    std::vector<Tranche> tranches;

    /// Whether a client of `version` is told the same.
    bool tells_same(const ModelFeedback& other, unsigned version) const;

    friend bool operator==(const ModelFeedback&, const ModelFeedback&) = default;
};

/// What a FeedbackBuilder is given.
struct FeedbackRequest {
    std::optional<dev_t> main_device;
    std::vector<tarmac::Tranche> tranches;
    std::shared_ptr<const tarmac::Feedback> table_owner;

    /// What FeedbackBuilder promises of it; nothing where a rule is broken.
    std::optional<ModelFeedback> expected() const;
    /// Gives the tranches away: they may be large.
    tarmac::Result<std::shared_ptr<const tarmac::Feedback>> build();
};

FeedbackRequest pick_request(FuzzInput& input,
                             const std::shared_ptr<const tarmac::Feedback>& table_owner,
                             bool may_be_large);

/// That `built`, with its table as clients map it, is what was asked for.
void check_built(const tarmac::Feedback& built, const FeedbackRequest& request,
                 const ModelFeedback& expected);

} // namespace test
