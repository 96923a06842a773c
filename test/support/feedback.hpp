#pragma once

#include <tarmac/feedback.hpp>

namespace test {

inline tarmac::Result<std::shared_ptr<const tarmac::Feedback>>
build_feedback(dev_t main_device, std::vector<tarmac::Tranche> tranches) {
    tarmac::FeedbackBuilder builder;
    builder.set_main_device(main_device);
    for (tarmac::Tranche& tranche : tranches)
        builder.add_tranche(std::move(tranche));
    return builder.build();
}

} // namespace test
