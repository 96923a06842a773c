#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <tarmac/linux_dmabuf.hpp>
#include <tarmac/snapshot.hpp>

#include "wlr/timer.hpp"

struct wl_client;
struct wl_resource;

namespace tarmac {

class ToldSnapshot;

/// The snapshots that programs take of a LinuxDmabuf. What they ask for in a turn of the event
/// loop, however often, costs one snapshot and few entries.
class ToldSnapshots {
public:
    explicit ToldSnapshots(std::weak_ptr<LinuxDmabuf::State> state) : state_{std::move(state)} {}

    /// For tarmac_inspect_v1.take_snapshot.
    void take(wl_resource* inspect, std::uint32_t id);
    /// Tells those who have asked since the last time. To be called at the end of each turn.
    void answer() noexcept;

private:
    friend ToldSnapshot;
    using Unread = std::list<ToldSnapshot*>;

    Result<std::shared_ptr<const Snapshot>> take_for(wl_client* client);

    std::weak_ptr<LinuxDmabuf::State> state_;
    std::shared_ptr<const Snapshot> of_this_turn_;
    Unread unread_;
};

/// A program's tarmac_inspect_snapshot_v1, owned by its resource: tells what the snapshot holds, a
/// few entries each time that it is asked.
class ToldSnapshot {
public:
    ToldSnapshot(wl_resource* resource, ToldSnapshots::Unread& unread,
                 Result<std::shared_ptr<const Snapshot>> snapshot);
    ~ToldSnapshot() { close(); }
    ToldSnapshot(const ToldSnapshot&) = delete;
    ToldSnapshot& operator=(const ToldSnapshot&) = delete;

    wl_client* client() const noexcept;
    /// Fails unless it is asked in time.
    void await_reader();
    void ask(std::uint32_t count) noexcept;
    bool is_asked() const noexcept { return asked_ > 0; }
    /// Tells what it was asked for, but at most `most` entries.
    void answer(std::uint32_t most) noexcept;

private:
    /// False if there is none left.
    bool tell_next();
    void tell(const Snapshot::Client& client) const;
    void tell(const Snapshot::Buffer& buffer) const;
    void tell(const Snapshot::Surface& surface) const;
    void tell(const Snapshot::Refusal& refusal) const;
    void tell(const Snapshot::Told& told) const;
    void fail_with(std::string reason);
    /// Lets go of the images.
    void close() noexcept;

    wl_resource* resource_;
    ToldSnapshots::Unread& unread_;
    ToldSnapshots::Unread::iterator place_;      ///< while there is a snapshot
    std::shared_ptr<const Snapshot> snapshot_;   ///< nullptr once it is told, or has failed
    std::string failure_ = "all of it was read"; ///< without a snapshot
    std::size_t n_told_ = 0;                     ///< entries
    std::uint32_t asked_ = 0;                    ///< entries that weren't told yet
    std::optional<Timer> overdue_;
};

/// `follower` is a tarmac_inspect_refusals_v1.
void send_refusal(wl_resource* follower, const Snapshot::Refusal& refusal);

} // namespace tarmac
