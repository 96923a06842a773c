#pragma once

#include <tarmac/dmabuf.hpp>

#include "fuzz/input.hpp"

namespace test {

/// What a client or an embedder may say of colours, and any other numbers.
tarmac::ColorState pick_color(FuzzInput& input);

/// Makes up a renderer, has it decided how it shows `image`, and checks that.
void check_decision(FuzzInput& input, const tarmac::Dmabuf& image);

} // namespace test
