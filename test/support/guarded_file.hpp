#pragma once

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <sys/mman.h>
#include <tarmac/fd.hpp>
#include <unistd.h>

#include "ready/bus_fault_guard.hpp"

namespace test {

/// A file of ones, mapped, that can lose its memory.
class GuardedFile {
public:
    explicit GuardedFile(std::size_t pages = 2)
        : size{pages * static_cast<std::size_t>(getpagesize())} {
        const std::string ones(size, 1);
        REQUIRE(write(file_.get(), ones.data(), size) == static_cast<ssize_t>(size));
        memory = static_cast<volatile const std::uint8_t*>(
            mmap(nullptr, size, PROT_READ, MAP_SHARED, file_.get(), 0));
    }
    ~GuardedFile() { munmap(const_cast<std::uint8_t*>(memory), size); }
    GuardedFile(const GuardedFile&) = delete;
    GuardedFile& operator=(const GuardedFile&) = delete;

    void truncate(off_t length = 0) { REQUIRE(ftruncate(file_.get(), length) == 0); }
    tarmac::GuardedRange guard() const { return {const_cast<const std::uint8_t*>(memory), size}; }

    std::size_t size;
    volatile const std::uint8_t* memory;

private:
    tarmac::Fd file_{memfd_create("guarded", MFD_CLOEXEC)};
};

} // namespace test
