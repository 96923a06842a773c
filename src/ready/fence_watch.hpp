#pragma once

#include <functional>
#include <memory>
#include <tarmac/dmabuf.hpp>

#include "dmabuf/distinct_dmabufs.hpp"

struct wl_event_loop;

namespace tarmac {

/// Tells when the fences of dma-bufs have signalled, without waiting for it. For the thread of the
/// event loop.
class FenceWatch {
    struct State;
    struct Watch;
    struct Wait;

public:
    /// What shall be done with the memory. Readers wait for those who write; who writes, or hands
    /// the memory back to be written to, waits for readers too.
    enum class Access { Read, Write };

    /// A wait that is wanted. It may be destroyed at any time, from within its own function too;
    /// then the function isn't called any more.
    class Ticket {
    public:
        Ticket() = default;
        /// Whether it was taken by await() and not given up. Stays true when the function was
        /// called.
        explicit operator bool() const noexcept { return wait_ != nullptr; }

    private:
        friend FenceWatch;
        struct Destroy {
            void operator()(Wait* wait) const noexcept;
        };
        explicit Ticket(Wait* wait) noexcept : wait_{wait} {}

        std::unique_ptr<Wait, Destroy> wait_;
    };

    explicit FenceWatch(wl_event_loop* loop);
    /// Tickets may stay; their functions aren't called.
    ~FenceWatch();
    FenceWatch(const FenceWatch&) = delete;
    FenceWatch& operator=(const FenceWatch&) = delete;

    /// Whether nothing is pending now: one poll() that doesn't wait, and nothing allocated.
    static bool is_idle(const DistinctDmabufs& dmabufs, Access access) noexcept;
    /// The same, for an image that is looked at once. One with several planes costs an fstat()
    /// each.
    static bool is_idle(const Dmabuf& image, Access access) noexcept;

    /// Calls `ready` once, from the event loop and never from inside this call, when all fences
    /// have signalled that the image's dma-bufs have now. Fences that come later don't count, nor
    /// does whether one signalled an error. The kernel's snapshot is
    /// DMA_BUF_IOCTL_EXPORT_SYNC_FILE; without it (Linux before 6.0) the dma-buf itself is watched,
    /// and later fences do count.
    ///
    /// `owner` is only compared: snapshots of one dma-buf for reading that one owner asks for
    /// within one turn of the event loop are one, since what a client sent in a turn was sent
    /// before it. nullptr shares with nobody. Error: OutOfResources when no descriptor or memory is
    /// left.
    Result<Ticket> await(const void* owner, const DistinctDmabufs& dmabufs, Access access,
                         std::function<void()> ready);
    Result<Ticket> await(const void* owner, const Dmabuf& image, Access access,
                         std::function<void()> ready);
    /// The same for a fence of one's own: a sync_file, an eventfd, or whatever gets readable.
    Result<Ticket> await(const Fd& readable, std::function<void()> ready);

private:
    std::shared_ptr<State> state_;
};

} // namespace tarmac
