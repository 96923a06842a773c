#pragma once

#include <atomic>

/// Of functions that in_widest_vectors() reaches: as calls they would be no vector code.
#define TARMAC_INLINED [[gnu::always_inline]] inline

namespace tarmac {

/// What vectors of a CPU are used. Compilers by themselves use what every CPU of its kind has: on
/// x86-64 that is half as wide as AVX2 is, and rearranges numbers in many steps that are one in
/// AVX-512. On others it is good enough.
enum class Vectors { OfEveryCpu, Avx2, Avx512 };

/// The widest that are used where the CPU has them: for tests and measurements.
inline std::atomic<Vectors> widest_vectors{Vectors::Avx512};

// Sanitizers see the same in each, and take long to compile.
#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TARMAC_IS_SANITIZED
#endif
#endif
#if defined(__x86_64__) && !defined(TARMAC_IS_SANITIZED)
#define TARMAC_HAS_WIDER_VECTORS
template <typename Work>
[[gnu::target("avx2")]] void with_avx2(const Work& work) {
    work();
}
template <typename Work>
[[gnu::target("avx512bw,avx512dq,avx512vl")]] void with_avx512(const Work& work) {
    work();
}
#endif

/// Calls `work`, a lambda that is always inlined, as everything in it has to be: it is compiled
/// once for each kind of vectors.
template <typename Work>
void in_widest_vectors(const Work& work) {
#ifdef TARMAC_HAS_WIDER_VECTORS
    const Vectors widest = widest_vectors.load(std::memory_order_relaxed);
    if (widest >= Vectors::Avx512 && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return with_avx512(work);
    if (widest >= Vectors::Avx2 && __builtin_cpu_supports("avx2"))
        return with_avx2(work);
#endif
    work();
}

} // namespace tarmac
