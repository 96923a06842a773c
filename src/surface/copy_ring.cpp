#include "surface/copy_ring.hpp"

#include <algorithm>
#include <poll.h>

namespace tarmac {

namespace {

// One is shown, one is about to be, and renderers may keep one more.
constexpr std::size_t MaxCopies = 4;
// Copies that are older are made anew.
constexpr std::size_t MaxDamages = 16;

bool is_idle(const CopyBuffer& copy) {
    pollfd file{.fd = copy.memory()->dmabuf_fd(), .events = POLLOUT, .revents = 0};
    return file.fd < 0 || poll(&file, 1, 0) == 1;
}

} // namespace

std::uint64_t CopyRing::note_content(const Region* damage) {
    damages_.push_back(damage ? std::optional<Region>{*damage} : std::nullopt);
    if (damages_.size() > MaxDamages)
        damages_.pop_front();
    return ++newest_;
}

/// What may have changed from one content to the other; nothing if it may be anything.
std::optional<Region> CopyRing::difference(std::uint64_t a, std::uint64_t b) const {
    const auto [older, newer] = std::minmax(a, b);
    const std::uint64_t forgotten = newest_ - damages_.size();
    if (older == 0 || older < forgotten || newer > newest_)
        return std::nullopt;
    Region all;
    for (std::uint64_t content = older + 1; content <= newer; ++content) {
        const std::optional<Region>& damage = damages_[content - forgotten - 1];
        if (!damage)
            return std::nullopt;
        all.add(*damage);
    }
    return all;
}

Result<CopyRing::Slot> CopyRing::acquire(std::shared_ptr<const Dmabuf> image,
                                         const Rendition& rendition, std::uint64_t content) {
    const Extent extent{image->width(), image->height()};
    return find_free(extent, rendition).transform([&](Copy* copy) {
        const Region whole{Rect{0, 0, static_cast<std::int32_t>(extent.width),
                                static_cast<std::int32_t>(extent.height)}};
        std::optional<Region> stale;
        if (copy->buffer->rendition() == rendition)
            stale = difference(copy->content, content);
        if (stale)
            stale->intersect(whole.get());
        copy->content = 0;
        copy->buffer->show(std::move(image), rendition);
        return Slot{copy->buffer.get(), stale.value_or(whole)};
    });
}

/// The one that needs the least work, of those that no GPU reads any more if there are any.
Result<CopyRing::Copy*> CopyRing::find_free(Extent extent, const Rendition& rendition) {
    dispose_if([&](const Copy& copy) { return !copy.buffer->fits(extent, rendition); });
    Copy *idle = nullptr, *busy = nullptr;
    for (Copy& copy : copies_) {
        if (copy.buffer->n_locks > 0)
            continue;
        Copy*& found = is_idle(*copy.buffer) ? idle : busy;
        if (!found || copy.content > found->content)
            found = &copy;
    }
    if (idle)
        return idle;
    if (copies_.size() < MaxCopies) {
        auto added = add(extent, rendition);
        return added || !busy ? added : busy;
    }
    if (busy)
        return busy;
    await_free();
    return fail(Fault::NotReady, "all copies of the surface are in use");
}

void CopyRing::await_free() {
    freed_.clear();
    for (const Copy& copy : copies_)
        freed_.emplace_back().connect(copy.buffer->events.release, [this] {
            freed_.clear();
            on_free_();
        });
}

Result<CopyRing::Copy*> CopyRing::add(Extent extent, const Rendition& rendition) {
    auto charge = take_charge_(CopyBuffer::size_of(extent, rendition));
    if (!charge)
        return std::unexpected(charge.error());
    return &copies_.emplace_back(CopyBuffer::create(extent, rendition),
                                 std::make_shared<const ClientAccount::Charge>(std::move(*charge)));
}

void CopyRing::dispose_if(auto&& condition) {
    // Who waits for a copy asks for one when told, and so must not be told for nothing.
    if (std::ranges::none_of(copies_, condition))
        return;
    const bool is_awaited = !freed_.empty();
    freed_.clear();
    std::erase_if(copies_, [&](Copy& copy) {
        if (!condition(copy))
            return false;
        const auto memory = copy.buffer->memory();
        dispose_({std::move(copy.charge), memory, memory->size(), std::move(copy.buffer)});
        return true;
    });
    if (is_awaited)
        on_free_();
}

void CopyRing::clear() {
    dispose_if([](const Copy&) { return true; });
}

std::uint64_t CopyRing::size_in_bytes() const noexcept {
    std::uint64_t size = 0;
    for (const Copy& copy : copies_)
        size += CopyBuffer::size_of(copy.buffer->extent(), copy.buffer->rendition());
    return size;
}

void CopyRing::finish(const CopyBuffer& buffer, std::uint64_t content) noexcept {
    for (Copy& copy : copies_) {
        if (copy.buffer.get() == &buffer)
            copy.content = content;
    }
}

void CopyRing::abandon(const CopyBuffer& buffer) noexcept {
    finish(buffer, 0);
}

} // namespace tarmac
