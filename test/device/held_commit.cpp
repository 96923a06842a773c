// A commit is shown when its buffer is ready, and not before. Until then its surface keeps the
// picture that it has, and nobody else notices.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <optional>
#include <vector>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/red_window.hpp"
#include "wlr/listener.hpp"
#include "wlr/timer.hpp"

using namespace test;
using namespace std::chrono_literals;

namespace {

struct Fixture : RedWindow {
    /// Commits green, which is still being written to.
    void hold_green() {
        writer.emplace(green.dmabuf());
        window.show(green.get());
    }
};

} // namespace

TEST_CASE_METHOD(Fixture,
                 "a picture that is late appears by itself, and until then the old stays") {
    hold_green();
    CHECK(window.seen() == "64x48 red");
    const int commits = window.commits;
    const Stopwatch stopwatch;
    const tarmac::Timer signal{shell.loop(), 150ms, [this] { writer.reset(); }};
    CHECK(window.awaits("64x48 green"));
    CHECK(stopwatch.elapsed() >= 150ms);
    CHECK(window.commits == commits + 1);
}

TEST_CASE_METHOD(Fixture, "the first picture of a window isn't shown before it is there") {
    ClientSurface other{shell, client};
    const Toplevel role{other};
    writer.emplace(green.dmabuf());
    other.show(green.get());
    CHECK(other.seen() == "nothing");
    CHECK(!other.is_mapped());
    writer.reset();
    CHECK(other.awaits("64x48 green"));
    CHECK(other.is_mapped());
}

TEST_CASE_METHOD(Fixture, "a picture whose second dma-buf is late is late") {
    ClientSurface other{shell, client};
    const Toplevel role{other};
    const tarmac::Fd luma = make_dmabuf(Exporter::Udmabuf, std::vector<std::uint8_t>(64 * 48, 81));
    std::vector<std::uint8_t> red_chroma(64 * 24);
    for (std::size_t i = 0; i < red_chroma.size(); ++i)
        red_chroma[i] = i % 2 == 0 ? 90 : 240;
    const tarmac::Fd chroma = make_dmabuf(Exporter::Udmabuf, red_chroma);
    auto& params = client.create_params();
    client.add(params, luma.get(), 0, 0, 64, DRM_FORMAT_MOD_LINEAR);
    client.add(params, chroma.get(), 1, 0, 64, DRM_FORMAT_MOD_LINEAR);
    REQUIRE(client.create(params, 64, 48, DRM_FORMAT_NV12).kind == Answer::Created);
    writer.emplace(chroma);
    other.show(params.buffer);
    CHECK(other.seen() == "nothing");
    writer.reset();
    CHECK(other.awaits("64x48 red"));
}

TEST_CASE_METHOD(Fixture, "later commits queue behind a late one, in their order") {
    hold_green();
    SECTION("ready ones") {
        window.show(blue.get());
        window.show(red.get());
        window.show(blue.get());
        CHECK(window.seen() == "64x48 red");
        writer.reset();
    }
    SECTION("ones that are late as well, and come first") {
        std::optional<FakeWriter> second{std::in_place, blue.dmabuf()};
        window.show(blue.get());
        second.reset();
        shell.settle();
        CHECK(window.seen() == "64x48 red");
        writer.reset();
    }
    SECTION("ones that are late as well, and come last") {
        std::optional<FakeWriter> second{std::in_place, blue.dmabuf()};
        window.show(blue.get());
        writer.reset();
        CHECK(window.awaits("64x48 green"));
        second.reset();
    }
    SECTION("of shared memory") {
        ShmBuffer memory{client, Blue};
        window.show(memory.get());
        CHECK(window.seen() == "64x48 red");
        writer.reset();
        CHECK(window.awaits("64x48 blue"));
    }
    SECTION("without a buffer") {
        window.commit(blue.get());
        wl_surface_set_buffer_scale(window.get(), 2);
        window.commit();
        shell.settle();
        CHECK(window.seen() == "64x48 red");
        writer.reset();
        CHECK(window.awaits("32x24 blue"));
        return;
    }
    CHECK(window.awaits("64x48 blue"));
}

TEST_CASE_METHOD(Fixture, "commits that somebody else lets go one by one are seen one by one") {
    std::vector<std::uint32_t> held;
    tarmac::Listener lock;
    lock.connect(window.server()->events.client_commit,
                 [&] { held.push_back(wlr_surface_lock_pending(window.server())); });
    window.show(blue.get());
    window.show(green.get());
    lock.disconnect();
    REQUIRE(held.size() == 2);
    CHECK(window.seen() == "64x48 red");
    wlr_surface_unlock_cached(window.server(), held[0]);
    CHECK(window.awaits("64x48 blue"));
    wlr_surface_unlock_cached(window.server(), held[1]);
    CHECK(window.awaits("64x48 green"));
}

TEST_CASE_METHOD(Fixture, "the buffer of a late picture may be destroyed, and the picture comes") {
    hold_green();
    green.destroy();
    shell.settle();
    CHECK(window.seen() == "64x48 red");
    writer.reset();
    CHECK(window.awaits("64x48 green"));
}

TEST_CASE_METHOD(Fixture, "a buffer that is destroyed before the commit is none") {
    const bool is_behind = GENERATE(false, true);
    if (is_behind)
        hold_green();
    wl_surface_attach(window.get(), blue.get(), 0, 0);
    blue.destroy();
    wl_surface_commit(window.get());
    shell.settle();
    CHECK(window.seen() == "nothing");
    CHECK(!window.is_mapped());
    writer.reset();
    shell.settle();
    CHECK(window.seen() == "nothing");
    CHECK(client.connection() == Answer{});
}

TEST_CASE_METHOD(Fixture, "nobody else waits for a late picture") {
    RawClient& other_client = GENERATE(true, false) ? client : shell.connect();
    ClientSurface other{shell, other_client};
    const Toplevel role{other};
    ColorBuffer white{other_client, White}, black{other_client, Black};
    hold_green();
    FrameCallback late{window};
    window.commit();
    for (int i = 0; i < 3; ++i) {
        FrameCallback frame{other};
        other.commit(i % 2 == 0 ? white.get() : black.get());
        CHECK(other.awaits(i % 2 == 0 ? "64x48 white" : "64x48 black"));
        shell.send_frames();
        shell.settle();
        CHECK(frame.is_done);
    }
    CHECK(!late.is_done);
    CHECK(window.seen() == "64x48 red");
    writer.reset();
    CHECK(window.awaits("64x48 green"));
    shell.send_frames();
    shell.settle();
    CHECK(late.is_done);
}

TEST_CASE_METHOD(Fixture, "two surfaces wait for one buffer") {
    ClientSurface other{shell, client};
    const Toplevel role{other};
    hold_green();
    other.show(green.get());
    CHECK(other.seen() == "nothing");
    writer.reset();
    CHECK(window.awaits("64x48 green"));
    CHECK(other.awaits("64x48 green"));
}

TEST_CASE_METHOD(Fixture, "a picture doesn't wait for those who read its buffer") {
    const FakeReader reader{green.dmabuf()};
    window.commit(green.get());
    CHECK(window.awaits("64x48 green"));
}

TEST_CASE_METHOD(Fixture, "who writes only after the commit isn't waited for") {
    hold_green();
    writer.reset();
    std::optional<FakeWriter> next{std::in_place, green.dmabuf()};
    // Reading waits in the kernel for all who write by then; that it does on its own.
    if (shell.drawer().drawing() == Drawing::Pixman)
        next.reset();
    CHECK(window.awaits("64x48 green"));
}

TEST_CASE_METHOD(Fixture, "many commits of one busy buffer hold few descriptors") {
    writer.emplace(green.dmabuf());
    const std::size_t descriptors = count_open_fds();
    for (int i = 0; i < 80; ++i)
        window.commit(green.get());
    shell.settle();
    CHECK(window.seen() == "64x48 red");
    CHECK(count_open_fds() <= descriptors + 4);
    writer.reset();
    CHECK(window.awaits("64x48 green"));
    shell.settle();
    CHECK(count_open_fds() <= descriptors + 1);
}

TEST_CASE("a commit whose buffer is ready is applied at once") {
    LocalShell shell{Drawing::Gles2};
    RawClient& client = shell.connect();
    ClientSurface window{shell, client};
    const Toplevel toplevel{window};
    ColorBuffer red{client, Red}, green{client, Green};
    window.commit(red.get());
    REQUIRE(window.awaits("64x48 red"));
    const int commits = window.commits;
    window.commit(green.get());
    // Sends, and has the event loop turn once.
    shell.turn();
    CHECK(window.commits == commits + 1);
    CHECK(window.seen() == "64x48 green");
}

TEST_CASE_METHOD(Fixture, "a buffer that is made and committed in one breath is shown") {
    const bool is_late = GENERATE(false, true);
    const tarmac::Fd dmabuf =
        make_dmabuf(Exporter::Udmabuf, std::vector<std::uint8_t>(64 * 48 * 4, 255));
    if (is_late)
        writer.emplace(dmabuf);
    auto& params = client.create_params();
    client.add(params, dmabuf.get(), 0, 0, 64 * 4, DRM_FORMAT_MOD_LINEAR);
    params.buffer =
        zwp_linux_buffer_params_v1_create_immed(params.object, 64, 48, DRM_FORMAT_XRGB8888, 0);
    window.commit(params.buffer);
    if (is_late) {
        shell.settle();
        CHECK(window.seen() == "64x48 red");
        writer.reset();
    }
    CHECK(window.awaits("64x48 white"));
}
