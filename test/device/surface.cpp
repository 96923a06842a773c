// What a commit has read of a buffer, seen from inside.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <drm_fourcc.h>
#include <optional>
#include <tarmac/linux_dmabuf.hpp>

#include "import/imported_buffer.hpp"
#include "linux-dmabuf-v1-client-protocol.h"
#include "support/color_representation.hpp"
#include "support/color_surface.hpp"
#include "support/fake_writer.hpp"
#include "support/image_buffer.hpp"
#include "support/local_compositor.hpp"
#include "support/local_renderer.hpp"
#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

using namespace tarmac;
using test::Box;
using test::ImageBuffer;
using test::RawClient;

namespace {

constexpr int Width = 64, Height = 48;
constexpr Box Whole{0, 0, Width, Height}, Part{16, 8, 20, 12}, Other{40, 24, 8, 8};

using Blocks = std::vector<std::vector<std::uint8_t>>;
const Blocks Dark{{40}, {128, 128}}, Light{{220}, {128, 128}};

/// A client's surface, and the server's end of it.
class Surface {
public:
    Surface(wlr_compositor& surfaces, RawClient& client) : client_{client} {
        Listener made;
        made.connect<wlr_surface>(surfaces.events.new_surface,
                                  [this](wlr_surface* surface) { shown_ = surface; });
        object_ = wl_compositor_create_surface(client.compositor());
        REQUIRE(client.round_trip());
        REQUIRE(shown_);
    }
    ~Surface() { wl_surface_destroy(object_); }
    Surface(const Surface&) = delete;
    Surface& operator=(const Surface&) = delete;

    wl_surface* get() const { return object_; }
    /// What the texture was made of, or last updated in place; nullptr if it is gone.
    wlr_buffer* source() const { return shown_->buffer ? shown_->buffer->source : nullptr; }

    void commit(wl_buffer* buffer, const Box& damage) {
        attach(buffer, damage);
        commit();
    }
    void commit_in_vain(wl_buffer* buffer, const Box& damage) {
        attach(buffer, damage);
        wl_surface_commit(object_);
        REQUIRE(client_.round_trip());
    }
    /// Waits until the commit is applied, and no pixel stands for its picture any more.
    void commit() {
        const std::uint32_t before = shown_->current.seq;
        wl_surface_commit(object_);
        REQUIRE(client_.round_trip());
        wl_display* display = wl_client_get_display(wl_resource_get_client(shown_->resource));
        const auto is_awaited = [&] {
            return shown_->current.seq == before ||
                   (shown_->buffer && shown_->buffer->base.width == 1);
        };
        while (is_awaited())
            REQUIRE(wl_event_loop_dispatch(wl_display_get_event_loop(display), 5000) == 0);
        REQUIRE(client_.round_trip());
    }

    /// Whether all of `box` has the last shade, as the renderer reads it.
    bool is_light(const Box& box) const { return count_light(box) == box.width * box.height; }
    bool is_dark(const Box& box) const { return count_light(box) == 0; }

private:
    void attach(wl_buffer* buffer, const Box& damage) {
        wl_surface_attach(object_, buffer, 0, 0);
        wl_surface_damage_buffer(object_, damage.x, damage.y, damage.width, damage.height);
    }
    int count_light(const Box& box) const {
        void* data;
        std::uint32_t fourcc;
        std::size_t stride;
        REQUIRE(wlr_buffer_begin_data_ptr_access(source(), WLR_BUFFER_DATA_PTR_ACCESS_READ, &data,
                                                 &fourcc, &stride));
        int light = 0;
        for (int y = box.y; y < box.y + box.height; ++y) {
            const auto* row =
                static_cast<const std::uint32_t*>(data) + static_cast<std::size_t>(y) * stride / 4;
            for (int x = box.x; x < box.x + box.width; ++x)
                light += (row[x] & 0xff) > 128;
        }
        wlr_buffer_end_data_ptr_access(source());
        return light;
    }

    RawClient& client_;
    wl_surface* object_;
    wlr_surface* shown_ = nullptr;
};

/// With pixman, which reads a buffer for as long as it is shown.
struct Fixture {
    test::LocalCompositor compositor;
    wlr_renderer* renderer = wlr_pixman_renderer_create();
    wlr_compositor* surfaces = wlr_compositor_create(compositor.display(), 6, renderer);
    std::unique_ptr<Importer> importer = std::move(*create_mapped_importer(renderer, 1));
    std::optional<LinuxDmabuf> global{
        std::move(*LinuxDmabuf::create(compositor.display(), surfaces, {importer.get()}))};
    std::optional<RawClient> client;

    Fixture() {
        if (const std::string reason = test::missing(test::Exporter::Udmabuf); !reason.empty())
            SKIP(reason);
        client.emplace(6u, compositor.connect(), compositor.pump());
    }
    ~Fixture() {
        wl_display_destroy_clients(compositor.display());
        global.reset();
        wlr_renderer_destroy(renderer);
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "what isn't damaged isn't read") {
    Surface surface{*surfaces, *client};
    ImageBuffer image{*client, DRM_FORMAT_NV12, Width, Height};
    image.fill(Whole, Dark);
    surface.commit(image.get(), Whole);
    REQUIRE(surface.is_dark(Whole));
    image.fill(Whole, Light);
    SECTION("in the buffer's coordinates") {
        surface.commit(image.get(), Part);
    }
    SECTION("in the surface's, which has a scale") {
        wl_surface_set_buffer_scale(surface.get(), 2);
        wl_surface_attach(surface.get(), image.get(), 0, 0);
        wl_surface_damage(surface.get(), Part.x / 2, Part.y / 2, Part.width / 2, Part.height / 2);
        surface.commit();
    }
    CHECK(surface.is_light(Part));
    CHECK(surface.is_dark(Other));
    // Nor is it without new content.
    wl_surface_damage_buffer(surface.get(), 0, 0, Width, Height);
    surface.commit();
    CHECK(surface.is_dark(Other));
}

TEST_CASE_METHOD(Fixture, "the next buffer is read where it differs from the one before") {
    Surface surface{*surfaces, *client};
    ImageBuffer first{*client, DRM_FORMAT_NV12, Width, Height};
    ImageBuffer second{*client, DRM_FORMAT_NV12, Width, Height};
    first.fill(Whole, Dark);
    second.fill(Whole, Light);
    surface.commit(first.get(), Whole);
    surface.commit(second.get(), Part);
    CHECK(surface.is_light(Part));
    CHECK(surface.is_dark(Other));
    first.fill(Whole, Light);
    surface.commit(first.get(), Other);
    CHECK(surface.is_light(Part));
    CHECK(surface.is_light(Other));
    CHECK(surface.is_dark({0, 0, 16, Height}));
}

TEST_CASE_METHOD(Fixture, "damage of an inverted buffer is read from below") {
    Surface surface{*surfaces, *client};
    ImageBuffer image{*client, DRM_FORMAT_NV12, Width, Height,
                      ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_Y_INVERT};
    image.fill(Whole, Dark);
    surface.commit(image.get(), Whole);
    image.fill(Whole, Light);
    surface.commit(image.get(), Part);
    CHECK(surface.is_light(Part));
    CHECK(surface.is_dark(Other));
}

TEST_CASE_METHOD(Fixture, "all is read where there is nothing like it to go on from") {
    Surface surface{*surfaces, *client};
    ImageBuffer image{*client, DRM_FORMAT_NV12, Width, Height};
    image.fill(Whole, Dark);
    SECTION("but what has smaller pixels") {
        // Copied, as it is inverted, and not converted.
        ImageBuffer small{*client, DRM_FORMAT_RGB565, Width, Height,
                          ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_Y_INVERT};
        surface.commit(small.get(), Whole);
        image.fill(Whole, Light);
    }
    SECTION("as the surface showed nothing") {
        surface.commit(image.get(), Whole);
        image.fill(Whole, Light);
        surface.commit(nullptr, Whole);
    }
    surface.commit(image.get(), Part);
    CHECK(surface.is_light(Whole));
}

TEST_CASE_METHOD(Fixture, "surfaces that show one buffer have a copy each") {
    Surface surface{*surfaces, *client}, other{*surfaces, *client};
    ImageBuffer image{*client, DRM_FORMAT_NV12, Width, Height};
    image.fill(Whole, Dark);
    surface.commit(image.get(), Whole);
    other.commit(image.get(), Whole);
    image.fill(Whole, Light);
    other.commit(image.get(), Part);
    CHECK(other.is_light(Part));
    CHECK(surface.is_dark(Whole));
    surface.commit(image.get(), Other);
    CHECK(surface.is_light(Other));
    CHECK(surface.is_dark(Part));
}

TEST_CASE_METHOD(Fixture, "damage that couldn't be read in time isn't lost") {
    Surface surface{*surfaces, *client};
    ImageBuffer image{*client, DRM_FORMAT_NV12, Width, Height};
    image.fill(Whole, Dark);
    surface.commit(image.get(), Whole);
    image.fill(Whole, Light);
    {
        const test::FakeWriter writer{image.dmabuf()};
        surface.commit_in_vain(image.get(), Part);
    }
    surface.commit(image.get(), Other);
    CHECK(surface.is_light(Other));
    CHECK(surface.is_light(Part));
}

TEST_CASE("a client that may map no more has its colours drawn as the renderer does") {
    test::LocalCompositor compositor;
    test::LocalRenderer& renderer = test::LocalRenderer::shared();
    wlr_compositor* surfaces = wlr_compositor_create(compositor.display(), 6, renderer.get());
    test::create_color_representation(compositor.display(), {});
    constexpr std::uint64_t Pixels = Width * Height * 4;
    const bool may_map = GENERATE(true, false);
    LinuxDmabuf::Options options;
    options.quotas.mapped_bytes = 2 * (may_map ? Pixels : Pixels - 1);
    auto global = LinuxDmabuf::create(compositor.display(), surfaces, {&renderer.importer()},
                                      std::move(options));
    REQUIRE(global);
    RawClient client{6, compositor.connect(), compositor.pump()};
    {
        Surface surface{*surfaces, client};
        test::ColorSurface colors{client, surface.get()};
        colors.set_straight(true);
        ImageBuffer image{client, DRM_FORMAT_ARGB8888, Width, Height};
        surface.commit(image.get(), Whole);
        CHECK((ImportedBuffer::from(surface.source()) == nullptr) == may_map);
    }
    wl_display_destroy_clients(compositor.display());
}
