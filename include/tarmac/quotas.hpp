#pragma once

#include <tarmac/cxx23.hpp>

#include <cstdint>

namespace tarmac {

/// Three eighths of the file descriptors that this process may open (RLIMIT_NOFILE): a compositor
/// does well to raise its limit before it asks. As many again are for a driver that keeps one of
/// its own for each plane (llvmpipe does); the last quarter is for what libwayland receives before
/// anybody looks at it (some 150 descriptors), for connections, keymaps, wl_shm and devices.
TARMAC_EXPORT std::uint64_t default_descriptors() noexcept;
/// Half of the mappings that the kernel lets this process have (vm.max_map_count): the other half
/// is for its own memory, wl_shm and drivers. Without any, no allocation succeeds.
TARMAC_EXPORT std::uint64_t default_mappings() noexcept;
/// The memory of this machine, in bytes.
TARMAC_EXPORT std::uint64_t machine_memory() noexcept;

/// How much all clients together can make this process hold at a time.
///
/// What a client holds is charged to an account, which is that of
/// - its security context (sandbox engine and application), see
///   LinuxDmabuf::Options::security_contexts; or else
/// - the cgroup of its application, if it is in one that is named as systemd names those
///   (`app-*.scope`, `app-*.service`) and this process isn't in it too; or else
/// - its process, by pid and start time; or else
/// - the connection alone: with a socketpair the kernel names who made it, which is this process.
///
/// An account that holds h is given n more if h + n is at most half of what is left to it, h and
/// what nobody holds: the first may have half of each total, and whoever comes later finds half of
/// the rest. What a buffer holds counts until nobody reads it any more, also after its wl_buffer or
/// its client is gone. That an account has met its share is logged once for each resource.
/// Besides, each connection has some descriptors of its own (see `descriptors`), and a 512th of the
/// totals of objects and commits, so that many accounts together can't keep a newcomer out.
///
/// Past its share of `params`, `feedback_objects` and `binds`, requests that can't be answered, a
/// client gets wl_display.no_memory; past one of buffers, and of what they are made of, `failed`.
struct Quotas {
    static constexpr std::uint64_t Unlimited = UINT64_MAX;
    // Each is some hundred bytes to two kilobytes, so these are some ten megabytes; and when ten
    // accounts have taken all that they may, there are sixteen left.
    static constexpr std::uint64_t ManyObjects = 16384;

    std::uint64_t params = ManyObjects; ///< zwp_linux_buffer_params_v1 objects not used yet
    std::uint64_t feedback_objects = ManyObjects; ///< zwp_linux_dmabuf_feedback_v1
    std::uint64_t binds = ManyObjects;            ///< zwp_linux_dmabuf_v1
    std::uint64_t buffers = ManyObjects;
    /// Commits that wait to be shown. Past its share the picture of a client's that has waited for
    /// the longest is skipped; a client whose synchronized subsurfaces pile up more gets no_memory.
    std::uint64_t held_commits = ManyObjects;
    /// File descriptors: of planes, in params and in buffers; of copies; of fences that are waited
    /// for. Half of them and 96, three quarters at most, are set aside for connections, 24 for
    /// each as long as there are any, so that who comes late can start: a connection uses its own
    /// first. Which account gets more than one connection's, is a matter of shares too.
    std::uint64_t descriptors = default_descriptors();
    std::uint64_t mappings = default_mappings(); ///< of planes, and of copies
    /// Bytes of dma-bufs, mapped into this process: more than the machine has can't be there.
    std::uint64_t mapped_bytes = machine_memory();
    /// Bytes of copies that surfaces show. They are this process's, and can't be swapped out where
    /// renderers import them.
    std::uint64_t copied_bytes = machine_memory() / 2;

    /// No bound at all, to begin with for who sets few: see LinuxDmabuf::Options::policy.
    static constexpr Quotas unlimited() noexcept {
        return {Unlimited, Unlimited, Unlimited, Unlimited, Unlimited,
                Unlimited, Unlimited, Unlimited, Unlimited};
    }
};

} // namespace tarmac
