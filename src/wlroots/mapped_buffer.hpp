#pragma once

#include <tarmac/dmabuf.hpp>
#include <tarmac/texture.hpp>

#include "import/mapping.hpp"

struct wlr_buffer;

namespace tarmac {

/// How a mapped dma-buf is given to whoever reads pixels.
struct MappedFormat {
    std::uint32_t fourcc; ///< that readers see
    bool is_copied; ///< they read a copy, converted if need be, rather than the dma-buf itself
};

/// A wlr_buffer whose pixels can be read through wlr_buffer_begin_data_ptr_access(), and which
/// doesn't tell its dma-buf, so that renderers read instead of importing it. The dma-buf is read,
/// and converted, once for every tell_new_content(). Empty if there is no memory for the copy.
BufferPtr create_mapped_buffer(std::shared_ptr<const Dmabuf> dmabuf, Mapping mapping,
                               MappedFormat format);
/// Bytes that such a buffer takes besides the mapping.
std::uint64_t copy_size(const Dmabuf& dmabuf, MappedFormat format) noexcept;

bool is_mapped_buffer(const wlr_buffer& buffer) noexcept;

/// The client has drawn into `buffer`, which may be any, and shows it anew.
void tell_new_content(wlr_buffer& buffer) noexcept;

} // namespace tarmac
