#pragma once

#include "inspect/format_layout.hpp"

namespace test {

using tarmac::inspect::all_format_layouts;
using tarmac::inspect::Component;
using tarmac::inspect::find_format_layout;
using tarmac::inspect::FormatLayout;
using tarmac::inspect::read_bits;
using tarmac::inspect::write_bits;

} // namespace test
