#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <tarmac/error.hpp>
#include <tarmac/tarmac.h>
#include <type_traits>

#include "dmabuf/out_of_memory.hpp"

namespace tarmac::c {

tarmac_fault fault_of(const Error& error) noexcept;
/// -1 if none is wrong.
int plane_of(const Error& error) noexcept;

/// The sentence is cut where it is too long, between two characters. `error` may be nullptr.
void tell(tarmac_error* error, const Error& why) noexcept;

/// What `make` makes, a Result of a unique_ptr; nullptr where it can't, or throws.
template <class Make>
auto created(tarmac_error* error, Make&& make) noexcept ->
    typename std::invoke_result_t<Make>::value_type::pointer {
    try {
        if (auto made = make())
            return made->release();
        else
            tell(error, made.error());
    } catch (...) {
        // Nothing but a lack of memory makes this library throw.
        tell(error, out_of_memory());
    }
    return nullptr;
}

/// Whether `work`, which answers with a Result<void>, was done.
template <class Work>
bool done(tarmac_error* error, Work&& work) noexcept {
    try {
        const Result<void> result = work();
        if (!result)
            tell(error, result.error());
        return result.has_value();
    } catch (...) {
        // Nothing but a lack of memory makes this library throw.
        tell(error, out_of_memory());
        return false;
    }
}

/// `given`, a struct that begins with its size, as this version knows it: what the caller's doesn't
/// have is 0. Errors: Unsupported if the size isn't set, or the caller asks for what only a later
/// version knows.
template <class Struct>
Result<Struct> as_known_here(const Struct& given, const char* name) {
    static_assert(std::is_trivially_copyable_v<Struct> && offsetof(Struct, size) == 0);
    const auto* bytes = reinterpret_cast<const unsigned char*>(&given);
    if (given.size < sizeof given.size)
        return fail(Fault::Unsupported,
                    std::string{name} + ".size isn't set: it is sizeof(struct " + name + ")");
    for (std::size_t i = sizeof given; i < given.size; ++i) {
        if (bytes[i] != 0)
            return fail(Fault::Unsupported,
                        std::string{name} + " asks for what only a later version of Tarmac knows");
    }
    Struct known{};
    std::memcpy(&known, bytes, std::min(given.size, sizeof known));
    known.size = sizeof known;
    return known;
}

/// Fills `to`, whose size its caller has set, with as much of `from` as that has, and the rest of
/// it with 0. False if the size isn't set.
template <class Struct>
bool fill(Struct& to, Struct from) noexcept {
    if (to.size < sizeof to.size)
        return false;
    from.size = to.size;
    auto* bytes = reinterpret_cast<unsigned char*>(&to);
    std::memcpy(bytes, &from, std::min(from.size, sizeof from));
    for (std::size_t i = sizeof from; i < from.size; ++i)
        bytes[i] = 0;
    return true;
}

} // namespace tarmac::c
