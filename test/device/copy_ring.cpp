// Which copy of a surface is used next, and what of it has to be made anew.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <numeric>
#include <tarmac/texture_builder.hpp>

#include "support/dmabuf_source.hpp"
#include "support/event_loop.hpp"
#include "support/fake_writer.hpp"
#include "surface/copy_ring.hpp"
#include "wlr/buffer_lock.hpp"

using namespace tarmac;

namespace {

constexpr std::uint32_t Width = 64, Height = 48;
constexpr std::uint64_t Bytes = 256 * Height; // of a copy
constexpr Rect Whole{0, 0, Width, Height};

std::shared_ptr<const Dmabuf> make_image(std::uint32_t width = Width) {
    if (const std::string reason = test::missing(test::Exporter::Udmabuf); !reason.empty())
        SKIP(reason);
    auto image =
        TextureBuilder{}
            .set_size(width, Height)
            .set_format(DRM_FORMAT_YUYV, DRM_FORMAT_MOD_LINEAR)
            .set_plane(0, test::allocate_dmabuf(test::Exporter::Udmabuf, width * Height * 2), 0,
                       width * 2)
            .build_dmabuf();
    REQUIRE(image);
    return std::make_shared<const Dmabuf>(std::move(*image));
}

struct Fixture {
    test::EventLoop loop;
    ImportQueue turns{loop.get(), std::make_shared<Turn>(loop.get()), std::chrono::milliseconds{2}};
    WorkerPool workers{loop.get()};
    Disposal disposal{turns, workers};
    std::shared_ptr<const Dmabuf> image = make_image();
    Rendition rendition{.fourcc = DRM_FORMAT_XRGB8888,
                        .is_converted = true,
                        .colors = {ColorState::of(ColorModel::Yuv), true}};
    std::shared_ptr<ClientAccount> account = std::make_shared<ClientAccount>(
        std::make_shared<Ledger>(Quotas{.mapped_bytes = 200 * Bytes})->account("a client"));
    CopyRing ring{[this](std::uint64_t bytes) {
                      charged.push_back(bytes);
                      return account->charge({{Resource::MappedBytes, bytes}});
                  },
                  [this](Disposal::Unused unused) { disposal.dispose(nullptr, std::move(unused)); },
                  [this] { ++n_freed; }};
    std::vector<std::uint64_t> charged;
    int n_freed = 0;

    /// The next content, and the copy of it, which is finished and stays locked.
    struct Shown {
        CopyBuffer* buffer;
        std::vector<Rect> stale;
        BufferLock lock;
    };
    Shown show(std::optional<Rect> damage) { return make(note(damage)); }
    std::uint64_t note(std::optional<Rect> damage) {
        Region region;
        if (damage)
            region.add(*damage);
        return ring.note_content(damage ? &region : nullptr);
    }
    Shown make(std::uint64_t content) {
        const auto slot = ring.acquire(image, rendition, content);
        REQUIRE(slot);
        REQUIRE(slot->buffer->memory()->allocate());
        ring.finish(*slot->buffer, content);
        return {slot->buffer, rects(slot->stale), BufferLock{wlr_buffer_lock(slot->buffer)}};
    }
    static std::vector<Rect> rects(const Region& region) {
        std::vector<Rect> all;
        for (const pixman_box32_t& box : region.boxes())
            all.push_back({box.x1, box.y1, box.x2 - box.x1, box.y2 - box.y1});
        return all;
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "two copies take turns, each made new where two contents differ") {
    const Rect a{0, 0, 4, 4}, b{10, 0, 4, 4}, c{20, 0, 4, 4};
    Shown first = show(std::nullopt);
    CHECK(first.stale == std::vector<Rect>{Whole});
    Shown second = show(a);
    CHECK(second.buffer != first.buffer);
    CHECK(second.stale == std::vector<Rect>{Whole});
    CopyBuffer* oldest = first.buffer;
    first.lock.reset();
    Shown third = show(b);
    CHECK(third.buffer == oldest);
    CHECK(third.stale == std::vector<Rect>{a, b});
    second.lock.reset();
    Shown fourth = show(c);
    CHECK(fourth.buffer == second.buffer);
    CHECK(fourth.stale == std::vector<Rect>{b, c});
    CHECK(charged.size() == 2);
}

TEST_CASE_METHOD(Fixture, "contents that nobody copied count") {
    const Rect a{0, 0, 4, 4}, b{10, 0, 4, 4};
    show(std::nullopt);
    note(a);
    CHECK(show(b).stale == std::vector<Rect>{a, b});
    CHECK(show(Rect{60, 40, 100, 100}).stale == std::vector<Rect>{{60, 40, 4, 8}});
    note(std::nullopt);
    CHECK(show(a).stale == std::vector<Rect>{Whole});
    for (int i = 0; i < 20; ++i)
        note(a);
    CHECK(show(a).stale == std::vector<Rect>{Whole});
    // One after the other, with nothing changed in between.
    const std::uint64_t content = note(a);
    make(content);
    CHECK(make(content).stale.empty());
}

TEST_CASE_METHOD(Fixture, "of the copies that are free the one that is most like it is taken") {
    Shown first = show(std::nullopt), second = show(std::nullopt);
    first.lock.reset();
    first = show(Rect{0, 0, 4, 4});
    const Shown third = show(std::nullopt);
    first.lock.reset();
    second.lock.reset();
    CHECK(show(Rect{1, 1, 2, 2}).buffer == first.buffer);
}

TEST_CASE_METHOD(Fixture, "a copy that a GPU still reads is taken only where no other can be had") {
    rendition.is_imported = true;
    Shown first = show(std::nullopt);
    REQUIRE(first.buffer->memory()->dmabuf_fd() >= 0);
    first.lock.reset();
    const test::FakeReader reader{*Fd::duplicate(first.buffer->memory()->dmabuf_fd())};
    const Shown second = show(std::nullopt);
    CHECK(second.buffer != first.buffer);
    SECTION("all are made") {
        const Shown third = show(std::nullopt), fourth = show(std::nullopt);
        CHECK(show(std::nullopt).buffer == first.buffer);
    }
    SECTION("no more may be charged") {
        const auto rest = account->charge(Resource::MappedBytes, 98 * Bytes);
        REQUIRE(rest);
        CHECK(show(std::nullopt).buffer == first.buffer);
    }
}

TEST_CASE_METHOD(Fixture, "of an earlier content a later copy differs where it was changed") {
    const Rect a{0, 0, 4, 4};
    const std::uint64_t earlier = note(std::nullopt), later = note(a);
    make(later);
    CHECK(make(earlier).stale == std::vector<Rect>{a});
}

TEST_CASE_METHOD(Fixture, "a copy that wasn't finished is one of nothing") {
    show(std::nullopt);
    const std::uint64_t content = note(Rect{0, 0, 4, 4});
    REQUIRE(ring.acquire(image, rendition, content));
    CHECK(make(content).stale == std::vector<Rect>{Whole});
    ring.abandon(*ring.acquire(image, rendition, content)->buffer);
    CHECK(make(content).stale == std::vector<Rect>{Whole});
    CHECK(charged.size() == 1);
}

TEST_CASE_METHOD(Fixture, "in other colours a copy is made anew where it is") {
    CopyBuffer* buffer = show(std::nullopt).buffer;
    rendition.colors.state.matrix = ColorState::Matrix::Bt709;
    const Shown shown = show(Rect{0, 0, 4, 4});
    CHECK(shown.buffer == buffer);
    CHECK(shown.stale == std::vector<Rect>{Whole});
}

TEST_CASE_METHOD(Fixture, "copies of another size, format or memory go, the locked ones later") {
    SECTION("size") {
        Shown large = show(std::nullopt);
        show(std::nullopt);
        CHECK(account->charge(Resource::MappedBytes, 98 * Bytes));
        image = make_image(32);
        show(std::nullopt);
        loop.turn();
        // One of each size: what is locked isn't given back.
        CHECK_FALSE(account->charge(Resource::MappedBytes, 99 * Bytes));
        CHECK(large.buffer->width == Width);
        large.lock.reset();
        loop.turn();
        CHECK(account->charge(Resource::MappedBytes, 99 * Bytes));
    }
    SECTION("format") {
        const CopyBuffer* before = show(std::nullopt).buffer;
        rendition.fourcc = DRM_FORMAT_ARGB8888;
        CHECK(before->fourcc() == DRM_FORMAT_XRGB8888);
        CHECK(show(Rect{0, 0, 1, 1}).buffer->fourcc() == DRM_FORMAT_ARGB8888);
    }
    SECTION("memory") {
        wlr_dmabuf_attributes attributes;
        CHECK_FALSE(wlr_buffer_get_dmabuf(show(std::nullopt).buffer, &attributes));
        rendition.is_imported = true;
        CHECK(wlr_buffer_get_dmabuf(show(Rect{0, 0, 1, 1}).buffer, &attributes));
    }
    CHECK(charged.size() >= 2);
}

TEST_CASE_METHOD(Fixture, "four copies at most are made, and none beyond what may be charged") {
    std::vector<Shown> shown;
    for (int i = 0; i < 4; ++i)
        shown.push_back(show(std::nullopt));
    CHECK(ring.acquire(image, rendition, note(std::nullopt)).error().fault == Fault::NotReady);
    CHECK(charged == std::vector<std::uint64_t>(4, Bytes));
    const CopyBuffer* free = shown[2].buffer;
    CHECK(n_freed == 0);
    shown[2].lock.reset();
    CHECK(n_freed == 1);
    CHECK(show(std::nullopt).buffer == free);
    // Nobody wanted one.
    CHECK(n_freed == 1);

    const auto rest = account->charge(Resource::MappedBytes, 96 * Bytes);
    REQUIRE(rest);
    ring.clear();
    CHECK(ring.is_empty());
    loop.turn();
    // The other three are locked.
    const BufferLock kept = std::move(show(std::nullopt).lock);
    CHECK(ring.acquire(image, rendition, note(std::nullopt)).error().fault ==
          Fault::OutOfResources);
}

TEST_CASE_METHOD(Fixture, "what left the ring lives while it is locked, and nobody minds it") {
    const std::uint64_t content = note(std::nullopt);
    const auto slot = ring.acquire(image, rendition, content);
    REQUIRE(slot);
    BufferLock lock{wlr_buffer_lock(slot->buffer)};
    ring.clear();
    ring.finish(*slot->buffer, content);
    CHECK(ring.is_empty());
    loop.turn();
    CHECK_FALSE(account->charge(Resource::MappedBytes, 100 * Bytes));
    CHECK(slot->buffer->shown_image() == image);
    const std::shared_ptr<LinearMemory> memory = slot->buffer->memory();
    lock.reset();
    loop.turn();
    CHECK(account->charge(Resource::MappedBytes, 100 * Bytes));
    // A worker that writes there still may.
    REQUIRE(memory->allocate());
    memory->data()[Bytes - 1] = 1;
}
