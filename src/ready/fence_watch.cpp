#include "ready/fence_watch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <format>
#include <linux/dma-buf.h>
#include <map>
#include <poll.h>
#include <set>
#include <sys/ioctl.h>
#include <utility>
#include <vector>
#include <wayland-server-core.h>

#include "wlr/end_of_turn.hpp"

namespace tarmac {

namespace {

short events_of(FenceWatch::Access access) {
    return access == FenceWatch::Access::Read ? POLLIN : POLLOUT;
}

std::unexpected<Error> fail_watch() {
    return fail(Fault::OutOfResources,
                std::format("fences can't be watched: {}", std::strerror(errno)));
}

/// The fences of a dma-buf at this moment as a file that gets readable. Empty where the kernel
/// makes none.
Result<Fd> snapshot(int dmabuf, FenceWatch::Access access) {
    dma_buf_export_sync_file request = {
        .flags =
            access == FenceWatch::Access::Read ? std::uint32_t{DMA_BUF_SYNC_READ} : DMA_BUF_SYNC_RW,
        .fd = -1,
    };
    if (ioctl(dmabuf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &request) == 0)
        return Fd{request.fd};
    if (errno == ENOTTY)
        return Fd{};
    return fail_watch();
}

} // namespace

/// What the tickets and the watch have in common.
struct FenceWatch::State {
    using Key = std::pair<const void*, ino_t>;

    explicit State(wl_event_loop* l) : loop{l}, end_of_turn{l, [this] { of_this_turn.clear(); }} {}

    Result<std::shared_ptr<Watch>> watch(const std::shared_ptr<State>& self, const void* owner,
                                         const DistinctDmabufs::Member& member, Access access);
    Result<std::shared_ptr<Watch>> watch(const std::shared_ptr<State>& self, int fd,
                                         std::uint32_t events);
    void remember(const Key& key, const std::shared_ptr<Watch>& watch);

    wl_event_loop* loop;
    std::set<Watch*> watches;
    std::map<Key, std::weak_ptr<Watch>> of_this_turn;
    EndOfTurn end_of_turn;
    bool is_watching = true;
};

/// One file that gets readable, for all who wait for it.
struct FenceWatch::Watch : std::enable_shared_from_this<Watch> {
    explicit Watch(std::shared_ptr<State> s) : state{std::move(s)} {}
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() { stop(); }

    void stop() {
        if (!source)
            return;
        wl_event_source_remove(std::exchange(source, nullptr));
        state->watches.erase(this);
    }
    void signal();

    std::shared_ptr<State> state;
    wl_event_source* source = nullptr; ///< none when it has signalled
    std::vector<Wait*> waits;
};

struct FenceWatch::Wait {
    explicit Wait(std::function<void()> r) : ready{std::move(r)} {}
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    ~Wait() {
        for (unsigned i = 0; i < n_watches; ++i)
            std::erase(watches[i]->waits, this);
    }

    void add(std::shared_ptr<Watch> watch) {
        watch->waits.push_back(this);
        watches[n_watches++] = std::move(watch);
        ++n_pending;
    }

    std::function<void()> ready;
    std::array<std::shared_ptr<Watch>, MaxPlanes> watches;
    unsigned n_watches = 0, n_pending = 0;
};

void FenceWatch::Watch::signal() {
    // The functions may destroy any ticket, which takes its wait out of the list, and the
    // FenceWatch.
    const auto self = shared_from_this();
    stop();
    while (!waits.empty() && state->is_watching) {
        Wait* wait = waits.front();
        waits.erase(waits.begin());
        if (--wait->n_pending == 0) {
            const auto ready = std::exchange(wait->ready, nullptr);
            ready();
        }
    }
}

Result<std::shared_ptr<FenceWatch::Watch>>
FenceWatch::State::watch(const std::shared_ptr<State>& self, int fd, std::uint32_t events) {
    const auto made = std::make_shared<Watch>(self);
    made->source = wl_event_loop_add_fd(
        loop, fd, events,
        [](int, std::uint32_t, void* data) {
            static_cast<Watch*>(data)->signal();
            return 0;
        },
        made.get());
    if (!made->source)
        return fail_watch();
    watches.insert(made.get());
    return made;
}

Result<std::shared_ptr<FenceWatch::Watch>>
FenceWatch::State::watch(const std::shared_ptr<State>& self, const void* owner,
                         const DistinctDmabufs::Member& member, Access access) {
    // What the compositor itself does with the memory may get fences within a turn, but those are
    // nothing to readers.
    const bool is_shared = owner && access == Access::Read;
    const Key key{owner, member.id};
    if (is_shared) {
        const auto found = of_this_turn.find(key);
        if (auto known = found != of_this_turn.end() ? found->second.lock() : nullptr;
            known && known->source)
            return known;
    }
    auto fences = snapshot(member.fd, access);
    if (!fences)
        return std::unexpected(fences.error());
    // The event loop takes a descriptor of its own.
    auto made = *fences ? watch(self, fences->get(), WL_EVENT_READABLE)
                        : watch(self, member.fd,
                                access == Access::Read ? WL_EVENT_READABLE : WL_EVENT_WRITABLE);
    if (made && is_shared)
        remember(key, *made);
    return made;
}

void FenceWatch::State::remember(const Key& key, const std::shared_ptr<Watch>& watch) {
    of_this_turn[key] = watch;
    end_of_turn.request();
}

void FenceWatch::Ticket::Destroy::operator()(Wait* wait) const noexcept {
    delete wait;
}

FenceWatch::FenceWatch(wl_event_loop* loop) : state_{std::make_shared<State>(loop)} {}

FenceWatch::~FenceWatch() {
    state_->is_watching = false;
    state_->end_of_turn.cancel();
    while (!state_->watches.empty())
        (*state_->watches.begin())->stop();
}

bool FenceWatch::is_idle(const DistinctDmabufs& dmabufs, Access access) noexcept {
    std::array<pollfd, MaxPlanes> files;
    const auto members = dmabufs.members();
    std::ranges::transform(members, files.begin(), [&](const DistinctDmabufs::Member& member) {
        return pollfd{member.fd, events_of(access), 0};
    });
    const auto asked = std::span{files}.first(members.size());
    poll(asked.data(), asked.size(), 0);
    return std::ranges::all_of(
        asked, [&](const pollfd& file) { return (file.revents & events_of(access)) != 0; });
}

bool FenceWatch::is_idle(const Dmabuf& image, Access access) noexcept {
    return is_idle(DistinctDmabufs{image}, access);
}

Result<FenceWatch::Ticket> FenceWatch::await(const void* owner, const DistinctDmabufs& dmabufs,
                                             Access access, std::function<void()> ready) {
    Ticket ticket{new Wait{std::move(ready)}};
    for (const auto& member : dmabufs.members()) {
        auto watch = state_->watch(state_, owner, member, access);
        if (!watch)
            return std::unexpected(watch.error());
        ticket.wait_->add(std::move(*watch));
    }
    return ticket;
}

Result<FenceWatch::Ticket> FenceWatch::await(const void* owner, const Dmabuf& image, Access access,
                                             std::function<void()> ready) {
    return await(owner, DistinctDmabufs{image}, access, std::move(ready));
}

Result<FenceWatch::Ticket> FenceWatch::await(const Fd& readable, std::function<void()> ready) {
    Ticket ticket{new Wait{std::move(ready)}};
    auto watch = state_->watch(state_, readable.get(), WL_EVENT_READABLE);
    if (!watch)
        return std::unexpected(watch.error());
    ticket.wait_->add(std::move(*watch));
    return ticket;
}

} // namespace tarmac
