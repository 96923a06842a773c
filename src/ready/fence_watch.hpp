#pragma once

#include <functional>
#include <memory>
#include <tarmac/dmabuf.hpp>

struct wl_event_loop;

namespace tarmac {

class Turn;

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

    /// `turn`, if given, is that of `loop`.
    explicit FenceWatch(wl_event_loop* loop, std::shared_ptr<Turn> turn = nullptr);
    /// Tickets may stay; their functions aren't called.
    ~FenceWatch();
    FenceWatch(const FenceWatch&) = delete;
    FenceWatch& operator=(const FenceWatch&) = delete;

    /// Whether nothing is pending now: one poll() that doesn't wait, and nothing allocated.
    static bool is_idle(const Dmabuf& image, Access access) noexcept;
    /// Calls `ready` once, from the event loop and never from inside this call, when all fences
    /// have signalled that the image's dma-bufs have now. Fences that come later don't count, nor
    /// does whether one signalled an error. The kernel's snapshot is
    /// DMA_BUF_IOCTL_EXPORT_SYNC_FILE; without it (Linux before 6.0) the dma-buf itself is watched,
    /// and later fences do count. Error: OutOfResources when no descriptor or memory is left.
    Result<Ticket> await(const Dmabuf& image, Access access, std::function<void()> ready);

    /// The same for reading, while a request of `client` (only compared) is dispatched. A dma-buf
    /// is asked once in a turn of the event loop, however many requests show it: what a client has
    /// dispatched in one turn is read from its connection before the first of it is, so it was
    /// sent, and had its fences, before that.
    bool is_idle_for(const void* client, const Dmabuf& image);
    Result<Ticket> await_for(const void* client, const Dmabuf& image, std::function<void()> ready);

    /// await() for a fence of one's own: a sync_file, an eventfd, or whatever gets readable.
    Result<Ticket> await(const Fd& readable, std::function<void()> ready);

private:
    std::shared_ptr<State> state_;
};

} // namespace tarmac
