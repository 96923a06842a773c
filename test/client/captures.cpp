// Captures of screens into dma-bufs of clients, by both protocols.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <chrono>
#include <drm_fourcc.h>
#include <linux/dma-buf.h>
#include <optional>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <utility>
#include <wayland-client.h>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/capture.hpp"
#include "support/fake_writer.hpp"
#include "support/image_buffer.hpp"
#include "support/patience.hpp"
#include "support/sanitizer.hpp"
#include "support/stages.hpp"
#include "support/virtual_card.hpp"
#include "support/window.hpp"

using namespace test;

namespace {

constexpr Pixel Left{250, 100, 0}, Right{0, 60, 200};

/// A compositor, a client, and a screen whose halves have different colours.
class Scene {
public:
    /// pixman draws on a screen, since it has dma-bufs nowhere else.
    explicit Scene(const std::string& renderer)
        : compositor{{"--size", "1024x768"}, stage(renderer)}
        , client{compositor.connect(6)}
        , window_{client}
        , output{static_cast<wl_output*>(client.bind_global(&wl_output_interface, 1))} {
        window_.set_fullscreen();
        picture_.emplace(client, DRM_FORMAT_XRGB8888, window_.width(), window_.height());
        const int half = window_.width() / 2;
        picture_->fill({0, 0, half, window_.height()}, block(Left));
        picture_->fill({half, 0, half, window_.height()}, block(Right));
        window_.show(picture_->get());
    }
    ~Scene() { wl_output_destroy(output); }
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;

    Picture expected() const {
        Picture picture{window_.width(), window_.height(), {}};
        for (int i = 0; i < picture.width * picture.height; ++i)
            picture.pixels.push_back(i % picture.width < picture.width / 2 ? Left : Right);
        return picture;
    }

private:
    static std::vector<std::vector<std::uint8_t>> block(const Pixel& pixel) {
        return {{pixel.blue, pixel.green, pixel.red, 255}};
    }
    Stage stage(const std::string& renderer) {
        if (renderer != "pixman")
            return importing_stage(renderer);
        card_.emplace(1u);
        return {.renderer = renderer, .drm_device = card_->path(), .on_screen = true};
    }

    std::optional<VirtualCard> card_;

public:
    CompositorProcess compositor;
    RawClient client;

private:
    Window window_;
    std::optional<ImageBuffer> picture_;

public:
    wl_output* output;
};

/// A client's dma-buf for a capture, whose image begins in its second page and has rows with a
/// rest.
class Target {
public:
    static constexpr std::uint32_t Offset = 4096, Rest = 64;
    static constexpr std::uint8_t Before = 0xa5;

    Target(int width, int height) : width_{width}, height_{height} {
        const std::vector<std::uint8_t> content(size(), Before);
        dmabuf = make_dmabuf(Exporter::Udmabuf, content);
    }
    Target(int width, int height, tarmac::Fd fd)
        : dmabuf{std::move(fd)}, width_{width}, height_{height} {}

    std::size_t size() const { return Offset + stride() * static_cast<std::size_t>(height_); }
    std::size_t stride() const { return static_cast<std::size_t>(width_) * 4 + Rest; }

    /// Made in the same breath as it is captured into.
    wl_buffer* buffer_at_once(RawClient& client) const {
        return zwp_linux_buffer_params_v1_create_immed(params(client, DRM_FORMAT_MOD_LINEAR).object,
                                                       width_, height_, DRM_FORMAT_XRGB8888, 0);
    }
    /// What isn't imported is mapped when the client hears of the buffer.
    wl_buffer* buffer(RawClient& client, std::uint64_t modifier = DRM_FORMAT_MOD_LINEAR) const {
        auto& made = params(client, modifier);
        REQUIRE(client.create(made, width_, height_, DRM_FORMAT_XRGB8888) ==
                Answer{Answer::Created, 0, {}});
        return std::exchange(made.buffer, nullptr);
    }

    /// What was captured, all else being as before.
    Picture picture() const {
        const std::vector<std::uint8_t> bytes = read();
        Picture picture{width_, height_, {}};
        std::size_t touched = 0;
        const auto count = [&](std::size_t from, std::size_t to) {
            for (std::size_t i = from; i < to; ++i)
                touched += bytes[i] != Before;
        };
        count(0, Offset);
        for (int y = 0; y < height_; ++y) {
            const std::size_t row = Offset + static_cast<std::size_t>(y) * stride();
            for (std::size_t i = row; i < row + stride() - Rest; i += 4)
                picture.pixels.push_back({bytes[i + 2], bytes[i + 1], bytes[i]});
            count(row + stride() - Rest, row + stride());
        }
        CHECK(touched == 0);
        return picture;
    }
    bool is_untouched() const {
        return std::ranges::all_of(read(), [](std::uint8_t byte) { return byte == Before; });
    }

    tarmac::Fd dmabuf;

private:
    RawClient::Params& params(RawClient& client, std::uint64_t modifier) const {
        auto& params = client.create_params();
        client.add(params, dmabuf.get(), 0, Offset, static_cast<std::uint32_t>(stride()), modifier);
        return params;
    }
    std::vector<std::uint8_t> read() const {
        dma_buf_sync sync = {.flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ};
        REQUIRE(ioctl(dmabuf.get(), DMA_BUF_IOCTL_SYNC, &sync) == 0);
        void* memory = mmap(nullptr, size(), PROT_READ, MAP_SHARED, dmabuf.get(), 0);
        REQUIRE(memory != MAP_FAILED);
        const auto* first = static_cast<const std::uint8_t*>(memory);
        std::vector<std::uint8_t> bytes(first, first + size());
        munmap(memory, size());
        sync.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ;
        REQUIRE(ioctl(dmabuf.get(), DMA_BUF_IOCTL_SYNC, &sync) == 0);
        return bytes;
    }

    int width_, height_;
};

constexpr std::uint32_t InvalidBuffer = 1; ///< zwlr_screencopy_frame_v1.error
constexpr Captured Ready{Captured::Ready, 0}, Failed{Captured::Failed, 0};

} // namespace

TEST_CASE("wlr-screencopy captures into dma-bufs as it announces them") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(renderer);
    Scene scene{renderer};
    for (int i = 0; i < 2; ++i) {
        Screencopy capture{scene.client, scene.output};
        REQUIRE(capture.fourcc() == DRM_FORMAT_XRGB8888);
        const Target target{capture.width(), capture.height()};
        wl_buffer* buffer = renderer == "pixman" ? target.buffer(scene.client)
                                                 : target.buffer_at_once(scene.client);
        CHECK(capture.into(buffer) == Ready);
        CHECK(target.picture() == scene.expected());
        // The same once more.
        Screencopy again{scene.client, scene.output};
        CHECK(again.into(buffer) == Ready);
        CHECK(target.picture() == scene.expected());
        wl_buffer_destroy(buffer);
    }
    CHECK(scene.client.connection() == Answer{});
}

TEST_CASE("ext-image-copy-capture captures into dma-bufs where it announces them") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(renderer);
    Scene scene{renderer};
    ImageCapture capture{scene.client, scene.output};
    const Target target{capture.width(), capture.height()};
    wl_buffer* buffer = target.buffer(scene.client);
    // pixman has no device, nor has Vulkan in software.
    CHECK(capture.fourccs().empty() == (renderer != "gles2"));
    if (capture.fourccs().empty()) {
        CHECK(capture.into(buffer) ==
              Captured{Captured::Failed,
                       EXT_IMAGE_COPY_CAPTURE_FRAME_V1_FAILURE_REASON_BUFFER_CONSTRAINTS});
        CHECK(target.is_untouched());
    } else {
        CHECK(std::ranges::contains(capture.fourccs(), std::uint32_t{DRM_FORMAT_XRGB8888}));
        CHECK(capture.into(buffer) == Ready);
        CHECK(target.picture() == scene.expected());
    }
    CHECK(scene.client.connection() == Answer{});
}

TEST_CASE("a capture fails whose buffer somebody uses") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(renderer);
    if (const std::string reason = missing(Exporter::Vgem); !reason.empty())
        SKIP(reason);
    if (renderer == "vulkan" && slowness() > 1)
        SKIP("a fence of vgem's lasts ten seconds, in which Vulkan draws no frame here");
    Scene scene{renderer};
    const auto begin = std::chrono::steady_clock::now();
    Screencopy capture{scene.client, scene.output};
    const Target target{capture.width(), capture.height()};
    wl_buffer* buffer = target.buffer(scene.client);
    std::optional<FakeUser> user;
    SECTION("to write") {
        user.emplace(target.dmabuf, true);
    }
    SECTION("to read") {
        user.emplace(target.dmabuf, false);
    }
    CHECK(capture.into(buffer) == Failed);
    if (renderer == "gles2") {
        ImageCapture other{scene.client, scene.output};
        CHECK(other.into(buffer) == Failed);
    }
    // The fence would last for ten seconds.
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{9});
    user.reset();
    CHECK(target.is_untouched());

    Screencopy later{scene.client, scene.output};
    CHECK(later.into(buffer) == Ready);
    CHECK(target.picture() == scene.expected());
    if (renderer == "gles2") {
        ImageCapture other{scene.client, scene.output};
        CHECK(other.into(buffer) == Ready);
    }
}

TEST_CASE("nothing is captured into a dma-buf that the renderer can't draw to") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(renderer);
    if (const std::string reason = missing(Exporter::Vkms); !reason.empty())
        SKIP(reason);
    Scene scene{renderer};
    RawClient client = scene.compositor.connect(6);
    auto* output = static_cast<wl_output*>(client.bind_global(&wl_output_interface, 1));
    std::optional<Screencopy> capture{std::in_place, client, output};
    const int width = capture->width(), height = capture->height();
    const Target writable{width, height};
    const std::vector<std::uint8_t> content(writable.size(), Target::Before);
    const Target read_only{width, height, make_read_only_dmabuf(content)};
    SECTION("which is read only") {
        if (renderer == "gles2") {
            ImageCapture other{client, output};
            CHECK(other.into(read_only.buffer(client)) == Failed);
        }
        // wlroots 0.20.2 never unlocks a buffer that wlr-screencopy refuses with an error.
        if (HasAddressSanitizer && renderer != "pixman")
            return;
        const Captured captured = capture->into(read_only.buffer(client));
        // Of what isn't imported wlr-screencopy says that it's an error.
        if (renderer == "pixman")
            CHECK(captured == Failed);
        else
            CHECK(client.connection() == protocol_error(InvalidBuffer));
        CHECK(read_only.is_untouched());
    }
    if (renderer == "vulkan" && !HasAddressSanitizer) {
        SECTION("whose layout is implicit") {
            capture->into(writable.buffer(client, DRM_FORMAT_MOD_INVALID));
            CHECK(client.connection() == protocol_error(InvalidBuffer));
            CHECK(writable.is_untouched());
        }
    }
    capture.reset();
    wl_output_destroy(output);

    Screencopy later{scene.client, scene.output};
    CHECK(later.into(writable.buffer(scene.client)) == Ready);
    CHECK(writable.picture() == scene.expected());
}
