// Clients that say when a picture is finished, and are told when it isn't read any more.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <drm_fourcc.h>
#include <functional>
#include <optional>
#include <sys/mman.h>
#include <unistd.h>
#include <wayland-client.h>

#include "linux-drm-syncobj-v1-client-protocol.h"
#include "support/explicit_sync.hpp"
#include "support/image_buffer.hpp"
#include "support/patience.hpp"
#include "support/stages.hpp"
#include "support/window.hpp"
#include "xdg-shell-client-protocol.h"

using namespace test;

namespace {

constexpr int Width = 64, Height = 48;

using Blocks = std::vector<std::vector<std::uint8_t>>;

/// How a picture gets on the screen, with whatever renderer.
struct Format {
    std::uint32_t fourcc;
    Blocks dark, light;
};
const Format Rgb{DRM_FORMAT_XRGB8888, {{30, 60, 90, 0}}, {{230, 200, 170, 0}}};
const Format Yuv{DRM_FORMAT_NV12, {{60}, {100, 150}}, {{190}, {140, 110}}};

/// A window whose commits have points.
struct Synced {
    Timeline acquire, release; ///< first: they skip the test
    CompositorProcess compositor;
    RawClient client = compositor.connect(6);
    Window window{client};
    SyncSurface sync{client, window.surface()};
    std::uint64_t last_acquire = 0, last_release = 0;
    std::optional<SyncSurface> other; ///< for what one surface can't do alone

    explicit Synced(const std::string& renderer = "gles2")
        : compositor{{"--size", "320x240"}, importing_stage(renderer)} {}

    /// Commits `buffer`; gives the point that it waits for.
    std::uint64_t commit(wl_buffer* buffer) {
        sync.set_acquire(acquire, ++last_acquire);
        sync.set_release(release, ++last_release);
        wl_surface_attach(window.surface(), buffer, 0, 0);
        wl_surface_damage_buffer(window.surface(), 0, 0, INT32_MAX, INT32_MAX);
        wl_surface_commit(window.surface());
        client.round_trip();
        return last_acquire;
    }
    /// Commits `buffer`, which is finished, and waits until it is shown.
    void show(wl_buffer* buffer) {
        acquire.signal(last_acquire + 1);
        sync.set_acquire(acquire, ++last_acquire);
        sync.set_release(release, ++last_release);
        window.show(buffer);
    }
    Picture picture() const { return take_screenshot(compositor.socket()); }
    bool await_picture(const Picture& picture) {
        return await([&] { return this->picture() == picture; });
    }
    /// Waits until the last `point` of the release timeline has signalled.
    bool await_release(std::uint64_t point) {
        return await([&] { return release.has_signalled(point); });
    }

    /// Lets the compositor work until `done`.
    bool await(const std::function<bool()>& done) {
        const auto end = std::chrono::steady_clock::now() + patience();
        while (!done() && std::chrono::steady_clock::now() < end)
            REQUIRE(client.round_trip());
        return done();
    }
};

wl_buffer* create_shm_buffer(RawClient& client) {
    auto* shm = static_cast<wl_shm*>(client.bind_global(&wl_shm_interface, 1));
    constexpr int size = Width * Height * 4;
    const tarmac::Fd memory{memfd_create("tarmac-test", MFD_CLOEXEC)};
    REQUIRE(ftruncate(memory.get(), size) == 0);
    wl_shm_pool* pool = wl_shm_create_pool(shm, memory.get(), size);
    wl_buffer* buffer =
        wl_shm_pool_create_buffer(pool, 0, Width, Height, Width * 4, WL_SHM_FORMAT_XRGB8888);
    wl_shm_pool_destroy(pool);
    wl_shm_destroy(shm);
    return buffer;
}

} // namespace

TEST_CASE("a picture is shown once its acquire point has signalled, and not before") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    const Format& format = GENERATE(std::cref(Rgb), std::cref(Yuv)).get();
    INFO(renderer << " with " << tarmac::fourcc_name(format.fourcc));
    Synced synced{renderer};
    ImageBuffer dark{synced.client, format.fourcc, Width, Height};
    ImageBuffer light{synced.client, format.fourcc, Width, Height};
    dark.fill(dark.whole(), format.dark);
    light.fill(light.whole(), format.light);
    synced.show(light.get());
    const Picture after = synced.picture();
    synced.show(dark.get());
    const Picture before = synced.picture();
    REQUIRE(after != before);

    // Painted late.
    light.fill(light.whole(), format.dark);
    const std::uint64_t point = synced.commit(light.get());
    CHECK(synced.picture() == before);
    const bool has_fence = GENERATE(false, true);
    if (has_fence)
        synced.acquire.submit(point);
    CHECK(synced.picture() == before);
    light.fill(light.whole(), format.light);
    if (has_fence)
        synced.acquire.finish();
    else
        synced.acquire.signal(point);
    CHECK(synced.await_picture(after));
}

TEST_CASE("what else writes to a buffer with an acquire point is no matter") {
    Synced synced;
    ImageBuffer dark{synced.client, DRM_FORMAT_XRGB8888, Width, Height};
    ImageBuffer light{synced.client, DRM_FORMAT_XRGB8888, Width, Height};
    dark.fill(dark.whole(), Rgb.dark);
    light.fill(light.whole(), Rgb.light);
    synced.show(light.get());
    const Picture after = synced.picture();
    synced.show(dark.get());
    const FakeWriter writer{light.dmabuf()};
    synced.acquire.signal(synced.commit(light.get()));
    CHECK(synced.await_picture(after));
}

TEST_CASE("a release point is signalled when the buffer isn't read any more") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(renderer);
    Synced synced{renderer};
    ImageBuffer first{synced.client, DRM_FORMAT_XRGB8888, Width, Height};
    ImageBuffer second{synced.client, DRM_FORMAT_XRGB8888, Width, Height};
    first.fill(first.whole(), Rgb.dark);
    second.fill(second.whole(), Rgb.light);
    synced.show(first.get());
    const std::uint64_t shown = synced.last_release;
    static_cast<void>(synced.picture());
    // lavapipe gets a copy, since it can't import.
    if (renderer != "vulkan")
        CHECK_FALSE(synced.release.has_signalled(shown));
    SECTION("since another is shown") {
        synced.show(second.get());
    }
    SECTION("since another is shown, though not before that is finished") {
        const std::uint64_t point = synced.commit(second.get());
        static_cast<void>(synced.picture());
        if (renderer != "vulkan")
            CHECK_FALSE(synced.release.has_signalled(shown));
        synced.acquire.signal(point);
    }
    SECTION("since none is shown") {
        wl_surface_attach(synced.window.surface(), nullptr, 0, 0);
        wl_surface_commit(synced.window.surface());
    }
    SECTION("though the client destroys its object") {
        synced.sync.destroy();
        wl_surface_attach(synced.window.surface(), nullptr, 0, 0);
        wl_surface_commit(synced.window.surface());
    }
    CHECK(synced.await_release(shown));
    CHECK_FALSE(synced.release.has_signalled(shown + 1));
}

TEST_CASE("a release point of what is never shown is signalled") {
    Synced synced;
    ImageBuffer image{synced.client, DRM_FORMAT_XRGB8888, Width, Height};
    synced.show(image.get());
    SECTION("since the picture is taken away") {
        ImageBuffer never{synced.client, DRM_FORMAT_XRGB8888, Width, Height};
        synced.commit(never.get());
        wl_surface_attach(synced.window.surface(), nullptr, 0, 0);
        wl_surface_commit(synced.window.surface());
        CHECK(synced.await_release(synced.last_release));
    }
    SECTION("since its surface goes") {
        wl_surface* surface = wl_compositor_create_surface(synced.client.compositor());
        ImageBuffer never{synced.client, DRM_FORMAT_XRGB8888, Width, Height};
        Timeline release;
        synced.other.emplace(synced.client, surface);
        synced.other->set_acquire(synced.acquire, synced.last_acquire + 1);
        synced.other->set_release(release, 1);
        wl_surface_attach(surface, never.get(), 0, 0);
        wl_surface_commit(surface);
        REQUIRE(synced.client.round_trip());
        CHECK_FALSE(release.has_signalled(1));
        synced.other.reset();
        wl_surface_destroy(surface);
        CHECK(synced.await([&] { return release.has_signalled(1); }));
        CHECK_FALSE(synced.release.has_signalled(synced.last_release));
    }
}

TEST_CASE("what is waited for in vain keeps no surface from its end") {
    Synced synced;
    ImageBuffer image{synced.client, DRM_FORMAT_XRGB8888, Width, Height};
    wl_surface* surface = wl_compositor_create_surface(synced.client.compositor());
    synced.other.emplace(synced.client, surface);
    synced.other->set_acquire(synced.acquire, 1);
    synced.other->set_release(synced.release, 1);
    wl_surface_attach(surface, image.get(), 0, 0);
    wl_surface_commit(surface);
    REQUIRE(synced.client.round_trip());
    // A surface that has had a buffer can't become a window any more, shown or not.
    auto* wm_base = static_cast<xdg_wm_base*>(synced.client.bind_global(&xdg_wm_base_interface, 1));
    xdg_surface* window = xdg_wm_base_get_xdg_surface(wm_base, surface);
    CHECK_FALSE(synced.client.round_trip());
    synced.acquire.signal(1);
    CHECK(synced.compositor.connect(6).round_trip());
    xdg_surface_destroy(window);
    xdg_wm_base_destroy(wm_base);
    wl_surface_destroy(surface);
}

TEST_CASE("a copy's source is released while the copy is shown") {
    Synced synced{"pixman"};
    ImageBuffer image{synced.client, DRM_FORMAT_NV12, Width, Height};
    image.fill(image.whole(), Yuv.dark);
    synced.show(image.get());
    CHECK(synced.await_release(synced.last_release));
    const Picture before = synced.picture();
    image.fill(image.whole(), Yuv.light);
    CHECK(synced.picture() == before);
}

namespace {

/// What a client does wrong, and on which object that is an error.
struct Mistake {
    const char* name;
    const wl_interface* interface;
    std::uint32_t code;
    std::function<void(Synced&, wl_buffer*)> make;
};

const Mistake Mistakes[] = {
    {"an acquire point without a buffer", &wp_linux_drm_syncobj_surface_v1_interface,
     WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_NO_BUFFER,
     [](Synced& synced, wl_buffer*) {
         synced.sync.set_acquire(synced.acquire, 1);
         wl_surface_commit(synced.window.surface());
     }},
    {"a release point without a buffer", &wp_linux_drm_syncobj_surface_v1_interface,
     WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_NO_BUFFER,
     [](Synced& synced, wl_buffer*) {
         synced.sync.set_release(synced.release, 1);
         wl_surface_commit(synced.window.surface());
     }},
    {"points for no buffer", &wp_linux_drm_syncobj_surface_v1_interface,
     WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_NO_BUFFER,
     [](Synced& synced, wl_buffer*) { synced.commit(nullptr); }},
    {"a buffer without an acquire point", &wp_linux_drm_syncobj_surface_v1_interface,
     WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_NO_ACQUIRE_POINT,
     [](Synced& synced, wl_buffer* buffer) {
         synced.sync.set_release(synced.release, 1);
         wl_surface_attach(synced.window.surface(), buffer, 0, 0);
         wl_surface_commit(synced.window.surface());
     }},
    {"a buffer without a release point", &wp_linux_drm_syncobj_surface_v1_interface,
     WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_NO_RELEASE_POINT,
     [](Synced& synced, wl_buffer* buffer) {
         synced.sync.set_acquire(synced.acquire, 1);
         wl_surface_attach(synced.window.surface(), buffer, 0, 0);
         wl_surface_commit(synced.window.surface());
     }},
    {"a release before the acquisition", &wp_linux_drm_syncobj_surface_v1_interface,
     WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_CONFLICTING_POINTS,
     [](Synced& synced, wl_buffer* buffer) {
         synced.sync.set_acquire(synced.acquire, 2);
         synced.sync.set_release(synced.acquire, 2);
         wl_surface_attach(synced.window.surface(), buffer, 0, 0);
         wl_surface_commit(synced.window.surface());
     }},
    {"points for shared memory", &wp_linux_drm_syncobj_surface_v1_interface,
     WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_UNSUPPORTED_BUFFER,
     [](Synced& synced, wl_buffer*) {
         wl_buffer* shm = create_shm_buffer(synced.client);
         synced.sync.set_acquire(synced.acquire, 1);
         synced.sync.set_release(synced.release, 1);
         wl_surface_attach(synced.window.surface(), shm, 0, 0);
         wl_surface_commit(synced.window.surface());
         wl_buffer_destroy(shm);
     }},
    {"points for a surface that is gone", &wp_linux_drm_syncobj_surface_v1_interface,
     WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_NO_SURFACE,
     [](Synced& synced, wl_buffer*) {
         wl_surface* other = wl_compositor_create_surface(synced.client.compositor());
         synced.other.emplace(synced.client, other);
         wl_surface_destroy(other);
         synced.other->set_acquire(synced.acquire, 1);
     }},
    {"two objects of one surface", &wp_linux_drm_syncobj_manager_v1_interface,
     WP_LINUX_DRM_SYNCOBJ_MANAGER_V1_ERROR_SURFACE_EXISTS,
     [](Synced& synced, wl_buffer*) {
         synced.other.emplace(synced.client, synced.window.surface());
     }},
    {"a timeline that is none", &wp_linux_drm_syncobj_manager_v1_interface,
     WP_LINUX_DRM_SYNCOBJ_MANAGER_V1_ERROR_INVALID_TIMELINE,
     [](Synced& synced, wl_buffer*) {
         const tarmac::Fd memory{memfd_create("tarmac-test", MFD_CLOEXEC)};
         wp_linux_drm_syncobj_timeline_v1_destroy(
             wp_linux_drm_syncobj_manager_v1_import_timeline(synced.sync.manager(), memory.get()));
     }},
};

} // namespace

TEST_CASE("a client's mistakes with points are errors") {
    const Mistake& mistake = GENERATE(from_range(std::begin(Mistakes), std::end(Mistakes)));
    INFO(mistake.name);
    Synced synced{"pixman"};
    ImageBuffer image{synced.client, DRM_FORMAT_XRGB8888, Width, Height};
    synced.show(image.get());
    mistake.make(synced, image.get());
    CHECK_FALSE(synced.client.round_trip());
    const Answer answer = synced.client.connection();
    CHECK(answer.interface == mistake.interface->name);
    CHECK(answer.error == mistake.code);
    CHECK(synced.compositor.process().is_running());
    RawClient next = synced.compositor.connect(6);
    CHECK(next.round_trip());
}
