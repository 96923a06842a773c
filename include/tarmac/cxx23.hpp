#pragma once

// First in every C++ header, so that a compiler that is too old says so before it stumbles. C
// programs, and C++ ones of an older standard, include <tarmac/tarmac.h>.
#if !defined(__cplusplus) || __cplusplus < 202100L
#error "Tarmac's C++ headers need C++23: compile with -std=c++23, or include <tarmac/tarmac.h>."
#else
#include <version>
#if !defined(__cpp_lib_expected) || __cpp_lib_expected < 202202L
#error "Tarmac needs std::expected of C++23: use g++ 14, clang++ 19, or newer ones."
#elif !defined(__clang__) && !defined(__cpp_explicit_this_parameter)
#error "Tarmac needs explicit object parameters of C++23: use g++ 14 or newer."
#endif
#endif

#include <tarmac/export.h>
