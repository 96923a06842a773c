#pragma once

#include <string>
#include <tarmac/error.hpp>
#include <tarmac/fd.hpp>

namespace tarmac {

/// A listening socket that only this process's user may connect to. Its file goes with it.
class InspectionSocket {
public:
    /// See Inspection::create().
    static Result<InspectionSocket> create(std::string path);

    InspectionSocket(InspectionSocket&& other) noexcept;
    InspectionSocket& operator=(InspectionSocket&&) = delete;
    ~InspectionSocket();

    const std::string& path() const noexcept { return path_; }
    int fd() const noexcept { return fd_.get(); } ///< borrowed

private:
    InspectionSocket(std::string path, Fd fd) : path_{std::move(path)}, fd_{std::move(fd)} {}

    std::string path_; ///< empty once it was moved from
    Fd fd_;
};

} // namespace tarmac
