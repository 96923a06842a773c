#pragma once

#include <tarmac/cxx23.hpp>

#include <tarmac/error.hpp>
#include <utility>

namespace tarmac {

/// Owns one file descriptor and closes it once. Moved, never copied.
class TARMAC_EXPORT Fd {
public:
    Fd() noexcept = default;
    /// Takes ownership of `fd`; -1 makes an empty Fd.
    explicit Fd(int fd) noexcept : fd_{fd} {}
    Fd(Fd&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
    Fd& operator=(Fd&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd();

    /// Borrowed: valid while this Fd lives. -1 if empty.
    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }

    /// A second descriptor of the same open file, close-on-exec (dup(2) shares the file offset).
    /// Error: OutOfResources when the process has no descriptor left.
    Result<Fd> duplicate() const { return duplicate(fd_); }
    /// The same for a descriptor that somebody else owns and keeps.
    static Result<Fd> duplicate(int borrowed);

private:
    int fd_ = -1;
};

} // namespace tarmac
