#include "protocol/told_snapshot.hpp"

#include <algorithm>
#include <limits>
#include <poll.h>
#include <utility>

#include "protocol/borrowed_array.hpp"
#include "protocol/linux_dmabuf_state.hpp"
#include "protocol/resource.hpp"
#include "tarmac-inspect-v1-protocol.h"
#include "wlr/guard.hpp"

namespace tarmac {

namespace {

/// Told within a turn of the event loop: the kernel is asked for each plane of a buffer.
constexpr std::uint32_t MostEntries = 16;
constexpr std::chrono::seconds LongestPause{2};

struct tarmac_inspect_snapshot_v1_interface const snapshot_requests = {
    .destroy = destroy_resource,
    .read = [](wl_client*, wl_resource* resource,
               std::uint32_t count) { object_of<ToldSnapshot>(resource).ask(count); },
};

constexpr std::uint32_t high(std::uint64_t value) noexcept {
    return static_cast<std::uint32_t>(value >> 32);
}
constexpr std::uint32_t low(std::uint64_t value) noexcept {
    return static_cast<std::uint32_t>(value);
}

std::uint32_t microseconds(std::chrono::nanoseconds time) noexcept {
    const auto count = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
    return static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(count, 0, std::numeric_limits<std::uint32_t>::max()));
}

/// By the event of one of the interfaces that have it.
void send(decltype(tarmac_inspect_refusals_v1_send_refusal) event, wl_resource* resource,
          const Snapshot::Refusal& refusal) {
    const auto since_1970 =
        std::chrono::duration_cast<std::chrono::microseconds>(refusal.time.time_since_epoch());
    const auto seconds = static_cast<std::uint64_t>(since_1970.count() / 1'000'000);
    const auto rest = static_cast<std::uint32_t>(since_1970.count() % 1'000'000);
    event(resource, low(refusal.client), refusal.pid, refusal.process.c_str(), high(seconds),
          low(seconds), rest, refusal.is_fatal, refusal.reason.c_str());
}

/// Views have no end that C would know.
std::string text(std::string_view view) {
    return std::string{view};
}

} // namespace

void send_refusal(wl_resource* follower, const Snapshot::Refusal& refusal) {
    send(tarmac_inspect_refusals_v1_send_refusal, follower, refusal);
}

void ToldSnapshots::take(wl_resource* inspect, std::uint32_t id) {
    wl_client* client = wl_resource_get_client(inspect);
    auto* told = create_resource<ToldSnapshot>(client, tarmac_inspect_snapshot_v1_interface,
                                               wl_resource_get_version(inspect), id,
                                               &snapshot_requests, unread_, take_for(client));
    if (told)
        told->await_reader();
}

Result<std::shared_ptr<const Snapshot>> ToldSnapshots::take_for(wl_client* client) {
    // Each may be as large as what clients have.
    if (std::ranges::contains(unread_, client, &ToldSnapshot::client))
        return fail(Fault::OutOfResources, "another one wasn't read to its end");
    if (!of_this_turn_) {
        const auto state = state_.lock();
        if (!state)
            return fail(Fault::NotAvailable, "dma-bufs are not imported any more");
        auto snapshot = state->snapshot();
        if (!snapshot)
            return std::unexpected(snapshot.error());
        of_this_turn_ = std::make_shared<const Snapshot>(std::move(*snapshot));
    }
    return of_this_turn_;
}

void ToldSnapshots::answer() noexcept {
    of_this_turn_.reset();
    const auto n_asked = std::ranges::count_if(unread_, &ToldSnapshot::is_asked);
    if (n_asked == 0)
        return;
    const std::uint32_t share = std::max(MostEntries / static_cast<std::uint32_t>(n_asked), 1u);
    for (auto next = unread_.begin(); next != unread_.end();) {
        // It goes with its last entry.
        ToldSnapshot& told = **next++;
        if (told.is_asked())
            told.answer(share);
    }
}

ToldSnapshot::ToldSnapshot(wl_resource* resource, ToldSnapshots::Unread& unread,
                           Result<std::shared_ptr<const Snapshot>> snapshot)
    : resource_{resource}, unread_{unread} {
    if (!snapshot) {
        fail_with(snapshot.error().message);
        return;
    }
    snapshot_ = std::move(*snapshot);
    place_ = unread.insert(unread.end(), this);
}

wl_client* ToldSnapshot::client() const noexcept {
    return wl_resource_get_client(resource_);
}

void ToldSnapshot::await_reader() {
    if (!snapshot_)
        return;
    wl_display* display = wl_client_get_display(client());
    overdue_.emplace(wl_display_get_event_loop(display), LongestPause, [this] {
        // Where it is the compositor that was late.
        pollfd request{wl_client_get_fd(client()), POLLIN, 0};
        if (poll(&request, 1, 0) > 0)
            return await_reader();
        guard_for(client(), [this] { fail_with("nothing was read of it for two seconds"); });
    });
}

void ToldSnapshot::fail_with(std::string reason) {
    close();
    failure_ = std::move(reason);
    tarmac_inspect_snapshot_v1_send_failed(resource_, failure_.c_str());
}

void ToldSnapshot::close() noexcept {
    if (!std::exchange(snapshot_, nullptr))
        return;
    unread_.erase(place_);
    asked_ = 0;
}

void ToldSnapshot::ask(std::uint32_t count) noexcept {
    overdue_.reset();
    if (!snapshot_)
        return tarmac_inspect_snapshot_v1_send_failed(resource_, failure_.c_str());
    asked_ = std::clamp(count, 1u, MostEntries);
}

void ToldSnapshot::answer(std::uint32_t most) noexcept {
    guard_for(client(), [&] {
        for (asked_ = std::min(asked_, most); asked_ > 0; --asked_) {
            if (!tell_next()) {
                close();
                return tarmac_inspect_snapshot_v1_send_done(resource_);
            }
        }
        tarmac_inspect_snapshot_v1_send_more(resource_);
        await_reader();
    });
}

bool ToldSnapshot::tell_next() {
    std::size_t index = n_told_++;
    const auto tell_of = [&](const auto& entries) {
        if (index < entries.size()) {
            tell(entries[index]);
            return true;
        }
        index -= entries.size();
        return false;
    };
    return tell_of(snapshot_->clients) || tell_of(snapshot_->buffers) ||
           tell_of(snapshot_->surfaces) || tell_of(snapshot_->refusals) || tell_of(snapshot_->told);
}

void ToldSnapshot::tell(const Snapshot::Client& client) const {
    tarmac_inspect_snapshot_v1_send_client(
        resource_, low(client.id), client.pid, client.process.c_str(), client.account.c_str(),
        client.is_admitted, high(client.imports), low(client.imports), high(client.refusals),
        low(client.refusals), high(client.shown_commits), low(client.shown_commits));
    for (const Snapshot::Use& use : client.uses)
        tarmac_inspect_snapshot_v1_send_use(
            resource_, text(use.resource).c_str(), high(use.held), low(use.held),
            high(use.held_by_account), low(use.held_by_account), high(use.left), low(use.left));
    const std::pair<tarmac_inspect_snapshot_v1_step, const Timing&> timings[] = {
        {TARMAC_INSPECT_SNAPSHOT_V1_STEP_IMPORT, client.import},
        {TARMAC_INSPECT_SNAPSHOT_V1_STEP_WAIT, client.wait},
        {TARMAC_INSPECT_SNAPSHOT_V1_STEP_CONVERSION, client.conversion},
    };
    for (const auto& [step, timing] : timings)
        tarmac_inspect_snapshot_v1_send_timing(
            resource_, step, high(timing.count), low(timing.count), microseconds(timing.last),
            microseconds(timing.median), microseconds(timing.longest));
}

void ToldSnapshot::tell(const Snapshot::Buffer& buffer) const {
    const Dmabuf& image = *buffer.image;
    tarmac_inspect_snapshot_v1_send_buffer(
        resource_, low(buffer.client), buffer.id, image.width(), image.height(), image.fourcc(),
        high(image.modifier()), low(image.modifier()), text(buffer.way).c_str(),
        buffer.reason.c_str(), static_cast<std::uint32_t>(buffer.awaits),
        microseconds(buffer.waits_for), high(buffer.mapped_bytes), low(buffer.mapped_bytes),
        buffer.locks);
    for (const Plane& plane : image.planes()) {
        const DmabufFacts facts = describe_dmabuf(plane.fd.get()).value_or(DmabufFacts{});
        tarmac_inspect_snapshot_v1_send_plane(resource_, plane.offset, plane.stride,
                                              high(facts.inode), low(facts.inode), high(facts.size),
                                              low(facts.size), facts.exporter.c_str());
    }
}

void ToldSnapshot::tell(const Snapshot::Surface& surface) const {
    tarmac_inspect_snapshot_v1_send_surface(
        resource_, low(surface.client), surface.id, surface.buffer.value_or(0),
        text(surface.way).c_str(), high(surface.copied_bytes), low(surface.copied_bytes),
        surface.waiting_commits, static_cast<std::uint32_t>(surface.awaits),
        microseconds(surface.waits_for));
    for (const Snapshot::Output& output : surface.outputs)
        tarmac_inspect_snapshot_v1_send_output(resource_, output.name.c_str(),
                                               output.is_scanned_out, output.reason.c_str());
}

void ToldSnapshot::tell(const Snapshot::Refusal& refusal) const {
    send(tarmac_inspect_snapshot_v1_send_refusal, resource_, refusal);
}

void ToldSnapshot::tell(const Snapshot::Told& told) const {
    const Feedback& feedback = *told.feedback;
    const dev_t main_device = feedback.main_device();
    wl_array device = borrow(std::span{&main_device, 1});
    tarmac_inspect_snapshot_v1_send_feedback(resource_, low(told.client), told.surface.value_or(0),
                                             &device, feedback.table().fd(),
                                             feedback.table().size_in_bytes());
    for (std::size_t i = 0; i < feedback.tranches().size(); ++i) {
        const Tranche& tranche = feedback.tranches()[i];
        device = borrow(std::span{&tranche.target_device, 1});
        tarmac_inspect_snapshot_v1_send_tranche(resource_, &device,
                                                static_cast<std::uint32_t>(tranche.flags));
        for (const auto& part : in_parts(feedback.indices(i))) {
            wl_array indices = borrow(std::span{part});
            tarmac_inspect_snapshot_v1_send_indices(resource_, &indices);
        }
    }
}

} // namespace tarmac
