#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <optional>

#include "account/client_account.hpp"
#include "import/copy_buffer.hpp"
#include "ready/disposal.hpp"
#include "wlr/listener.hpp"

namespace tarmac {

/// The copies that a surface shows, used again and again: as in a swapchain each has an age, so
/// that no more has to be copied than what has changed since. Contents have numbers in the order in
/// which the client committed them, whether or not they are copied.
class CopyRing {
public:
    /// Asked before so many bytes are taken.
    using TakeCharge = std::function<Result<ClientAccount::Charge>(std::uint64_t bytes)>;

    /// Takes what isn't needed any more.
    using Dispose = std::function<void(Disposal::Unused)>;

    /// `on_free` is called when a copy is unlocked after acquire() found all locked.
    CopyRing(TakeCharge take_charge, Dispose dispose, std::function<void()> on_free)
        : take_charge_{std::move(take_charge)}
        , dispose_{std::move(dispose)}
        , on_free_{std::move(on_free)} {}
    ~CopyRing() { clear(); }
    CopyRing(const CopyRing&) = delete;
    CopyRing& operator=(const CopyRing&) = delete;

    /// The next content differs from the one before only in `damage`, in pixels of the picture the
    /// right way up, or, with nullptr, anywhere: it is the first, of another size, in other
    /// colours, seen in another part. Returns its number: 1, 2, ….
    std::uint64_t note_content(const Region* damage);

    struct Slot {
        CopyBuffer* buffer; ///< borrowed: to be locked while it is written to
        Region stale;       ///< where it differs from the content that was asked for
    };
    /// A copy that nobody has locked, to be made one of that content, which `image` holds. It is
    /// one of nothing until finish(). There are 4 at most, made when they are needed; those of
    /// other sizes and formats go. Errors: OutOfResources, also if the charge is refused; NotReady
    /// if all are locked: see on_free.
    Result<Slot> acquire(std::shared_ptr<const Dmabuf> image, const Rendition& rendition,
                         std::uint64_t content);
    /// `buffer` has that content now. Neither minds a buffer that has left the ring meanwhile.
    void finish(const CopyBuffer& buffer, std::uint64_t content) noexcept;
    /// Nothing is known of what is in `buffer`. So it is after acquire() anyway.
    void abandon(const CopyBuffer& buffer) noexcept;

    /// Disposes of the copies.
    void clear();
    bool is_empty() const noexcept { return copies_.empty(); }
    std::uint64_t size_in_bytes() const noexcept;

private:
    struct Copy {
        std::unique_ptr<CopyBuffer, BufferDrop> buffer;
        std::shared_ptr<const ClientAccount::Charge> charge;
        std::uint64_t content = 0; ///< 0: unknown
    };

    void await_free();
    Result<Copy*> find_free(Extent extent, const Rendition& rendition);
    Result<Copy*> add(Extent extent, const Rendition& rendition);
    void dispose_if(auto&& condition);
    std::optional<Region> difference(std::uint64_t a, std::uint64_t b) const;

    TakeCharge take_charge_;
    Dispose dispose_;
    std::function<void()> on_free_;
    std::list<Copy> copies_;
    std::list<Listener> freed_; ///< while all copies are locked, when somebody wants one
    std::uint64_t newest_ = 0;
    /// Of the last contents, the newest last; nothing stands for anywhere.
    std::deque<std::optional<Region>> damages_;
};

} // namespace tarmac
