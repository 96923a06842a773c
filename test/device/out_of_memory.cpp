// Whichever allocation fails, the compositor lives on, and so do clients that didn't ask for it.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstdlib>
#include <drm_fourcc.h>
#include <new>
#include <optional>
#include <utility>
#include <wayland-client.h>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/client_surface.hpp"
#include "support/dmabuf_source.hpp"
#include "support/sanitizer.hpp"
#include "support/surface_role.hpp"

using namespace test;

namespace {

/// Allocations of C++ in this thread until one fails; -1: none does.
thread_local int n_until_failure = -1;

void* allocate(std::size_t size) {
    const bool is_short = n_until_failure >= 0 && n_until_failure-- == 0;
    void* memory = is_short ? nullptr : std::malloc(size > 0 ? size : 1);
    if (!memory)
        throw std::bad_alloc{};
    return memory;
}

/// Has an allocation fail, the `n`th from now on, in turns of the shell's event loop: clients are
/// in this process, and have memory.
class Shortage {
public:
    Shortage(LocalShell& shell, int n) : shell_{shell}, n_left_{n} {
        shell.before_turn = [this] { n_until_failure = n_left_; };
        shell.after_turn = [this] { n_left_ = std::exchange(n_until_failure, -1); };
    }
    ~Shortage() { shell_.before_turn = shell_.after_turn = nullptr; }
    Shortage(const Shortage&) = delete;
    Shortage& operator=(const Shortage&) = delete;

    bool has_come() const { return n_left_ < 0; }

private:
    LocalShell& shell_;
    int n_left_;
};

struct Sample {
    Drawing drawing;
    std::uint32_t fourcc;
    Blocks red, white;
};

/// What clients do with dma-bufs, while one allocation fails.
struct Victim {
    Victim(LocalShell& s, const Sample& sample)
        : shell{s}
        , red{client, sample.fourcc, sample.red}
        , white{client, sample.fourcc, sample.white} {}
    Victim(const Victim&) = delete;
    Victim& operator=(const Victim&) = delete;

    bool is_alive() const { return client.connection() == Answer{}; }

    /// Asks for all that Tarmac offers, and lets the shell do it.
    void act() {
        constexpr std::uint32_t Stride = PictureWidth * 4;
        auto& immediate = client.create_params();
        client.add(immediate, dmabuf.get(), 0, 0, Stride, DRM_FORMAT_MOD_LINEAR);
        immediate.buffer = zwp_linux_buffer_params_v1_create_immed(
            immediate.object, PictureWidth, PictureHeight, DRM_FORMAT_XRGB8888, 0);
        client.add(asked, dmabuf.get(), 0, 0, Stride, DRM_FORMAT_MOD_LINEAR);
        zwp_linux_buffer_params_v1_create(asked.object, PictureWidth, PictureHeight,
                                          DRM_FORMAT_XRGB8888, 0);
        auto* feedback = zwp_linux_dmabuf_v1_get_surface_feedback(client.dmabuf(), window.get());
        window.commit(red.get());
        finish();
        window.commit(white.get());
        finish();
        wl_buffer_destroy(immediate.buffer);
        immediate.buffer = nullptr;
        zwp_linux_dmabuf_feedback_v1_destroy(feedback);
        finish();
    }

    LocalShell& shell;
    RawClient& client = shell.connect();
    ClientSurface window{shell, client};
    Toplevel toplevel{window};
    ColorBuffer red, white;
    tarmac::Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, PictureWidth* PictureHeight * 4);
    RawClient::Params& asked = client.create_params();

private:
    void finish() {
        for (int i = 0; i < 3; ++i)
            shell.turn(std::chrono::milliseconds{2});
    }
};

/// Whether nobody waits in vain when the `n`th allocation of what a client asks for fails; nothing
/// if there aren't as many.
std::optional<bool> is_survived(LocalShell& shell, const Sample& sample, int n) {
    Victim victim{shell, sample};
    bool has_come = false;
    {
        const Shortage shortage{shell, n};
        victim.act();
        has_come = shortage.has_come();
    }
    shell.settle();
    CHECK((victim.asked.is_answered || !victim.is_alive()));
    if (victim.is_alive()) {
        victim.window.commit(victim.red.get());
        CHECK(victim.window.awaits("64x48 red"));
        victim.window.commit(victim.white.get());
        CHECK(victim.window.awaits("64x48 white"));
        CHECK(shell.await([&] { return victim.red.releases > 0; }));
    }
    return has_come ? std::optional{victim.is_alive()} : std::nullopt;
}

} // namespace

void* operator new(std::size_t size) {
    return allocate(size);
}
// AddressSanitizer has its own of this, which doesn't go together with ours below.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return std::malloc(size > 0 ? size : 1);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

TEST_CASE("whichever allocation fails, clients get their answers or are ended") {
    const Sample sample =
        GENERATE(Sample{Drawing::Pixman, DRM_FORMAT_XRGB8888, block_of(Red), block_of(White)},
                 Sample{Drawing::Pixman, DRM_FORMAT_NV12, {{81}, {90, 240}}, {{235}, {128, 128}}},
                 Sample{Drawing::Gles2, DRM_FORMAT_XRGB8888, block_of(Red), block_of(White)});
    LocalShell shell{sample.drawing};
    RawClient& other = shell.connect();
    ClientSurface others_window{shell, other};
    const Toplevel toplevel{others_window};
    ColorBuffer green{other, Green}, blue{other, Blue};
    // The sanitized build is slow, and finds by some of them what it is after.
    constexpr int Step = HasAddressSanitizer ? 3 : 1;
    int n = 0, n_survived = 0;
    for (std::optional<bool> is_alive = false; is_alive && n < 2000; n += Step) {
        INFO("the allocation after " << n);
        is_alive = is_survived(shell, sample, n);
        n_survived += is_alive.value_or(false);
        shell.clients.pop_back();
        REQUIRE(other.connection() == Answer{});
        others_window.commit(n % 2 == 0 ? green.get() : blue.get());
        CHECK(others_window.awaits(n % 2 == 0 ? "64x48 green" : "64x48 blue"));
    }
    CHECK(n > 50);
    CHECK(n < 2000);
    CHECK(n_survived > 1);
}
