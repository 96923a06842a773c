// Whoever lends memory to textures is told when it is theirs again.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <drm_fourcc.h>
#include <optional>
#include <tarmac/texture_builder.hpp>

#include "support/dmabuf_source.hpp"
#include "support/drawer.hpp"
#include "support/fake_writer.hpp"

using namespace test;
using namespace tarmac;

namespace {

constexpr std::uint32_t Width = 64, Height = 48;

struct Fixture {
    Fixture() {
        if (const std::string why = missing(Exporter::Udmabuf); !why.empty())
            SKIP(why);
        dmabuf = allocate_dmabuf(Exporter::Udmabuf, std::size_t{Width} * Height * 4);
    }
    ~Fixture() {
        if (loop)
            wl_event_loop_destroy(loop);
    }
    TextureBuilder builder(std::uint32_t fourcc = DRM_FORMAT_XRGB8888) {
        TextureBuilder builder;
        builder.set_size(Width, Height)
            .set_format(fourcc, DRM_FORMAT_MOD_LINEAR)
            .set_plane(0, std::move(*dmabuf.duplicate()), 0, Width * 4)
            .set_on_unused(loop, [this] { ++told; });
        return builder;
    }
    /// How often it has been told, when all that can be has happened.
    int count() {
        while (wl_event_loop_dispatch(loop, 0) == 0 && std::exchange(seen, told) != told) {
        }
        return told;
    }
    Importer& renderer() {
        return *Drawer::shared(GENERATE(Drawing::Gles2, Drawing::Vulkan)).importers().front();
    }
    Importer& reader() {
        return *Drawer::shared(GENERATE(Drawing::Pixman, Drawing::Gles2)).importers().back();
    }

    wl_event_loop* loop = wl_event_loop_create();
    Fd dmabuf;
    int told = 0, seen = -1;
};

} // namespace

TEST_CASE_METHOD(Fixture, "memory is lent until its texture is gone and nobody reads it") {
    auto texture = builder().build(renderer());
    REQUIRE(texture);
    CHECK(count() == 0);
    SECTION("a GPU") {
        std::optional<FakeReader> gpu{dmabuf};
        texture = fail(Fault::Unsupported, "");
        CHECK(count() == 0);
        gpu.reset();
        wl_event_loop_dispatch(loop, 1000);
    }
    SECTION("a screen") {
        wlr_buffer* shown = wlr_buffer_lock(texture->buffer());
        texture = fail(Fault::Unsupported, "");
        CHECK(count() == 0);
        wlr_buffer_unlock(shown);
        CHECK(told == 0);
    }
    SECTION("whoever keeps the buffer") {
        BufferPtr kept = std::move(*texture).take_buffer();
        texture = fail(Fault::Unsupported, "");
        CHECK(count() == 0);
        kept.reset();
        CHECK(told == 0);
    }
    SECTION("until the event loop is destroyed") {
        wl_event_loop_destroy(std::exchange(loop, nullptr));
        CHECK(told == 0);
        texture = fail(Fault::Unsupported, "");
        CHECK(told == 1);
        return;
    }
    CHECK(count() == 1);
}

TEST_CASE_METHOD(Fixture, "memory that is copied is lent until the build is over") {
    const auto texture = builder().build(reader());
    REQUIRE(texture);
    CHECK(told == 0);
    CHECK(count() == 1);
}

TEST_CASE_METHOD(Fixture, "memory is lent to each texture, and to none that isn't built") {
    TextureBuilder lender = builder();
    Importer& importer = renderer();
    SECTION("two") {
        {
            const auto first = lender.build(importer);
            const auto second = lender.build(importer);
            REQUIRE(first);
            REQUIRE(second);
        }
        CHECK(count() == 2);
    }
    SECTION("none, since it is wrong") {
        CHECK_FALSE(lender.set_size(Width, Height + 1).build(importer));
        CHECK(count() == 0);
    }
    SECTION("none, since the renderer refuses it") {
        CHECK_FALSE(builder(DRM_FORMAT_C8).build(importer));
        CHECK(count() == 0);
    }
    SECTION("none, since somebody writes") {
        const FakeWriter writer{dmabuf};
        CHECK_FALSE(lender.build(*Drawer::shared(Drawing::Pixman).importers().back()));
        CHECK(count() == 0);
    }
}
