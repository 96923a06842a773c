// What is told to who looks of commits that wait, and of pictures that are read, copied and
// converted.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <optional>
#include <tarmac/snapshot.hpp>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/explicit_sync.hpp"
#include "support/red_window.hpp"
#include "support/subsurface.hpp"

using namespace test;
using namespace std::chrono_literals;
using tarmac::Snapshot;
using Awaits = tarmac::Snapshot::Awaits;

namespace {

template <class Proxy>
std::uint32_t id_of(Proxy* proxy) {
    return wl_proxy_get_id(reinterpret_cast<wl_proxy*>(proxy));
}

struct Fixture : RedWindow {
    bool imports() const { return shell.drawer().drawing() != Drawing::Pixman; }
    Snapshot look() const {
        auto snapshot = shell.global->snapshot();
        REQUIRE(snapshot);
        return std::move(*snapshot);
    }
    Snapshot::Surface look_at(const ClientSurface& surface) const {
        const Snapshot snapshot = look();
        const auto found =
            std::ranges::find(snapshot.surfaces, id_of(surface.get()), &Snapshot::Surface::id);
        REQUIRE(found != snapshot.surfaces.end());
        return *found;
    }
    Snapshot::Buffer look_at(const ColorBuffer& buffer) const {
        const Snapshot snapshot = look();
        const auto found =
            std::ranges::find(snapshot.buffers, id_of(buffer.get()), &Snapshot::Buffer::id);
        REQUIRE(found != snapshot.buffers.end());
        return *found;
    }
    Snapshot::Client look_at_client() const {
        const Snapshot snapshot = look();
        REQUIRE(snapshot.clients.size() == 1);
        return snapshot.clients[0];
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "a commit is told to wait for its fence, and since when") {
    const Stopwatch before;
    const auto shown = look_at_client().shown_commits;
    writer.emplace(green.dmabuf());
    window.commit(green.get());
    shell.settle();
    const Stopwatch after;
    const auto least = after.elapsed();
    Snapshot::Surface told = look_at(window);
    CHECK(told.buffer == id_of(red.get()));
    CHECK(told.waiting_commits == 1);
    CHECK(told.awaits == Awaits::Fence);
    CHECK(told.waits_for >= least);
    CHECK(told.waits_for <= before.elapsed() + 1ms);
    Snapshot::Buffer brought = look_at(green);
    CHECK(brought.awaits == Awaits::Fence);
    CHECK(brought.waits_for >= least);
    CHECK(brought.waits_for <= before.elapsed() + 1ms);
    CHECK(look_at(red).awaits == Awaits::Nothing);
    CHECK(look_at(red).waits_for == 0ns);
    // Those behind it don't change for what it waits.
    window.show(blue.get());
    told = look_at(window);
    CHECK(told.waiting_commits == 2);
    CHECK(told.awaits == Awaits::Fence);
    CHECK(look_at(blue).awaits == Awaits::Fence);
    CHECK(look_at_client().shown_commits == shown);

    writer.reset();
    CHECK(window.awaits("64x48 blue"));
    shell.settle();
    told = look_at(window);
    CHECK(told.buffer == id_of(blue.get()));
    CHECK(told.waiting_commits == 0);
    CHECK(told.awaits == Awaits::Nothing);
    CHECK(told.waits_for == 0ns);
    brought = look_at(green);
    CHECK(brought.awaits == Awaits::Nothing);
    CHECK(brought.waits_for == 0ns);
    const Snapshot::Client mine = look_at_client();
    // Of pictures that got ready together only the last was shown.
    CHECK(mine.shown_commits == shown + 1);
    CHECK(mine.wait.count == shown + 1);
    CHECK(mine.wait.last > 0ns);
    CHECK(mine.wait.last <= before.elapsed() + 1ms);
}

TEST_CASE_METHOD(Fixture, "a commit is told to wait for its acquire point") {
    Timeline acquire, release;
    REQUIRE(shell.global->offer_explicit_sync());
    shell.settle();
    SyncSurface sync{client, window.get()};
    sync.set_acquire(acquire, 1);
    sync.set_release(release, 1);
    window.show(green.get());
    CHECK(look_at(window).awaits == Awaits::AcquirePoint);
    acquire.signal(1);
    CHECK(window.awaits("64x48 green"));
    shell.settle();
    CHECK(look_at(window).awaits == Awaits::Nothing);
}

TEST_CASE_METHOD(Fixture, "what waits for its import is told so") {
    shell.global->pause();
    const Stopwatch before;
    auto& params = client.create_params();
    client.add(params, green.dmabuf().get(), 0, 0, PictureWidth * 4, DRM_FORMAT_MOD_LINEAR);
    params.buffer = zwp_linux_buffer_params_v1_create_immed(params.object, PictureWidth,
                                                            PictureHeight, DRM_FORMAT_XRGB8888, 0);
    window.show(params.buffer);
    const Stopwatch after;
    const auto least = after.elapsed();
    const Snapshot snapshot = look();
    const auto found =
        std::ranges::find(snapshot.buffers, id_of(params.buffer), &Snapshot::Buffer::id);
    REQUIRE(found != snapshot.buffers.end());
    CHECK(found->awaits == Awaits::Import);
    CHECK(found->waits_for >= least);
    CHECK(found->waits_for <= before.elapsed() + 1ms);
    CHECK(found->way.empty());
    CHECK(found->reason.empty());
    CHECK(look_at(window).awaits == Awaits::Import);
    shell.global->resume();
    CHECK(window.awaits("64x48 green"));
    wl_buffer_destroy(std::exchange(params.buffer, nullptr));
}

TEST_CASE_METHOD(Fixture, "a synchronized subsurface is told to wait for its parent") {
    Subsurface child{window};
    child.surface.show(green.get());
    // Once it has been read.
    CHECK(shell.await([&] { return look_at(child.surface).awaits == Awaits::Tree; }));
    const Snapshot::Surface told = look_at(child.surface);
    CHECK(told.waiting_commits == 1);
    CHECK(look_at(green).awaits == Awaits::Tree);
    CHECK_FALSE(told.buffer);
    CHECK(told.way.empty());
    window.commit();
    CHECK(shell.await([&] { return look_at(child.surface).waiting_commits == 0; }));
    CHECK(look_at(child.surface).buffer == id_of(green.get()));
}

TEST_CASE_METHOD(Fixture, "how a picture is shown is told, with the reason and what it takes") {
    const Snapshot::Buffer told = look_at(red);
    const Snapshot::Surface shown = look_at(window);
    CHECK(told.way == shown.way);
    CHECK(told.locks > 0);
    if (imports()) {
        CHECK(told.way == "imported");
        CHECK(told.reason.empty());
        CHECK(told.mapped_bytes == 0);
    } else {
        CHECK(told.way == "read");
        CHECK(told.reason == "the renderer is pixman, which imports nothing");
        CHECK(told.mapped_bytes >= PictureWidth * PictureHeight * 4);
    }
    CHECK(shown.copied_bytes == 0);
    CHECK(look_at_client().conversion.count == 0);

    ColorBuffer yuv{client, DRM_FORMAT_NV12, {{235}, {128, 128}}};
    window.commit(yuv.get());
    REQUIRE(window.awaits("64x48 white"));
    shell.settle();
    const Snapshot::Buffer converted = look_at(yuv);
    CHECK(converted.way == "converted");
    CHECK(converted.reason == (imports() ? "the renderer imports NV12, but shows it further from "
                                           "its definition than a conversion does"
                                         : "the renderer is pixman, which imports nothing"));
    const Snapshot::Surface copy = look_at(window);
    CHECK(copy.way == "converted");
    CHECK(copy.image == converted.image);
    CHECK(copy.buffer == id_of(yuv.get()));
    CHECK(copy.copied_bytes >= PictureWidth * PictureHeight * 4);
    const Snapshot::Client mine = look_at_client();
    CHECK(mine.conversion.count == 1);
    CHECK(mine.conversion.last > 0ns);
    CHECK(mine.conversion.last < 8s);
    const auto copied = std::ranges::find(mine.uses, "bytes of copies", &Snapshot::Use::resource);
    REQUIRE(copied != mine.uses.end());
    CHECK(copied->held == copy.copied_bytes);
}

TEST_CASE_METHOD(Fixture, "a client that goes while its commit waits is gone from what is told") {
    writer.emplace(green.dmabuf());
    window.show(green.get());
    const Snapshot before = look();
    shell.kill(client);
    shell.settle();
    const Snapshot after = look();
    CHECK(after.clients.empty());
    CHECK(after.surfaces.empty());
    CHECK(before.surfaces.at(0).image);
    writer.reset();
}
