#pragma once

namespace test {

/// Whether this, and the compositor with it, is built with AddressSanitizer.
inline constexpr bool HasAddressSanitizer = __has_feature(address_sanitizer);

} // namespace test
