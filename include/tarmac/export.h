#pragma once

// What the library exports. All else that it holds is hidden, so that it can change: the list is in
// test/embed/exports.txt.
#if defined(__GNUC__)
#define TARMAC_EXPORT __attribute__((visibility("default")))
#define TARMAC_LOCAL __attribute__((visibility("hidden")))
#else
#define TARMAC_EXPORT
#define TARMAC_LOCAL
#endif
