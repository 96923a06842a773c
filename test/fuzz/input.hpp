#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <type_traits>

namespace test {

/// What a fuzzer has made up, as numbers. Once it has run out all of them are 0, so that a short
/// input means something, too.
class FuzzInput {
public:
    FuzzInput(const std::uint8_t* data, std::size_t size) : rest_{data, size} {}

    bool is_empty() const { return rest_.empty(); }
    std::size_t size() const { return rest_.size(); }

    /// The lowest byte comes first, on every machine: a corpus is for all.
    template <std::unsigned_integral T>
    T number() {
        std::uint64_t value = 0;
        const std::size_t n = std::min(sizeof(T), rest_.size());
        for (std::size_t i = 0; i < n; ++i)
            value |= std::uint64_t{rest_[i]} << 8 * i;
        rest_ = rest_.subspan(n);
        return static_cast<T>(value);
    }
    bool coin() { return (number<std::uint8_t>() & 1) != 0; }
    /// 0 to `n` - 1.
    unsigned below(unsigned n) {
        return (n > 256 ? number<std::uint32_t>() : number<std::uint8_t>()) % n;
    }
    template <class Range>
    const auto& pick(const Range& range) {
        return *std::next(std::begin(range), below(static_cast<unsigned>(std::size(range))));
    }
    /// At most `n` bytes.
    std::span<const std::uint8_t> bytes(std::size_t n) {
        const auto taken = rest_.first(std::min(n, rest_.size()));
        rest_ = rest_.subspan(taken.size());
        return taken;
    }

private:
    std::span<const std::uint8_t> rest_;
};

/// Ends the process with a sentence, which fuzzers take for a crash.
[[noreturn]] inline void fuzz_failure(const char* file, int line, const std::string& what) {
    std::fprintf(stderr, "%s:%d: %s\n", file, line, what.c_str());
    std::abort();
}

} // namespace test

/// `WHAT` is a string, made only if it is needed.
#define FUZZ_CHECK(CONDITION, WHAT)                                                                \
    ((CONDITION) ? void()                                                                          \
                 : test::fuzz_failure(__FILE__, __LINE__, #CONDITION ": " + std::string(WHAT)))
