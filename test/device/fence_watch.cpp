#include "ready/fence_watch.hpp"

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <optional>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include "dmabuf/distinct_dmabufs.hpp"
#include "dmabuf/formatted.hpp"
#include "support/dmabuf_source.hpp"
#include "support/event_loop.hpp"
#include "support/fake_writer.hpp"
#include "support/local_compositor.hpp"
#include "wlr/turn.hpp"

using namespace tarmac;
using Access = FenceWatch::Access;

namespace {

constexpr std::uint32_t Width = 64, Height = 48;

struct Fixture {
    test::EventLoop loop;
    std::optional<FenceWatch> watch{std::in_place, loop.get(), std::make_shared<Turn>(loop.get())};
    Fd luma, chroma;
    std::vector<FenceWatch::Ticket> tickets;
    int n_ready = 0;

    Fixture() {
        if (const std::string reason = test::missing(test::Exporter::Udmabuf); !reason.empty())
            SKIP(reason);
        luma = test::allocate_dmabuf(test::Exporter::Udmabuf, Width * Height * 2);
        chroma = test::allocate_dmabuf(test::Exporter::Udmabuf, Width * Height * 2);
    }

    /// NV12 in two dma-bufs, or in the first alone.
    Dmabuf image(bool is_in_one) const {
        DmabufDescription description{.width = Width,
                                      .height = Height,
                                      .fourcc = DRM_FORMAT_NV12,
                                      .n_planes = 2,
                                      .modifier = DRM_FORMAT_MOD_LINEAR,
                                      .planes = {},
                                      .color = {}};
        description.planes[0] = {std::move(*luma.duplicate()), 0, Width};
        description.planes[1] = {std::move(*(is_in_one ? luma : chroma).duplicate()),
                                 is_in_one ? Width * Height : 0, Width};
        return std::move(*Dmabuf::create(std::move(description)));
    }
    void await(const Dmabuf& of, Access access = Access::Read) {
        take(watch->await(of, access, [this] { ++n_ready; }));
    }
    void await_for(const void* client, const Dmabuf& of) {
        take(watch->await_for(client, of, [this] { ++n_ready; }));
    }
    void take(Result<FenceWatch::Ticket> ticket) {
        REQUIRE(ticket);
        tickets.push_back(std::move(*ticket));
    }
    bool await_ready(int n) {
        return loop.turn_until([&] { return n_ready >= n; });
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "an image is idle when nobody writes to any of its dma-bufs") {
    const Dmabuf split = image(false), joined = image(true);
    CHECK(DistinctDmabufs{split}.members().size() == 2);
    CHECK(DistinctDmabufs{joined}.members().size() == 1);
    CHECK(FenceWatch::is_idle(split, Access::Read));
    CHECK(FenceWatch::is_idle(split, Access::Write));
    {
        const test::FakeWriter writer{chroma};
        CHECK_FALSE(FenceWatch::is_idle(split, Access::Read));
        CHECK_FALSE(FenceWatch::is_idle(split, Access::Write));
        CHECK(FenceWatch::is_idle(joined, Access::Read));
    }
    CHECK(FenceWatch::is_idle(split, Access::Read));
}

TEST_CASE_METHOD(Fixture, "readers of an image are in nobody's way who reads, but in a writer's") {
    const Dmabuf picture = image(true);
    const test::FakeReader reader{luma};
    CHECK(FenceWatch::is_idle(picture, Access::Read));
    CHECK_FALSE(FenceWatch::is_idle(picture, Access::Write));
    await(picture, Access::Write);
    await(picture, Access::Read);
    REQUIRE(await_ready(1));
    loop.turn();
    CHECK(n_ready == 1);
}

TEST_CASE_METHOD(Fixture, "what is ready already is told later, once") {
    await(image(false));
    CHECK(n_ready == 0);
    REQUIRE(await_ready(1));
    loop.turn();
    CHECK(n_ready == 1);
}

TEST_CASE_METHOD(Fixture, "the last of the fences counts, and none that comes later") {
    const Dmabuf picture = image(false);
    std::optional<test::FakeWriter> first, second;
    first.emplace(luma);
    second.emplace(chroma);
    await(picture);
    first.reset();
    const test::FakeWriter late{luma};
    loop.turn();
    CHECK(n_ready == 0);
    second.reset();
    CHECK(await_ready(1));
    CHECK_FALSE(FenceWatch::is_idle(picture, Access::Read));
}

TEST_CASE_METHOD(Fixture,
                 "a client's requests of one turn have one snapshot, which costs one descriptor") {
    const Dmabuf picture = image(false), other = image(true);
    std::optional<test::FakeWriter> writer{luma};
    const std::size_t before = test::count_open_fds();
    const int client = 0, another = 0;
    for (int i = 0; i < 80; ++i) {
        await_for(&client, picture);
        await_for(&client, other);
    }
    CHECK(test::count_open_fds() == before + 2);
    await_for(&another, picture);
    CHECK(test::count_open_fds() == before + 4);
    await(picture, Access::Write);
    await(picture, Access::Write);
    CHECK(test::count_open_fds() == before + 8);
    loop.turn();
    await_for(&client, picture);
    // The fences of chroma, where nobody writes, have signalled.
    CHECK(test::count_open_fds() == before + 6);
    CHECK(n_ready == 0);
    writer.reset();
    CHECK(await_ready(164));
    // The writer had one.
    CHECK(test::count_open_fds() == before - 1);
}

TEST_CASE_METHOD(Fixture,
                 "a client's requests of one turn have one look at whether an image is idle") {
    const Dmabuf picture = image(false);
    const int client = 0, another = 0;
    CHECK(watch->is_idle_for(&client, picture));
    const test::FakeWriter writer{luma};
    CHECK(watch->is_idle_for(&client, picture));
    CHECK_FALSE(watch->is_idle_for(&another, picture));
    loop.turn();
    CHECK_FALSE(watch->is_idle_for(&client, picture));
    await_for(&client, picture);
    CHECK_FALSE(watch->is_idle_for(&client, picture));
    FenceWatch without_turns{loop.get()};
    CHECK_FALSE(without_turns.is_idle_for(&client, picture));
}

TEST_CASE_METHOD(Fixture, "a ticket given up is a function not called, and no descriptor kept") {
    const Dmabuf picture = image(true);
    std::optional<test::FakeWriter> writer{luma};
    const std::size_t before = test::count_open_fds();
    const int client = 0;
    await_for(&client, picture);
    await_for(&client, picture);
    tickets.pop_back();
    CHECK(test::count_open_fds() == before + 1);
    loop.turn();
    await_for(&client, picture);
    tickets.erase(tickets.begin());
    loop.turn();
    CHECK(test::count_open_fds() == before + 1);
    writer.reset();
    CHECK(await_ready(1));
    loop.turn();
    CHECK(n_ready == 1);
}

TEST_CASE_METHOD(Fixture, "a function may give up any ticket, ask again, and end the watch") {
    const Dmabuf picture = image(true);
    std::optional<test::FakeWriter> writer{luma};
    const int client = 0;
    FenceWatch::Ticket first, second, again;
    std::string told;
    first = std::move(*watch->await_for(&client, picture, [&] {
        told += '1';
        first = {};
        second = {};
        again = std::move(*watch->await_for(&client, picture, [&] {
            told += 'a';
            watch.reset();
        }));
        // Of the same snapshot, but after the end.
        await_for(&client, picture);
    }));
    second = std::move(*watch->await_for(&client, picture, [&] { told += '2'; }));
    writer.reset();
    REQUIRE(loop.turn_until([&] { return !watch; }));
    loop.turn();
    CHECK(told == "1a");
    CHECK(n_ready == 0);
}

TEST_CASE_METHOD(Fixture, "a process out of descriptors is told that it can't watch") {
    const Dmabuf picture = image(true);
    // UBSan takes descriptors when it meets a class for the first time: here that of messages.
    REQUIRE(formatted("{}: {}", 1, "2") == "1: 2");
    rlimit before;
    getrlimit(RLIMIT_NOFILE, &before);
    const rlimit none{0, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    const auto ticket = watch->await(picture, Access::Read, [] {});
    setrlimit(RLIMIT_NOFILE, &before);
    REQUIRE_FALSE(ticket);
    CHECK(ticket.error().fault == Fault::OutOfResources);
}

TEST_CASE_METHOD(Fixture, "a fence of one's own is watched in the same way") {
    const Fd event{eventfd(0, EFD_CLOEXEC)};
    auto ticket = watch->await(event, [this] { ++n_ready; });
    REQUIRE(ticket);
    loop.turn();
    CHECK(n_ready == 0);
    eventfd_write(event.get(), 1);
    CHECK(await_ready(1));
}
