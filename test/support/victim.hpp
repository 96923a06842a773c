#pragma once

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <vector>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/client_surface.hpp"
#include "support/dmabuf_source.hpp"
#include "support/surface_role.hpp"

namespace test {

struct Sample {
    Drawing drawing;
    std::uint32_t fourcc;
    Blocks red, white;
};

/// Read and drawn by pixman, converted for it, and imported.
inline std::vector<Sample> samples() {
    return {{Drawing::Pixman, DRM_FORMAT_XRGB8888, block_of(Red), block_of(White)},
            {Drawing::Pixman, DRM_FORMAT_NV12, {{81}, {90, 240}}, {{235}, {128, 128}}},
            {Drawing::Gles2, DRM_FORMAT_XRGB8888, block_of(Red), block_of(White)}};
}

/// What clients do with dma-bufs, while something of the compositor's fails.
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

/// Whether it is alive afterwards. `fail` takes what is to be done while something may fail.
template <class Fail>
bool survives(LocalShell& shell, const Sample& sample, Fail&& fail) {
    Victim victim{shell, sample};
    fail([&] { victim.act(); });
    shell.settle();
    CHECK((victim.asked.is_answered || !victim.is_alive()));
    if (!victim.is_alive())
        return false;
    victim.window.commit(victim.red.get());
    CHECK(victim.window.awaits("64x48 red"));
    victim.window.commit(victim.white.get());
    CHECK(victim.window.awaits("64x48 white"));
    CHECK(shell.await([&] { return victim.red.releases > 0; }));
    return true;
}

/// Somebody else, whom that must not concern.
class Bystander {
public:
    explicit Bystander(LocalShell& shell)
        : client_{shell.connect()}, window_{shell, client_}, toplevel_{window_} {}

    void show(bool is_green) {
        REQUIRE(client_.connection() == Answer{});
        window_.commit(is_green ? green_.get() : blue_.get());
        CHECK(window_.awaits(is_green ? "64x48 green" : "64x48 blue"));
    }

private:
    RawClient& client_;
    ClientSurface window_;
    Toplevel toplevel_;
    ColorBuffer green_{client_, Green}, blue_{client_, Blue};
};

} // namespace test
