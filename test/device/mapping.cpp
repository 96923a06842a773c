// What workers make of memory that others write to or take away.

#include "ready/mapping.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <drm_fourcc.h>
#include <linux/dma-buf.h>
#include <optional>

#include "dmabuf/linear_memory.hpp"
#include "ready/at_once.hpp"
#include "support/dmabuf_source.hpp"
#include "support/event_loop.hpp"
#include "support/fake_writer.hpp"

using namespace tarmac;
using namespace std::chrono_literals;
using Outcome = WorkerPool::Outcome;
using Control = WorkerPool::Control;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::uint32_t Size = 32;

struct Fixture {
    test::EventLoop loop;
    WorkerPool pool{loop.get(), 1};
    Fd memory;

    Fixture() {
        if (const std::string reason = test::missing(test::Exporter::Udmabuf); !reason.empty())
            SKIP(reason);
        const std::vector<std::uint8_t> ones(Size * Size * 4, 1);
        memory = test::make_dmabuf(test::Exporter::Udmabuf, ones);
    }
    std::shared_ptr<Mapping> map() const {
        DmabufDescription description{.width = Size,
                                      .height = Size,
                                      .fourcc = DRM_FORMAT_XRGB8888,
                                      .n_planes = 1,
                                      .modifier = DRM_FORMAT_MOD_LINEAR,
                                      .planes = {},
                                      .color = {}};
        description.planes[0] = {std::move(*memory.duplicate()), 0, Size * 4};
        auto image = std::make_shared<Dmabuf>(std::move(*Dmabuf::create(std::move(description))));
        return std::make_shared<Mapping>(std::move(*Mapping::create(std::move(image))));
    }
    Outcome run(WorkerPool::Work work) {
        std::optional<Outcome> result;
        const auto ticket = pool.submit(this, std::move(work), [&](Outcome o) { result = o; });
        REQUIRE(loop.turn_until([&] { return result.has_value(); }));
        return *result;
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "a worker reads what is idle, and a window may close on another job") {
    const auto mapping = map();
    CHECK(run([&](Control& control) { return mapping->begin_read(control); }) == Outcome::Done);
    CHECK(mapping->plane(0)[0] == 1);
    run([&](Control& control) {
        mapping->end_read(control);
        return Outcome::Done;
    });
    CHECK_FALSE(mapping->has_faulted());
}

TEST_CASE_METHOD(Fixture, "a worker waits 20 ms for a writer, and no more") {
    const auto mapping = map();
    const test::FakeWriter writer{memory};
    const auto begin = Clock::now();
    CHECK(run([&](Control& control) { return mapping->begin_read(control); }) == Outcome::Busy);
    const auto taken = Clock::now() - begin;
    CHECK(taken >= 20ms);
    CHECK(taken < 500ms);
}

TEST_CASE_METHOD(Fixture, "a cancelled job opens no window") {
    const auto mapping = map();
    Outcome outcome = Outcome::Done;
    std::atomic<bool> runs = false, is_over = false;
    {
        const auto ticket = pool.submit(
            this,
            [&](Control& control) {
                runs = true;
                while (!control.is_cancelled()) {
                }
                outcome = mapping->begin_read(control);
                is_over = true;
                return outcome;
            },
            [](Outcome) {});
        while (!runs) {
        }
    }
    CHECK(run([](Control&) { return Outcome::Done; }) == Outcome::Done);
    CHECK(is_over);
    CHECK(outcome == Outcome::Busy);
}

TEST_CASE_METHOD(Fixture, "a thread that SYNC doesn't let go is given up") {
    const auto mapping = map();
    const test::FakeWriter writer{memory};
    const auto begin = Clock::now();
    CHECK(run([&, mapping](Control& control) {
              sigset_t all;
              sigfillset(&all);
              pthread_sigmask(SIG_SETMASK, &all, nullptr);
              return mapping->begin_read(control);
          }) == Outcome::Lost);
    CHECK(Clock::now() - begin < 4s);
    pool.forget(this);
    CHECK(run([](Control&) { return Outcome::Done; }) == Outcome::Done);
}

TEST_CASE_METHOD(Fixture, "a pool goes while SYNC waits") {
    const auto mapping = map();
    const test::FakeWriter writer{memory};
    test::EventLoop other_loop;
    std::optional<WorkerPool> other{std::in_place, other_loop.get(), 1u};
    std::atomic<bool> runs = false;
    const auto ticket = other->submit(
        this,
        [&](Control& control) {
            runs = true;
            return mapping->begin_read(control);
        },
        [](Outcome) {});
    while (!runs) {
    }
    const auto begin = Clock::now();
    other.reset();
    CHECK(Clock::now() - begin < 1s);
}

TEST_CASE_METHOD(Fixture, "without a worker 20 ms are waited for a writer, too") {
    AtOnce control;
    const auto mapping = map();
    {
        const test::FakeWriter writer{memory};
        const auto begin = Clock::now();
        CHECK(mapping->begin_read(control) == Outcome::Busy);
        CHECK(Clock::now() - begin >= 20ms);
    }
    CHECK(mapping->begin_read(control) == Outcome::Done);
    mapping->end_read(control);
}

TEST_CASE_METHOD(Fixture, "what is mapped can be written to where nobody uses it") {
    AtOnce control;
    const auto mapping = map();
    {
        const test::FakeReader reader{memory};
        CHECK(mapping->begin_write(control) == Outcome::Busy);
    }
    REQUIRE(mapping->begin_write(control) == Outcome::Done);
    mapping->writable_plane(0)[0] = 7;
    mapping->end_write(control);
    CHECK(map()->plane(0)[0] == 7);
    // Who reads it meanwhile still may.
    CHECK(mapping->begin_read(control) == Outcome::Done);
    CHECK(mapping->plane(0)[0] == 7);
    mapping->end_read(control);
}

TEST_CASE_METHOD(Fixture, "what was given to be read only isn't written to") {
    if (const std::string reason = test::missing(test::Exporter::Vkms); !reason.empty())
        SKIP(reason);
    const std::vector<std::uint8_t> ones(Size * Size * 4, 1);
    memory = test::make_read_only_dmabuf(ones);
    AtOnce control;
    const auto mapping = map();
    CHECK(mapping->begin_write(control) == Outcome::Failed);
    CHECK(mapping->begin_read(control) == Outcome::Done);
    CHECK(mapping->plane(0)[0] == 1);
    mapping->end_read(control);
}

TEST_CASE_METHOD(Fixture, "memory for copies is a dma-buf, zeroed, that shows what is written") {
    const auto copy = LinearMemory::create(Size * Size * 4 + 1, true);
    REQUIRE(copy);
    REQUIRE(copy->dmabuf_fd() >= 0);
    CHECK(std::all_of(copy->data(), copy->data() + copy->size(),
                      [](std::uint8_t byte) { return byte == 0; }));
    CHECK(run([&](Control& control) {
              if (control.sync(copy->dmabuf_fd(), DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE) !=
                  Outcome::Done)
                  return Outcome::Failed;
              std::fill_n(copy->data(), copy->size(), std::uint8_t{7});
              return control.sync(copy->dmabuf_fd(), DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
          }) == Outcome::Done);
    memory = std::move(*Fd::duplicate(copy->dmabuf_fd()));
    CHECK(map()->plane(0)[Size * Size * 4 - 1] == 7);
}
