#include <tarmac/error.hpp>

#include "dmabuf/formatted.hpp"

namespace tarmac {

ErrorKind Error::kind() const noexcept {
    switch (fault) {
    case Fault::NotAvailable:
        return ErrorKind::NotAvailable;
    case Fault::InvalidFormat:
        return ErrorKind::UnsupportedFormat;
    default:
        return ErrorKind::CreationFailed;
    }
}

std::unexpected<Error> fail(Fault fault, std::string message) {
    return std::unexpected(Error{fault, std::nullopt, std::move(message)});
}

std::unexpected<Error> fail_plane(Fault fault, unsigned plane, std::string_view message) {
    return std::unexpected(Error{fault, plane, formatted("plane {}: {}", plane, message)});
}

} // namespace tarmac
