#pragma once

#include <memory>
#include <tarmac/feedback.hpp>

struct tarmac_feedback {
    std::shared_ptr<const tarmac::Feedback> feedback;
};
