#include "ready/fence_watch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <linux/dma-buf.h>
#include <poll.h>
#include <set>
#include <sys/ioctl.h>
#include <utility>
#include <vector>
#include <wayland-server-core.h>

#include "dmabuf/distinct_dmabufs.hpp"
#include "dmabuf/formatted.hpp"
#include "wlr/guard.hpp"
#include "wlr/turn.hpp"

namespace tarmac {

namespace {

short events_of(FenceWatch::Access access) {
    return access == FenceWatch::Access::Read ? POLLIN : POLLOUT;
}

std::unexpected<Error> fail_watch() {
    return fail(Fault::OutOfResources,
                formatted("fences can't be watched: {}", std::strerror(errno)));
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
    /// What has been learnt of a dma-buf in this turn, for the requests of a client.
    struct Known {
        const void* client;
        ino_t inode;
        bool is_idle = false;
        std::weak_ptr<Watch> watch{};
    };

    Known& known(const void* client, const DistinctDmabufs::Member& member);
    Result<std::shared_ptr<Watch>> watch(const std::shared_ptr<State>& self,
                                         const DistinctDmabufs::Member& member, Access access);
    Result<std::shared_ptr<Watch>> watch(const std::shared_ptr<State>& self, int fd,
                                         std::uint32_t events);

    /// `watch` says what to watch for each of the image's dma-bufs.
    static Result<Ticket> await_all(const Dmabuf& image, std::function<void()> ready, auto&& watch);

    wl_event_loop* loop;
    std::shared_ptr<Turn> turn;
    std::set<Watch*> watches{};
    std::vector<Known> known_in_turn{};
    std::uint64_t turn_number = 0; ///< of the turn that those are of
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
    void signal() noexcept;

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

void FenceWatch::Watch::signal() noexcept {
    // The functions may destroy any ticket, which takes its wait out of the list, and the
    // FenceWatch.
    const auto self = shared_from_this();
    stop();
    while (!waits.empty() && state->is_watching) {
        Wait* wait = waits.front();
        waits.erase(waits.begin());
        if (--wait->n_pending == 0) {
            const auto ready = std::exchange(wait->ready, nullptr);
            guard(ready);
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
FenceWatch::State::watch(const std::shared_ptr<State>& self, const DistinctDmabufs::Member& member,
                         Access access) {
    auto fences = snapshot(member.fd, access);
    if (!fences)
        return std::unexpected(fences.error());
    // The event loop takes a descriptor of its own.
    return *fences ? watch(self, fences->get(), WL_EVENT_READABLE)
                   : watch(self, member.fd,
                           access == Access::Read ? WL_EVENT_READABLE : WL_EVENT_WRITABLE);
}

Result<FenceWatch::Ticket> FenceWatch::State::await_all(const Dmabuf& image,
                                                        std::function<void()> ready, auto&& watch) {
    Ticket ticket{new Wait{std::move(ready)}};
    const DistinctDmabufs dmabufs{image};
    for (const auto& member : dmabufs.members()) {
        auto made = watch(member);
        if (!made)
            return std::unexpected(made.error());
        ticket.wait_->add(std::move(*made));
    }
    return ticket;
}

FenceWatch::State::Known& FenceWatch::State::known(const void* client,
                                                   const DistinctDmabufs::Member& member) {
    const std::uint64_t now = turn ? turn->number() : turn_number + 1;
    if (std::exchange(turn_number, now) != now)
        known_in_turn.clear();
    const auto found = std::ranges::find_if(known_in_turn, [&](const Known& known) {
        return known.client == client && known.inode == member.inode;
    });
    return found != known_in_turn.end() ? *found : known_in_turn.emplace_back(client, member.inode);
}

void FenceWatch::Ticket::Destroy::operator()(Wait* wait) const noexcept {
    delete wait;
}

FenceWatch::FenceWatch(wl_event_loop* loop, std::shared_ptr<Turn> turn)
    : state_{std::make_shared<State>(loop, std::move(turn))} {}

FenceWatch::~FenceWatch() {
    state_->is_watching = false;
    while (!state_->watches.empty())
        (*state_->watches.begin())->stop();
}

bool FenceWatch::is_idle(const Dmabuf& image, Access access) noexcept {
    const DistinctDmabufs dmabufs{image};
    std::array<pollfd, MaxPlanes> files;
    std::ranges::transform(dmabufs.members(), files.begin(),
                           [&](const DistinctDmabufs::Member& member) {
                               return pollfd{member.fd, events_of(access), 0};
                           });
    const auto asked = std::span{files}.first(dmabufs.members().size());
    poll(asked.data(), asked.size(), 0);
    return std::ranges::all_of(
        asked, [&](const pollfd& file) { return (file.revents & events_of(access)) != 0; });
}

bool FenceWatch::is_idle_for(const void* client, const Dmabuf& image) {
    const DistinctDmabufs dmabufs{image};
    bool is_known_as_idle = true;
    for (const auto& member : dmabufs.members()) {
        const State::Known& known = state_->known(client, member);
        if (const auto watch = known.watch.lock(); watch && watch->source)
            return false;
        is_known_as_idle = is_known_as_idle && known.is_idle;
    }
    if (!is_known_as_idle && !is_idle(image, Access::Read))
        return false;
    for (const auto& member : dmabufs.members())
        state_->known(client, member).is_idle = true;
    return true;
}

Result<FenceWatch::Ticket> FenceWatch::await(const Dmabuf& image, Access access,
                                             std::function<void()> ready) {
    return State::await_all(image, std::move(ready), [&](const DistinctDmabufs::Member& member) {
        return state_->watch(state_, member, access);
    });
}

Result<FenceWatch::Ticket> FenceWatch::await_for(const void* client, const Dmabuf& image,
                                                 std::function<void()> ready) {
    return State::await_all(
        image, std::move(ready),
        [&](const DistinctDmabufs::Member& member) -> Result<std::shared_ptr<Watch>> {
            State::Known& known = state_->known(client, member);
            if (auto shared = known.watch.lock(); shared && shared->source)
                return shared;
            auto watch = state_->watch(state_, member, Access::Read);
            if (watch)
                known.watch = *watch;
            return watch;
        });
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
