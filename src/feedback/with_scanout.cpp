#include "feedback/with_scanout.hpp"

namespace tarmac {

Result<std::shared_ptr<const Feedback>> with_scanout(const std::shared_ptr<const Feedback>& base,
                                                     Tranche scanout) {
    FeedbackBuilder builder;
    builder.set_main_device(base->main_device()).share_table(base);
    builder.add_tranche(std::move(scanout));
    for (const Tranche& tranche : base->tranches())
        builder.add_tranche(tranche);
    return builder.build();
}

} // namespace tarmac
