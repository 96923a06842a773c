#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <tarmac/linux_dmabuf.hpp>
#include <tarmac/snapshot.hpp>

#include "wlr/timer.hpp"

struct wl_resource;

namespace tarmac {

/// A program's tarmac_inspect_snapshot_v1, owned by its resource: tells what the snapshot holds, a
/// few entries each time that it is asked.
class ToldSnapshot {
public:
    /// `state` nullptr: there is nothing left to look at, which is told.
    static void create(wl_resource* inspect, std::uint32_t id, const LinuxDmabuf::State* state);

    ToldSnapshot(wl_resource* resource, Result<Snapshot> snapshot);

    /// Tells at most `count` entries, and whether those were all.
    void read(std::uint32_t count) noexcept;

private:
    /// False if there is none left.
    bool tell_next();
    void tell(const Snapshot::Client& client) const;
    void tell(const Snapshot::Buffer& buffer) const;
    void tell(const Snapshot::Surface& surface) const;
    void tell(const Snapshot::Refusal& refusal) const;
    void tell(const Snapshot::Told& told) const;
    /// Lets go of the images, and says why.
    void end(const char* reason) noexcept;
    void await_reader();

    wl_resource* resource_;
    Result<Snapshot> snapshot_;
    std::size_t n_told_ = 0; ///< entries
    std::optional<Timer> overdue_;
};

/// `follower` is a tarmac_inspect_refusals_v1.
void send_refusal(wl_resource* follower, const Snapshot::Refusal& refusal);

} // namespace tarmac
