#include "c/catching.hpp"

#include <string_view>
#include <utility>

namespace tarmac::c {

namespace {

// C has them by number.
static_assert(TARMAC_FAULT_NOT_AVAILABLE == int{std::to_underlying(Fault::NotAvailable)} &&
              TARMAC_FAULT_INVALID_FORMAT == int{std::to_underlying(Fault::InvalidFormat)} &&
              TARMAC_FAULT_INCOMPLETE == int{std::to_underlying(Fault::Incomplete)} &&
              TARMAC_FAULT_INVALID_DIMENSIONS ==
                  int{std::to_underlying(Fault::InvalidDimensions)} &&
              TARMAC_FAULT_OUT_OF_BOUNDS == int{std::to_underlying(Fault::OutOfBounds)} &&
              TARMAC_FAULT_NOT_A_DMABUF == int{std::to_underlying(Fault::NotADmabuf)} &&
              TARMAC_FAULT_UNSUPPORTED == int{std::to_underlying(Fault::Unsupported)} &&
              TARMAC_FAULT_IMPORT_FAILED == int{std::to_underlying(Fault::ImportFailed)} &&
              TARMAC_FAULT_OUT_OF_RESOURCES == int{std::to_underlying(Fault::OutOfResources)} &&
              TARMAC_FAULT_NOT_READY == int{std::to_underlying(Fault::NotReady)});

/// The bytes of `text` that fit into `room`, without half a character of UTF-8.
std::size_t whole_characters(std::string_view text, std::size_t room) {
    if (text.size() <= room)
        return text.size();
    const auto is_inside = [](char byte) { return (byte & 0xc0) == 0x80; };
    while (room > 0 && is_inside(text[room]))
        --room;
    return room;
}

} // namespace

tarmac_fault fault_of(const Error& error) noexcept {
    return static_cast<tarmac_fault>(error.fault);
}

int plane_of(const Error& error) noexcept {
    return error.plane ? static_cast<int>(*error.plane) : -1;
}

void tell(tarmac_error* error, const Error& why) noexcept {
    if (!error)
        return;
    error->fault = fault_of(why);
    error->plane = plane_of(why);
    const std::size_t length = whole_characters(why.message, sizeof error->message - 1);
    std::memcpy(error->message, why.message.data(), length);
    error->message[length] = '\0';
}

} // namespace tarmac::c
