// The builder alone, as a compositor uses it that gets dma-bufs from elsewhere.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <drm_fourcc.h>
#include <tarmac/texture_builder.hpp>

#include "support/dmabuf_source.hpp"
#include "support/local_compositor.hpp"
#include "support/local_renderer.hpp"
#include "wlr/wlr.hpp"

using namespace tarmac;

namespace {

constexpr std::uint32_t Width = 64, Height = 48;

struct Fixture {
    test::LocalRenderer& renderer = test::LocalRenderer::shared();
    test::Exporter exporter = GENERATE(from_range(test::AllExporters));

    Fixture() {
        if (const std::string reason = test::missing(exporter); !reason.empty())
            SKIP(reason);
    }
    Fd allocate(std::size_t size = std::size_t{Width} * Height * 4) const {
        return test::allocate_dmabuf(exporter, size);
    }
    TextureBuilder xrgb() const {
        TextureBuilder builder;
        builder.set_size(Width, Height)
            .set_format(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR)
            .set_plane(0, allocate(), 0, Width * 4);
        return builder;
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "a builder builds as often as it is asked") {
    const std::size_t before = test::count_open_fds();
    {
        TextureBuilder builder = xrgb();
        const auto first = builder.build(renderer.importer());
        REQUIRE(first);
        const auto second = builder.build(renderer.importer());
        REQUIRE(second);
        CHECK(first->get() != second->get());
        CHECK(first->get()->width == Width);
        CHECK(first->get()->height == Height);

        const Dmabuf* dmabuf = dmabuf_from_buffer(first->buffer());
        REQUIRE(dmabuf);
        CHECK(dmabuf->fourcc() == DRM_FORMAT_XRGB8888);
        CHECK(dmabuf->planes()[0].stride == Width * 4);
    }
    CHECK(test::count_open_fds() == before);
}

TEST_CASE_METHOD(Fixture, "a picture goes through a texture unchanged") {
    const Fd fd = allocate();
    test::DmabufMapping mapping{fd, std::size_t{Width} * Height * 4};
    std::vector<std::uint32_t> drawn(Width * Height);
    for (std::size_t i = 0; i < drawn.size(); ++i)
        drawn[i] = 0xff000000u | static_cast<std::uint32_t>(i * 2654435761u >> 8);
    mapping.write(0, drawn.data(), drawn.size() * 4);

    auto copy = fd.duplicate();
    const auto texture = TextureBuilder{}
                             .set_size(Width, Height)
                             .set_format(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR)
                             .set_plane(0, std::move(*copy), 0, Width * 4)
                             .build(renderer.importer());
    REQUIRE(texture);
    std::vector<std::uint32_t> read(drawn.size());
    const wlr_texture_read_pixels_options options = {
        .data = read.data(),
        .format = DRM_FORMAT_XRGB8888,
        .stride = Width * 4,
        .dst_x = 0,
        .dst_y = 0,
        .src_box = {},
    };
    REQUIRE(wlr_texture_read_pixels(texture->get(), &options));
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < drawn.size(); ++i)
        wrong += (read[i] ^ drawn[i]) << 8 != 0;
    CHECK(wrong == 0);
}

TEST_CASE_METHOD(Fixture, "planes may share a dma-buf or have one each") {
    TextureBuilder builder;
    builder.set_size(Width, Height)
        .set_format(DRM_FORMAT_NV16, DRM_FORMAT_MOD_LINEAR)
        .set_n_planes(2);
    SECTION("one, with an offset") {
        const Fd fd = allocate();
        builder.set_plane(0, std::move(*fd.duplicate()), 0, Width)
            .set_plane(1, std::move(*fd.duplicate()), Width * Height, Width);
    }
    SECTION("one each") {
        builder.set_plane(0, allocate(), 0, Width).set_plane(1, allocate(), 0, Width);
    }
    SECTION("one that stands for both") {
        builder.set_n_planes(1).set_plane(0, allocate(), 0, Width).set_expand_single_plane(true);
    }
    const auto texture = builder.build(renderer.importer());
    if (!renderer.importer().formats().contains({DRM_FORMAT_NV16, DRM_FORMAT_MOD_LINEAR}))
        SKIP("the renderer has no NV16");
    REQUIRE(texture);
    CHECK(dmabuf_from_buffer(texture->buffer())->planes().size() == 2);
}

TEST_CASE_METHOD(Fixture, "one plane is expanded as V4L2 lays planes out, and only when asked") {
    struct {
        std::uint32_t fourcc, stride;
        std::vector<std::pair<std::uint32_t, std::uint32_t>> expected; // offset, stride
    } const cases[] = {
        {DRM_FORMAT_NV12, 64, {{0, 64}, {64 * 48, 64}}},
        {DRM_FORMAT_NV24, 64, {{0, 64}, {64 * 48, 128}}},
        {DRM_FORMAT_P010, 128, {{0, 128}, {128 * 48, 128}}},
        {DRM_FORMAT_YUV420, 64, {{0, 64}, {64 * 48, 32}, {64 * 60, 32}}},
        {DRM_FORMAT_YVU422, 80, {{0, 80}, {80 * 48, 40}, {80 * 72, 40}}},
        {DRM_FORMAT_YUV410, 64, {{0, 64}, {64 * 48, 16}, {64 * 51, 16}}},
        {DRM_FORMAT_S012, 128, {{0, 128}, {128 * 48, 64}, {128 * 60, 64}}},
        {DRM_FORMAT_XRGB8888, 256, {{0, 256}}},
    };
    for (const auto& [fourcc, stride, expected] : cases) {
        INFO(fourcc_name(fourcc));
        TextureBuilder builder;
        builder.set_size(Width, Height)
            .set_format(fourcc, DRM_FORMAT_MOD_LINEAR)
            .set_plane(0, allocate(std::size_t{stride} * Height * 3), 0, stride);
        if (expected.size() > 1)
            CHECK(builder.build_dmabuf().error().fault == Fault::Incomplete);
        const auto dmabuf = builder.set_expand_single_plane(true).build_dmabuf();
        REQUIRE(dmabuf);
        REQUIRE(dmabuf->planes().size() == expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            CHECK(dmabuf->planes()[i].offset == expected[i].first);
            CHECK(dmabuf->planes()[i].stride == expected[i].second);
        }
    }
    // 65 bytes of luma can't be halved.
    CHECK(TextureBuilder{}
              .set_size(Width, Height)
              .set_format(DRM_FORMAT_YUV420, DRM_FORMAT_MOD_LINEAR)
              .set_plane(0, allocate(), 0, 65)
              .set_expand_single_plane(true)
              .build_dmabuf()
              .error()
              .plane == 1);
}

TEST_CASE_METHOD(Fixture, "what isn't set has its default, what is set arrives") {
    TextureBuilder builder = xrgb();
    const auto plain = builder.build_dmabuf();
    REQUIRE(plain);
    CHECK(plain->is_premultiplied());
    CHECK_FALSE(plain->is_y_inverted());
    CHECK(plain->color() == ColorState{ColorState::Matrix::Identity, ColorState::Range::Full});

    const ColorState wide{ColorState::Matrix::Bt2020, ColorState::Range::Full,
                          ColorState::Transfer::Pq, ColorState::Primaries::Bt2020};
    const auto other =
        builder.set_premultiplied(false).set_y_inverted(true).set_color_state(wide).build_dmabuf();
    REQUIRE(other);
    CHECK_FALSE(other->is_premultiplied());
    CHECK(other->is_y_inverted());
    CHECK(other->color() == wide);

    const auto yuv = TextureBuilder{}
                         .set_size(Width, Height)
                         .set_format(DRM_FORMAT_YUYV, DRM_FORMAT_MOD_LINEAR)
                         .set_plane(0, allocate(), 0, Width * 2)
                         .build_dmabuf();
    REQUIRE(yuv);
    CHECK(yuv->color() == ColorState{ColorState::Matrix::Bt601, ColorState::Range::Limited,
                                     ColorState::Transfer::Srgb, ColorState::Primaries::Bt709});
}

TEST_CASE_METHOD(Fixture, "what the renderer would show in wrong colours isn't imported") {
    TextureBuilder yuv;
    yuv.set_size(Width, Height)
        .set_format(DRM_FORMAT_YUYV, DRM_FORMAT_MOD_LINEAR)
        .set_plane(0, allocate(), 0, Width * 2);
    CHECK(yuv.build(renderer.importer()));
    const ColorState bt709{ColorState::Matrix::Bt709, ColorState::Range::Limited};
    CHECK(yuv.set_color_state(bt709).build(renderer.importer()).error().fault ==
          Fault::ImportFailed);
    TextureBuilder rgb;
    rgb.set_size(Width, Height)
        .set_format(DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR)
        .set_plane(0, allocate(), 0, Width * 4);
    CHECK(rgb.build(renderer.importer()));
    CHECK(rgb.set_premultiplied(false).build(renderer.importer()).error().fault ==
          Fault::ImportFailed);
    rgb.set_premultiplied(true);
    ColorState wrong = ColorState::of(ColorModel::Rgb);
    SECTION("limited range") {
        wrong.range = ColorState::Range::Limited;
    }
    SECTION("a matrix of YUV") {
        wrong.matrix = ColorState::Matrix::Bt709;
    }
    SECTION("a curve") {
        wrong.transfer = ColorState::Transfer::Pq;
    }
    SECTION("primaries") {
        wrong.primaries = ColorState::Primaries::Bt2020;
    }
    CHECK((wrong == ColorState::of(ColorModel::Rgb)) ==
          rgb.set_color_state(wrong).build(renderer.importer()).has_value());
}

TEST_CASE_METHOD(Fixture, "an update reaches the importer, clipped, and once") {
    class Recorder final : public Importer {
    public:
        explicit Recorder(Importer& importer) : importer_{importer} {}
        const FormatSet& formats() const noexcept override { return importer_.formats(); }
        dev_t device() const noexcept override { return importer_.device(); }
        std::string_view way() const noexcept override { return importer_.way(); }
        const Texture* previous = nullptr;
        std::vector<Rect> damage;

    private:
        Result<Texture> import_dmabuf(std::shared_ptr<const Dmabuf> dmabuf,
                                      const Update& update) override {
            previous = update.previous;
            damage.assign(update.damage.begin(), update.damage.end());
            return importer_.import(std::move(dmabuf), update);
        }
        Importer& importer_;
    } recorder{renderer.importer()};

    TextureBuilder builder = xrgb();
    const auto first = builder.build(recorder);
    REQUIRE(first);
    CHECK_FALSE(recorder.previous);
    builder.set_update(*first, {{-5, -5, 10, 10},
                                {60, 40, 100, 100},
                                {100, 0, 5, 5},
                                {INT32_MAX, 0, INT32_MAX, 1},
                                {1, 2, -3, 4}});
    REQUIRE(builder.build(recorder));
    CHECK(recorder.previous == &*first);
    CHECK(recorder.damage == std::vector<Rect>{{0, 0, 5, 5}, {60, 40, 4, 8}});
    REQUIRE(builder.build(recorder));
    CHECK_FALSE(recorder.previous);
    CHECK(recorder.damage.empty());
}

TEST_CASE_METHOD(Fixture, "each kind of error comes up where it belongs") {
    SECTION("not available: a renderer without dma-bufs") {
        wlr_renderer* pixman = wlr_pixman_renderer_create();
        const auto importer = create_renderer_importer(pixman);
        REQUIRE_FALSE(importer);
        CHECK(importer.error().kind() == ErrorKind::NotAvailable);
        wlr_renderer_destroy(pixman);
    }
    SECTION("unsupported format: a modifier that the renderer lacks") {
        const auto texture = TextureBuilder{}
                                 .set_size(Width, Height)
                                 .set_format(DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_X_TILED)
                                 .set_plane(0, allocate(), 0, Width * 4)
                                 .build(renderer.importer());
        REQUIRE_FALSE(texture);
        CHECK(texture.error().kind() == ErrorKind::UnsupportedFormat);
        CHECK(texture.error().message.contains("X_TILED"));
    }
    SECTION("creation failed: a plane out of bounds, by name and number") {
        const auto texture = TextureBuilder{}
                                 .set_size(Width, Height)
                                 .set_format(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR)
                                 .set_plane(0, allocate(), 4096, Width * 4)
                                 .build(renderer.importer());
        REQUIRE_FALSE(texture);
        CHECK(texture.error().kind() == ErrorKind::CreationFailed);
        CHECK(texture.error().plane == 0);
        CHECK(texture.error().message.contains("offset 4096"));
    }
}

TEST_CASE_METHOD(Fixture, "a texture notices that its renderer has gone") {
    test::LocalCompositor compositor;
    test::LocalRenderer own{compositor.display()};
    auto texture = xrgb().build(own.importer());
    REQUIRE(texture);
    REQUIRE(texture->get());
    own.destroy();
    CHECK_FALSE(texture->get());
    CHECK(texture->buffer());
}
