#pragma once

/// Of functions that in_widest_vectors() reaches: as calls they would be no vector code.
#define TARMAC_INLINED [[gnu::always_inline]] inline

namespace tarmac {

#ifdef __x86_64__
template <typename Work>
[[gnu::target("avx2")]] void with_avx2(const Work& work) {
    work();
}
template <typename Work>
[[gnu::target("arch=x86-64-v4,prefer-vector-width=512")]] void with_avx512(const Work& work) {
    work();
}
#endif

/// Calls `work`, a lambda that is always inlined, as everything in it should be: where the CPU has
/// AVX2 it is code with that, of which compilers by themselves make no use, since not every x86-64
/// has it. It has vectors of twice the width, and multiplies 32 bits in them. Elsewhere what every
/// CPU has is good enough.
template <typename Work>
void in_widest_vectors(const Work& work) {
#ifdef __x86_64__
    if (__builtin_cpu_supports("x86-64-v4"))
        return with_avx512(work);
    if (__builtin_cpu_supports("avx2"))
        return with_avx2(work);
#endif
    work();
}

} // namespace tarmac
