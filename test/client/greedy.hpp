#pragma once

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <optional>
#include <vector>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/image_buffer.hpp"
#include "support/stages.hpp"
#include "support/window.hpp"

namespace test {

/// Of buffers of which a client wants many.
inline constexpr int SmallSize = 16;
inline constexpr std::uint32_t SmallStride = SmallSize * 4;

inline Stage with_few_descriptors(const std::string& renderer) {
    Stage stage = stage_of(renderer);
    stage.launcher = {"prlimit", "--nofile=1024:1024"};
    return stage;
}

/// Asks for `n` buffers of as many descriptors as `fourcc` has planes, and waits for the answers.
/// How many were made; nothing if the connection was ended.
inline std::optional<int> ask_for_buffers(RawClient& client, const tarmac::Fd& dmabuf, int n,
                                          std::uint32_t fourcc = DRM_FORMAT_XRGB8888) {
    std::vector<RawClient::Params*> asked;
    for (int i = 0; i < n; ++i) {
        auto& params = *asked.emplace_back(&client.create_params());
        const std::uint32_t n_planes = fourcc == DRM_FORMAT_YUV444 ? 3 : 1;
        for (std::uint32_t plane = 0; plane < n_planes; ++plane)
            client.add(params, dmabuf.get(), plane, 0, SmallStride, DRM_FORMAT_MOD_LINEAR);
        zwp_linux_buffer_params_v1_create(params.object, SmallSize, SmallSize, fourcc, 0);
    }
    const auto are_answered = [&] {
        return std::ranges::all_of(asked, [](const auto* params) { return params->is_answered; });
    };
    if (!client.wait_until(are_answered))
        return std::nullopt;
    return static_cast<int>(
        std::ranges::count_if(asked, [](const auto* params) { return params->buffer != nullptr; }));
}

/// Binds what there is, is told the formats, and has a picture shown.
inline void start_and_draw(const CompositorProcess& compositor) {
    RawClient client = compositor.connect(6);
    REQUIRE(client.dmabuf());
    CHECK_FALSE(client.feedback().table.empty());
    Window window{client};
    CHECK_FALSE(client.feedback(window.surface()).table.empty());
    ImageBuffer image{client, DRM_FORMAT_XRGB8888, 64, 64};
    window.show(image.get());
    ImageBuffer video{client, DRM_FORMAT_NV12, 64, 64};
    window.show(video.get());
    CHECK(client.connection() == Answer{});
}

} // namespace test
