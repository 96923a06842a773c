#pragma once

#include <tarmac/cxx23.hpp>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace tarmac {

/// The three ways in which building a texture can end badly, as in GdkDmabufError.
enum class ErrorKind : std::uint8_t {
    NotAvailable,      ///< dma-bufs can't be imported here at all
    UnsupportedFormat, ///< the fourcc or the fourcc + modifier pair can't be imported
    CreationFailed,    ///< this one dma-buf, with these numbers, can't be imported
};

/// What exactly is wrong. Each fault belongs to one ErrorKind; the protocol maps each to the error
/// that linux-dmabuf-v1 names for it.
enum class Fault : std::uint8_t {
    NotAvailable,      ///< no renderer or no device that imports dma-bufs
    InvalidFormat,     ///< fourcc unknown, or the pair isn't in the table
    Incomplete,        ///< a plane is missing, or there are more than the format has
    InvalidDimensions, ///< width or height is 0 or beyond the limit
    OutOfBounds,       ///< offset, stride and rows don't fit the dma-buf or each other
    NotADmabuf,        ///< the fd isn't a dma-buf that can be used
    Unsupported,       ///< well-formed, but asks for what Tarmac doesn't do
    ImportFailed,      ///< the importer refused a well-formed dma-buf
    OutOfResources,    ///< the process has no fd or no memory left
    NotReady,          ///< somebody still uses the memory: worth another try later
};

/// Why something was refused: a value to decide by and a sentence to read.
struct [[nodiscard]] Error {
    Fault fault;
    std::optional<unsigned> plane; ///< index of the plane that is wrong, where one is
    std::string message;           ///< names the plane and the number that is wrong

    TARMAC_EXPORT ErrorKind kind() const noexcept;
};

template <class T>
using Result = std::expected<T, Error>;

/// `fail(Fault::X, "…")` reads better at a return than std::unexpected(Error{…}).
[[nodiscard]] TARMAC_EXPORT std::unexpected<Error> fail(Fault fault, std::string message);
/// Puts "plane N: " before `message`.
[[nodiscard]] TARMAC_EXPORT std::unexpected<Error> fail_plane(Fault fault, unsigned plane,
                                                              std::string_view message);

} // namespace tarmac
