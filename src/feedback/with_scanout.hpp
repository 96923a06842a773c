#pragma once

#include <tarmac/feedback.hpp>

namespace tarmac {

/// `base` behind a tranche of what is scanned out, with the table of `base`, which has to have all
/// of its formats. Errors: those of FeedbackBuilder::build().
Result<std::shared_ptr<const Feedback>> with_scanout(const std::shared_ptr<const Feedback>& base,
                                                     Tranche scanout);

} // namespace tarmac
