// Textures of images that are read: what is in them, and whose memory it takes.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <tarmac/texture_builder.hpp>

#include "support/dmabuf_source.hpp"
#include "support/fake_writer.hpp"
#include "wlr/renderer_facts.hpp"
#include "wlr/wlr.hpp"

using namespace tarmac;

namespace {

constexpr std::uint32_t Width = 64, Height = 48;
constexpr std::uint8_t Dark = 40, Light = 220;

struct Fixture {
    wlr_renderer* renderer = wlr_pixman_renderer_create();
    std::unique_ptr<Importer> importer = std::move(*create_mapped_importer(renderer, 1));

    ~Fixture() { wlr_renderer_destroy(renderer); }
};

/// Memory for an image with rows of `Width` pixels.
struct Memory {
    explicit Memory(std::size_t bytes_a_pixel = 4) : size{Width * Height * bytes_a_pixel} {
        if (const std::string reason = test::missing(test::Exporter::Udmabuf); !reason.empty())
            SKIP(reason);
        dmabuf = test::allocate_dmabuf(test::Exporter::Udmabuf, size);
    }

    void fill(std::uint8_t value) {
        const std::vector<std::uint8_t> bytes(size, value);
        test::DmabufMapping{dmabuf, size}.write(0, bytes.data(), size);
    }
    TextureBuilder xrgb(std::uint32_t offset = 0) const {
        TextureBuilder builder;
        builder.set_size(Width, Height)
            .set_format(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR)
            .set_plane(0, std::move(*dmabuf.duplicate()), offset, Width * 4);
        return builder;
    }
    /// Grey of the value that the memory is filled with, or nearly.
    TextureBuilder grey() const {
        TextureBuilder builder;
        builder.set_size(Width, Height)
            .set_format(DRM_FORMAT_Y8, DRM_FORMAT_MOD_LINEAR)
            .set_plane(0, std::move(*dmabuf.duplicate()), 0, Width);
        return builder;
    }

    std::size_t size;
    Fd dmabuf;
};

/// Blue of a pixel of the buffer, as its readers get it.
int read(const Texture& texture, int x, int y) {
    void* data;
    std::uint32_t fourcc;
    std::size_t stride;
    REQUIRE(wlr_buffer_begin_data_ptr_access(texture.buffer(), WLR_BUFFER_DATA_PTR_ACCESS_READ,
                                             &data, &fourcc, &stride));
    CHECK(fourcc == DRM_FORMAT_XRGB8888);
    const int value =
        static_cast<std::uint8_t*>(data)[static_cast<std::size_t>(y) * stride + x * 4u];
    wlr_buffer_end_data_ptr_access(texture.buffer());
    return value;
}

std::uint32_t format_of(const Texture& texture) {
    void* data;
    std::uint32_t fourcc;
    std::size_t stride;
    REQUIRE(wlr_buffer_begin_data_ptr_access(texture.buffer(), WLR_BUFFER_DATA_PTR_ACCESS_READ,
                                             &data, &fourcc, &stride));
    wlr_buffer_end_data_ptr_access(texture.buffer());
    return fourcc;
}

bool is_dark(int value) {
    return value < 100;
}

} // namespace

TEST_CASE_METHOD(Fixture, "a texture owes nothing to the memory that it was built from") {
    Memory memory;
    memory.fill(Dark);
    const auto converted = memory.grey().build(*importer), copied = memory.xrgb().build(*importer);
    REQUIRE(converted);
    REQUIRE(copied);
    CHECK(copied->mapped_bytes() == Width * Height * 4);
    memory.fill(Light);
    CHECK(is_dark(read(*converted, 5, 5)));
    CHECK(is_dark(read(*copied, 5, 5)));
}

TEST_CASE_METHOD(Fixture, "rows may lie where no renderer reads them") {
    Memory memory{5};
    memory.fill(Dark);
    const auto texture = memory.xrgb(3).build(*importer);
    REQUIRE(texture);
    CHECK(read(*texture, 5, 5) == Dark);
}

TEST_CASE_METHOD(Fixture, "what somebody writes to isn't read, and one may wait for that") {
    Memory memory;
    memory.fill(Dark);
    wl_event_loop* loop = wl_event_loop_create();
    int calls = 0, unwanted_calls = 0;
    TextureBuilder builder = memory.grey();
    std::optional<ReadyTicket> ticket, unwanted;
    {
        const test::FakeWriter writer{memory.dmabuf};
        CHECK(builder.build(*importer).error().fault == Fault::NotReady);
        ticket.emplace(*builder.when_ready(loop, [&] { ++calls; }));
        unwanted.emplace(*builder.when_ready(loop, [&] { ++unwanted_calls; }));
        wl_event_loop_dispatch(loop, 0);
        CHECK(calls == 0);
        unwanted.reset();
    }
    wl_event_loop_dispatch(loop, -1);
    CHECK(calls == 1);
    CHECK(builder.build(*importer));
    wl_event_loop_dispatch(loop, 0);
    CHECK(calls == 1);
    CHECK(unwanted_calls == 0);
    wl_event_loop_destroy(loop);
}

TEST_CASE_METHOD(Fixture, "who waits for an idle image is called from the event loop") {
    Memory memory;
    wl_event_loop* loop = wl_event_loop_create();
    int calls = 0;
    const auto ticket = memory.grey().when_ready(loop, [&] { ++calls; });
    REQUIRE(ticket);
    CHECK(calls == 0);
    wl_event_loop_dispatch(loop, -1);
    CHECK(calls == 1);
    wl_event_loop_destroy(loop);
}

TEST_CASE_METHOD(Fixture, "a wait may outlive its event loop, and what never comes is no wait") {
    Memory memory;
    wl_event_loop* loop = wl_event_loop_create();
    const test::FakeWriter writer{memory.dmabuf};
    const auto ticket = memory.grey().when_ready(loop, [] { FAIL("called"); });
    REQUIRE(ticket);
    CHECK(TextureBuilder{}.when_ready(loop, [] {}).error().fault == Fault::InvalidFormat);
    wl_event_loop_destroy(loop);
}

TEST_CASE_METHOD(Fixture,
                 "an update converts the damage and keeps the rest of the picture before") {
    Memory first, second;
    first.fill(Dark);
    second.fill(Light);
    const auto before = first.grey().build(*importer);
    REQUIRE(before);
    REQUIRE(is_dark(read(*before, 5, 5)));
    const auto after = second.grey().set_update(*before, {{20, 10, 8, 4}}).build(*importer);
    REQUIRE(after);
    CHECK(is_dark(read(*after, 5, 5)));
    CHECK_FALSE(is_dark(read(*after, 24, 12)));
    CHECK(is_dark(read(*before, 24, 12)));
}

TEST_CASE_METHOD(Fixture, "updates add up, whoever has read those before") {
    Memory first, second, third;
    first.fill(Dark);
    second.fill(Light);
    third.fill(Light);
    const auto a = first.grey().build(*importer);
    REQUIRE(a);
    const auto b = second.grey().set_update(*a, {{20, 10, 8, 4}}).build(*importer);
    REQUIRE(b);
    const auto c = third.grey().set_update(*b, {{40, 10, 8, 4}}).build(*importer);
    REQUIRE(c);
    CHECK(is_dark(read(*c, 5, 5)));
    CHECK_FALSE(is_dark(read(*c, 24, 12)));
    CHECK_FALSE(is_dark(read(*c, 44, 12)));
}

TEST_CASE_METHOD(Fixture, "an update of another size or other colours converts all") {
    Memory first, second;
    first.fill(Dark);
    second.fill(Light);
    const auto smaller = first.grey().set_size(Width, Height / 2).build(*importer);
    const auto rgb = first.xrgb().build(*importer);
    for (const auto* previous : {&smaller, &rgb}) {
        REQUIRE(*previous);
        const auto after = second.grey().set_update(**previous, {{20, 10, 8, 4}}).build(*importer);
        REQUIRE(after);
        CHECK_FALSE(is_dark(read(*after, 5, 5)));
    }
}

TEST_CASE_METHOD(Fixture, "damage outside the picture is none") {
    Memory first, second;
    first.fill(Dark);
    second.fill(Light);
    const auto before = first.grey().build(*importer);
    REQUIRE(before);
    auto image = second.grey().build_dmabuf();
    REQUIRE(image);
    const std::vector<Rect> damage{{-4, -4, 8, 8},
                                   {Width, 0, 8, 8},
                                   {0, Height, 8, 8},
                                   {INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX},
                                   {INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX},
                                   {20, 20, -8, -8},
                                   {60, 40, INT32_MAX, INT32_MAX}};
    const auto after =
        importer->import(std::make_shared<const Dmabuf>(std::move(*image)), {&*before, damage});
    REQUIRE(after);
    CHECK_FALSE(is_dark(read(*after, 1, 1)));
    CHECK(is_dark(read(*after, 24, 12)));
    CHECK_FALSE(is_dark(read(*after, Width - 1, Height - 1)));
}

TEST_CASE_METHOD(Fixture, "an inverted picture is read the right way up") {
    Memory memory{1};
    memory.fill(Dark);
    const std::vector<std::uint8_t> row(Width, Light);
    test::DmabufMapping{memory.dmabuf, memory.size}.write(0, row.data(), row.size());
    const auto texture = memory.grey().set_y_inverted(true).build(*importer);
    REQUIRE(texture);
    CHECK(is_dark(read(*texture, 5, 0)));
    CHECK_FALSE(is_dark(read(*texture, 5, Height - 1)));
}

TEST_CASE_METHOD(Fixture, "what needs no conversion keeps its depth") {
    if (!std::ranges::contains(RendererFacts::of(renderer)->reads, DRM_FORMAT_ABGR16161616))
        SKIP("pixman's renderer of wlroots before 0.20 reads no 16 bits");
    Memory memory{8};
    TextureBuilder builder;
    builder.set_size(Width, Height)
        .set_format(DRM_FORMAT_ABGR16161616, DRM_FORMAT_MOD_LINEAR)
        .set_plane(0, std::move(*memory.dmabuf.duplicate()), 0, Width * 8);
    CHECK(format_of(*builder.build(*importer)) == DRM_FORMAT_ABGR16161616);
    CHECK(format_of(*builder.set_y_inverted(true).build(*importer)) == DRM_FORMAT_ABGR16161616);
    CHECK(format_of(*builder.set_premultiplied(false).build(*importer)) == DRM_FORMAT_ARGB8888);
}

TEST_CASE_METHOD(Fixture, "readers can't write") {
    Memory memory;
    const auto texture = memory.xrgb().build(*importer);
    REQUIRE(texture);
    void* data;
    std::uint32_t fourcc;
    std::size_t stride;
    CHECK_FALSE(wlr_buffer_begin_data_ptr_access(
        texture->buffer(), WLR_BUFFER_DATA_PTR_ACCESS_READ | WLR_BUFFER_DATA_PTR_ACCESS_WRITE,
        &data, &fourcc, &stride));
}

TEST_CASE_METHOD(Fixture, "colours are converted as they are named, or refused with a sentence") {
    using Matrix = ColorState::Matrix;
    using Range = ColorState::Range;
    Memory memory;
    memory.fill(Dark);
    const ColorState limited{Matrix::Identity, Range::Limited};
    constexpr int Widened = (Dark - 16) * 255 / 219;
    const auto blue = [&](TextureBuilder&& builder, const ColorState& color) {
        const auto texture = std::move(builder).set_color_state(color).build(*importer);
        REQUIRE(texture);
        return read(*texture, 5, 5);
    };
    CHECK(std::abs(blue(memory.xrgb(), limited) - Widened) <= 1);
    // Of YUV with the identity, U is blue.
    TextureBuilder gbr;
    gbr.set_size(Width, Height)
        .set_format(DRM_FORMAT_XYUV8888, DRM_FORMAT_MOD_LINEAR)
        .set_plane(0, std::move(*memory.dmabuf.duplicate()), 0, Width * 4);
    CHECK(blue(std::move(gbr), {Matrix::Identity, Range::Full}) == Dark);

    ColorState pq = ColorState::of(ColorModel::Rgb);
    pq.transfer = ColorState::Transfer::Pq;
    const auto refused = memory.xrgb().set_color_state(pq).build(*importer);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind() == ErrorKind::CreationFailed);
    CHECK(refused.error().message.contains("transfer function 16"));
}
