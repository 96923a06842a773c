// Captures of single windows, each of which is in a scene of its own besides the one on the screen.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <csignal>
#include <drm_fourcc.h>
#include <list>
#include <ranges>
#include <sys/mman.h>
#include <unistd.h>
#include <wayland-client.h>

#include "support/capture.hpp"
#include "support/fake_writer.hpp"
#include "support/image_buffer.hpp"
#include "support/stages.hpp"
#include "support/window.hpp"

using namespace test;

namespace {

constexpr int Width = 64, Height = 48;
using Blocks = std::vector<std::vector<std::uint8_t>>;
const Blocks Orange{{0, 100, 250, 255}}, Blue{{200, 60, 0, 255}};
constexpr Pixel OrangePixel{250, 100, 0}, BluePixel{0, 60, 200};

/// Memory for a capture, which every renderer has.
class Target {
public:
    Target(RawClient& client, int width, int height)
        : width_{width}, height_{height}, memory_{memfd_create("tarmac-test", MFD_CLOEXEC)} {
        REQUIRE(ftruncate(memory_.get(), size()) == 0);
        auto* shm = static_cast<wl_shm*>(client.bind_global(&wl_shm_interface, 1));
        wl_shm_pool* pool = wl_shm_create_pool(shm, memory_.get(), size());
        buffer_ =
            wl_shm_pool_create_buffer(pool, 0, width, height, width * 4, WL_SHM_FORMAT_XRGB8888);
        wl_shm_pool_destroy(pool);
        wl_shm_destroy(shm);
    }
    ~Target() { wl_buffer_destroy(buffer_); }
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;

    wl_buffer* buffer() const { return buffer_; }
    Picture picture() const {
        std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size()));
        REQUIRE(pread(memory_.get(), bytes.data(), bytes.size(), 0) == size());
        Picture picture{width_, height_, {}};
        for (std::size_t i = 0; i < bytes.size(); i += 4)
            picture.pixels.push_back({bytes[i + 2], bytes[i + 1], bytes[i]});
        return picture;
    }

private:
    int size() const { return width_ * height_ * 4; }

    int width_, height_;
    tarmac::Fd memory_;
    wl_buffer* buffer_;
};

/// The windows that a client is told of.
class ListedWindows {
public:
    explicit ListedWindows(RawClient& client)
        : client_{client}
        , list_{static_cast<ext_foreign_toplevel_list_v1*>(
              client.bind_global(&ext_foreign_toplevel_list_v1_interface, 1))} {
        static constexpr ext_foreign_toplevel_list_v1_listener events = {
            .toplevel =
                [](void* data, ext_foreign_toplevel_list_v1*,
                   ext_foreign_toplevel_handle_v1* window) {
                    static_cast<ListedWindows*>(data)->windows_.push_back(window);
                },
            .finished = [](void*, ext_foreign_toplevel_list_v1*) {},
        };
        ext_foreign_toplevel_list_v1_add_listener(list_, &events, this);
    }
    ~ListedWindows() {
        for (auto* window : windows_)
            ext_foreign_toplevel_handle_v1_destroy(window);
        ext_foreign_toplevel_list_v1_destroy(list_);
    }
    ListedWindows(const ListedWindows&) = delete;
    ListedWindows& operator=(const ListedWindows&) = delete;

    /// Waits until there are so many.
    ext_foreign_toplevel_handle_v1* get(std::size_t index) {
        REQUIRE(client_.wait_until([&] { return windows_.size() > index; }));
        return windows_[index];
    }

private:
    RawClient& client_;
    ext_foreign_toplevel_list_v1* list_;
    std::vector<ext_foreign_toplevel_handle_v1*> windows_;
};

/// A compositor, and a client with a window that another one captures.
struct Stand {
    explicit Stand(const std::string& renderer)
        : compositor{{"--size", "320x240"}, stage_of(renderer)} {
        client.emplace(6u, compositor.open_socket());
        window.emplace(*client);
    }

    ImageBuffer& image(const Blocks& left, const Blocks& right, int width = Width,
                       std::uint32_t fourcc = DRM_FORMAT_XRGB8888) {
        ImageBuffer& made = images.emplace_back(*client, fourcc, width, Height);
        made.fill({0, 0, width / 2, Height}, left);
        made.fill({width / 2, 0, width - width / 2, Height}, right);
        return made;
    }
    /// Commits it without waiting for it to be shown.
    void commit(const ImageBuffer& image) {
        wl_surface_attach(window->surface(), image.get(), 0, 0);
        wl_surface_damage_buffer(window->surface(), 0, 0, INT32_MAX, INT32_MAX);
        wl_surface_commit(window->surface());
        REQUIRE(client->round_trip());
    }
    /// As the other client knows it, or another window that was mapped later.
    ext_foreign_toplevel_handle_v1* listed(std::size_t index = 0) {
        if (!listed_)
            listed_.emplace(capturer);
        return listed_->get(index);
    }
    /// What a capture in a session of its own has.
    Picture captured() {
        ImageCapture capture{capturer, listed()};
        const Target target{capturer, capture.width(), capture.height()};
        REQUIRE(capture.into(target.buffer()) == Captured{Captured::Ready});
        return target.picture();
    }

    CompositorProcess compositor;
    RawClient capturer{6, compositor.open_socket()};
    std::optional<RawClient> client;
    std::optional<Window> window;
    std::list<ImageBuffer> images;

private:
    std::optional<ListedWindows> listed_;
};

/// Parts of a window, each in the one before and a billion pixels to the right of it.
class FarParts {
public:
    FarParts(RawClient& client, wl_surface* window, std::size_t n)
        : subcompositor_{
              static_cast<wl_subcompositor*>(client.bind_global(&wl_subcompositor_interface, 1))} {
        while (surfaces_.size() < n) {
            wl_surface* parent = surfaces_.empty() ? window : surfaces_.back();
            wl_surface* surface =
                surfaces_.emplace_back(wl_compositor_create_surface(client.compositor()));
            roles_.push_back(wl_subcompositor_get_subsurface(subcompositor_, surface, parent));
            wl_subsurface_set_position(roles_.back(), 1'000'000'000, 0);
            wl_subsurface_set_desync(roles_.back());
        }
        std::ranges::for_each(surfaces_ | std::views::reverse, wl_surface_commit);
        wl_surface_commit(window);
    }
    ~FarParts() {
        std::ranges::for_each(roles_, wl_subsurface_destroy);
        std::ranges::for_each(surfaces_, wl_surface_destroy);
        wl_subcompositor_destroy(subcompositor_);
    }
    FarParts(const FarParts&) = delete;
    FarParts& operator=(const FarParts&) = delete;

private:
    wl_subcompositor* subcompositor_;
    std::vector<wl_surface*> surfaces_;
    std::vector<wl_subsurface*> roles_;
};

Picture halves(const Pixel& left, const Pixel& right, int width = Width) {
    Picture picture{width, Height, {}};
    for (int i = 0; i < width * Height; ++i)
        picture.pixels.push_back(i % width < width / 2 ? left : right);
    return picture;
}

} // namespace

TEST_CASE("a window is captured alone, whatever lies above it") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(renderer);
    Stand stand{renderer};
    stand.window->show(stand.image(Orange, Blue).get());
    CHECK(stand.captured() == halves(OrangePixel, BluePixel));
    // A window is as large as what it shows.
    stand.window->show(stand.image(Blue, Orange, 2 * Width).get());
    CHECK(stand.captured() == halves(BluePixel, OrangePixel, 2 * Width));

    RawClient other = stand.compositor.connect(6);
    Window above{other};
    above.set_fullscreen();
    ImageBuffer cover{other, DRM_FORMAT_XRGB8888, above.width(), above.height()};
    cover.fill(cover.whole(), {{0, 255, 0, 0}});
    above.show(cover.get());
    CHECK(stand.captured() == halves(BluePixel, OrangePixel, 2 * Width));
}

TEST_CASE("a window of YUV is captured as it is shown") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(renderer);
    Stand stand{renderer};
    stand.window->show(
        stand.image({{160}, {80, 150}}, {{60}, {140, 100}}, Width, DRM_FORMAT_NV12).get());
    const Picture screen = take_screenshot(stand.compositor.socket());
    const Box shown = find_window(screen, Width, Height);
    const Picture captured = stand.captured();
    for (int y = 0; y < Height; ++y) {
        for (int x = 0; x < Width; ++x)
            REQUIRE(captured.at(x, y) == screen.at(shown.x + x, shown.y + y));
    }
}

TEST_CASE("a captured window keeps its picture until the next one is drawn") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(renderer);
    Stand stand{renderer};
    stand.window->show(stand.image(Orange, Blue).get());
    ImageBuffer& next = stand.image(Blue, Orange);
    std::optional<FakeWriter> writer{next.dmabuf()};
    stand.commit(next);

    ImageCapture capture{stand.capturer, stand.listed()};
    const Target first{stand.capturer, Width, Height}, second{stand.capturer, Width, Height};
    REQUIRE(capture.into(first.buffer()) == Captured{Captured::Ready});
    CHECK(first.picture() == halves(OrangePixel, BluePixel));
    capture.begin(second.buffer());
    REQUIRE(stand.capturer.round_trip());
    CHECK_FALSE(capture.result());
    writer.reset();
    REQUIRE(stand.capturer.wait_until([&] { return capture.result().has_value(); }));
    CHECK(*capture.result() == Captured{Captured::Ready});
    CHECK(second.picture() == halves(BluePixel, OrangePixel));
}

TEST_CASE("captures of a window stop when it closes, and when the renderer is lost") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(renderer);
    Stand stand{renderer};
    stand.window->show(stand.image(Orange, Blue).get());
    ImageCapture capture{stand.capturer, stand.listed()};
    const Target target{stand.capturer, Width, Height};
    REQUIRE(capture.into(target.buffer()) == Captured{Captured::Ready});
    capture.begin(target.buffer());
    REQUIRE(stand.capturer.round_trip());

    SECTION("closed") {
        stand.window.reset();
    }
    SECTION("unmapped") {
        wl_surface_attach(stand.window->surface(), nullptr, 0, 0);
        wl_surface_commit(stand.window->surface());
    }
    SECTION("its client gone") {
        stand.window.reset();
        stand.images.clear();
        stand.client.reset();
    }
    SECTION("lost") {
        stand.compositor.process().signal(SIGUSR1);
        stand.compositor.process().await_line("tarmac: replaced");
        CHECK(stand.captured() == halves(OrangePixel, BluePixel));
    }
    if (stand.client) {
        REQUIRE(stand.client->round_trip());
    }
    REQUIRE(stand.capturer.wait_until([&] { return capture.is_stopped(); }));
    CHECK(capture.result() ==
          Captured{Captured::Failed, EXT_IMAGE_COPY_CAPTURE_FRAME_V1_FAILURE_REASON_STOPPED});
    CHECK(stand.compositor.process().is_running());
}

TEST_CASE("a window that is too large to be captured stops its captures, and no others") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    // So many are farther away than an int counts, whatever is the most for each.
    const std::size_t n_parts = GENERATE(1, 2200);
    INFO(renderer << ", " << n_parts << " parts");
    Stand stand{renderer};
    const ImageBuffer& image = stand.image(Orange, Blue);
    stand.window->show(image.get());
    ImageCapture capture{stand.capturer, stand.listed()};
    const Target target{stand.capturer, Width, Height};
    REQUIRE(capture.into(target.buffer()) == Captured{Captured::Ready});
    RawClient other = stand.compositor.connect(6);
    Window bystander{other};
    ImageBuffer shown{other, DRM_FORMAT_XRGB8888, Width, Height};
    shown.fill(shown.whole(), Blue);
    bystander.show(shown.get());
    ImageCapture of_bystander{stand.capturer, stand.listed(1)};

    capture.begin(target.buffer());
    REQUIRE(stand.capturer.round_trip());
    std::optional<FarParts> parts{std::in_place, *stand.client, stand.window->surface(), n_parts};
    stand.commit(image);
    CHECK(stand.capturer.wait_until([&] { return capture.is_stopped(); }));
    CHECK(capture.result() ==
          Captured{Captured::Failed, EXT_IMAGE_COPY_CAPTURE_FRAME_V1_FAILURE_REASON_STOPPED});
    const ImageCapture another{stand.capturer, stand.listed()};
    CHECK(another.is_stopped());
    REQUIRE(of_bystander.into(target.buffer()) == Captured{Captured::Ready});
    CHECK(target.picture() == halves(BluePixel, BluePixel));

    parts.reset();
    REQUIRE(stand.client->round_trip());
    CHECK(stand.captured() == halves(OrangePixel, BluePixel));
    // Larger than every screen, without any parts.
    ImageCapture whole{stand.capturer, stand.listed()};
    stand.window->set_size(1'000'000, 1'000'000);
    stand.commit(image);
    CHECK(stand.capturer.wait_until([&] { return whole.is_stopped(); }));
    CHECK(stand.compositor.process().is_running());
}

TEST_CASE("a window that is captured gives its buffers back") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(renderer);
    Stand stand{renderer};
    int releases = 0;
    static constexpr wl_buffer_listener events = {
        .release = [](void* count, wl_buffer*) { ++*static_cast<int*>(count); },
    };
    ImageBuffer& first = stand.image(Orange, Blue);
    wl_buffer_add_listener(first.get(), &events, &releases);
    stand.window->show(first.get());
    ImageCapture capture{stand.capturer, stand.listed()};
    const Target target{stand.capturer, Width, Height};
    REQUIRE(capture.into(target.buffer()) == Captured{Captured::Ready});
    stand.window->show(stand.image(Blue, Orange).get());
    REQUIRE(capture.into(target.buffer()) == Captured{Captured::Ready});
    CHECK(target.picture() == halves(BluePixel, OrangePixel));
    CHECK(stand.client->wait_until([&] { return releases > 0; }));
}
