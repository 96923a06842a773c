#pragma once

#include <cstdint>
#include <span>
#include <tarmac/error.hpp>
#include <tarmac/fd.hpp>

#include "inspect/report.hpp"

namespace tarmac::inspect {

/// A dma-buf with `content` at its start. Error: a sentence.
Result<Fd> make_dmabuf(const Maker& maker, std::span<const std::uint8_t> content);

} // namespace tarmac::inspect
