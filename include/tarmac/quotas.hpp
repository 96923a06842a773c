#pragma once

#include <cstdint>

namespace tarmac {

/// A quarter of the file descriptors that this process may open (RLIMIT_NOFILE): a compositor does
/// well to raise its limit before it asks.
std::uint64_t default_descriptor_quota() noexcept;

/// How much one client may have at a time; 0 means as much as it likes. Past a quota of requests
/// that can't be answered the client gets wl_display.no_memory, past one of buffers `failed`. What
/// a buffer holds counts until nobody reads it any more, also after its wl_buffer is gone.
struct Quotas {
    std::uint64_t params = 1024; ///< zwp_linux_buffer_params_v1 objects not used yet
    std::uint64_t descriptors = default_descriptor_quota(); ///< of planes, in params and in buffers
    std::uint64_t buffers = 4096;
    std::uint64_t mapped_bytes = 4ull << 30; ///< of dma-bufs, mapped into this process
    std::uint64_t copied_bytes = 1ull << 30; ///< of copies that its surfaces show
    /// Commits that wait to be shown. Past it the picture that has waited for the longest is
    /// skipped; a client whose synchronized subsurfaces pile up more gets no_memory.
    std::uint64_t held_commits = 512;
};

} // namespace tarmac
