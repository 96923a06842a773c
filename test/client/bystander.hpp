#pragma once

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <fstream>

#include "support/compositor_process.hpp"
#include "support/forked_process.hpp"
#include "support/image_buffer.hpp"
#include "support/window.hpp"

namespace test {

/// Of pictures that tests of many clients show.
inline constexpr int Size = 64;
inline constexpr std::uint32_t Stride = 4 * Size;
inline constexpr unsigned Endless = ~0u;

/// Of a process, in bytes.
inline std::uint64_t memory_of(const Process& process) {
    std::ifstream file{"/proc/" + std::to_string(process.pid()) + "/smaps_rollup"};
    for (std::string word; file >> word;) {
        if (std::uint64_t kilobytes = 0; word == "Pss:" && file >> kilobytes)
            return 1024 * kilobytes;
    }
    FAIL("the compositor is gone");
    return 0;
}

/// All that a client does again and again.
inline bool show_pictures(const CompositorProcess& compositor, unsigned n) {
    RawClient client = compositor.connect(6);
    Window window{client};
    for (unsigned i = 0; i < n; ++i) {
        ImageBuffer image{client, i % 2 == 0 ? DRM_FORMAT_XRGB8888 : DRM_FORMAT_NV12, Size, Size};
        client.feedback(window.surface());
        client.destroy_feedback();
        window.show(image.get());
    }
    return true;
}

/// Shows what needs no copies, of which there would be more or fewer at times.
class Bystander {
public:
    explicit Bystander(const CompositorProcess& compositor)
        : client_{compositor.connect(6)}, window_{client_} {
        show();
        show();
    }
    void show() {
        window_.show((is_first_ ? first_ : second_).get());
        is_first_ = !is_first_;
        REQUIRE(client_.connection() == Answer{});
    }

private:
    RawClient client_;
    Window window_;
    ImageBuffer first_{client_, DRM_FORMAT_XRGB8888, Size, Size},
        second_{client_, DRM_FORMAT_XRGB8888, Size, Size};
    bool is_first_ = true;
};

/// A compositor that has shown all that it will, and somebody whom others must not concern.
struct CalmCompositor {
    explicit CalmCompositor(const Stage& stage = {}) : compositor{{}, stage} {
        // What is kept for good for the first client of a kind
        const ForkedProcess first{[this] { return show_pictures(compositor, 4); }};
        REQUIRE(first.is_done_well(compositor.process()));
    }

    CompositorProcess compositor;
    Bystander bystander{compositor};
};

} // namespace test
