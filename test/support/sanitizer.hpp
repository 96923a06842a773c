#pragma once

namespace test {

/// Whether this, and the compositor with it, is built with AddressSanitizer.
#if defined __SANITIZE_ADDRESS__
inline constexpr bool HasAddressSanitizer = true;
#else
inline constexpr bool HasAddressSanitizer = false;
#endif

} // namespace test
