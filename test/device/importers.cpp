// Importers as a compositor has them: the usual ones, its own, and several.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <drm_fourcc.h>
#include <functional>
#include <optional>
#include <sys/stat.h>
#include <tarmac/importer_list.hpp>
#include <tarmac/texture_builder.hpp>

#include "support/client_surface.hpp"
#include "support/dmabuf_source.hpp"
#include "support/surface_role.hpp"

using namespace tarmac;
using test::Answer;
using test::ClientSurface;
using test::ColorBuffer;
using test::Drawing;
using test::LocalShell;
using test::RawClient;

namespace {

constexpr std::uint32_t Width = test::PictureWidth, Height = test::PictureHeight;
constexpr std::size_t Size = std::size_t{Width} * Height * 4;

std::vector<std::string_view> ways_of(Importer& importer) {
    std::vector<std::string_view> ways;
    for (const Importer* member : importer.members())
        ways.push_back(member->way());
    return ways;
}

TextureBuilder builder_of(Fd dmabuf) {
    TextureBuilder builder;
    builder.set_size(Width, Height)
        .set_format(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR)
        .set_plane(0, std::move(dmabuf), 0, Width * 4);
    return builder;
}

/// As a compositor may have one that has nothing but the public headers: it makes buffers of its
/// own.
class OwnImporter final : public Importer {
public:
    explicit OwnImporter(wlr_renderer* renderer, std::uint32_t height = Height)
        : renderer_{renderer}, height_{height} {}

    const FormatSet& formats() const noexcept override { return formats_; }
    dev_t device() const noexcept override { return 1; }
    std::string_view way() const noexcept override { return "own"; }

    unsigned n_asked = 0;
    int n_buffers = 0; ///< that are there
    bool tells_dmabufs = true;
    std::optional<std::uint32_t> told_fourcc{}; ///< instead of the image's
    std::function<void()> on_import{};

private:
    struct Buffer {
        wlr_buffer base; // first, so that the way back from it is well defined
        std::shared_ptr<const Dmabuf> image;
        OwnImporter* owner;
    };

    static Buffer& ours(wlr_buffer* buffer) { return *reinterpret_cast<Buffer*>(buffer); }

    Result<Texture> import_dmabuf(std::shared_ptr<const Dmabuf> dmabuf, const Update&) override {
        static constexpr wlr_buffer_impl functions = {
            .destroy =
                [](wlr_buffer* buffer) {
                    wlr_buffer_finish(buffer);
                    --ours(buffer).owner->n_buffers;
                    delete &ours(buffer);
                },
            .get_dmabuf =
                [](wlr_buffer* buffer, wlr_dmabuf_attributes* attributes) {
                    const Dmabuf& image = *ours(buffer).image;
                    const OwnImporter& owner = *ours(buffer).owner;
                    if (!owner.tells_dmabufs)
                        return false;
                    *attributes = {};
                    attributes->width = buffer->width;
                    attributes->height = buffer->height;
                    attributes->format = owner.told_fourcc.value_or(image.fourcc());
                    attributes->modifier = image.modifier();
                    attributes->n_planes = 1;
                    attributes->offset[0] = image.planes()[0].offset;
                    attributes->stride[0] = image.planes()[0].stride;
                    attributes->fd[0] = image.planes()[0].fd.get();
                    return true;
                },
            .get_shm = nullptr,
            .begin_data_ptr_access = nullptr,
            .end_data_ptr_access = nullptr,
        };
        ++n_asked;
        if (on_import)
            on_import();
        auto* made = new Buffer{{}, std::move(dmabuf), this};
        ++n_buffers;
        wlr_buffer_init(&made->base, &functions, static_cast<int>(Width),
                        static_cast<int>(height_));
        BufferPtr buffer{&made->base};
        if (!tells_dmabufs)
            return Texture{std::move(buffer), renderer_};
        wlr_texture* texture = wlr_texture_from_buffer(renderer_, buffer.get());
        if (!texture)
            return fail(Fault::ImportFailed, "the renderer doesn't take it");
        return Texture{std::move(buffer), texture};
    }

    wlr_renderer* renderer_;
    std::uint32_t height_;
    FormatSet formats_{{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR}};
};

/// Refuses everything, for whatever reason.
class RefusingImporter final : public Importer {
public:
    explicit RefusingImporter(Fault fault) : fault_{fault} {}

    const FormatSet& formats() const noexcept override { return formats_; }
    dev_t device() const noexcept override { return 1; }
    std::string_view way() const noexcept override { return "refusing"; }

    std::function<void()> on_import{};

private:
    Result<Texture> import_dmabuf(std::shared_ptr<const Dmabuf>, const Update&) override {
        if (on_import)
            on_import();
        return fail(fault_, "refused");
    }

    Fault fault_;
    FormatSet formats_{{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR}};
};

} // namespace

TEST_CASE("the usual importers are the renderer's own and one that reads") {
    const Drawing drawing = GENERATE(Drawing::Pixman, Drawing::Gles2, Drawing::Vulkan);
    INFO(test::name_of(drawing));
    wlr_renderer* renderer = test::Drawer::shared(drawing).renderer();
    const auto importer = create_importer(renderer);
    REQUIRE(importer);
    const bool is_drawn_on_device = drawing != Drawing::Pixman;
    CHECK(ways_of(**importer) == (is_drawn_on_device
                                      ? std::vector<std::string_view>{"renderer", "mapped"}
                                      : std::vector<std::string_view>{"mapped"}));
    CHECK((*importer)->imports() == is_drawn_on_device);
    CHECK((*importer)->takes_device_buffers());
    const int drm_fd = wlr_renderer_get_drm_fd(renderer);
    struct stat status;
    if (drm_fd >= 0) {
        REQUIRE(fstat(drm_fd, &status) == 0);
        CHECK((*importer)->device() == status.st_rdev);
    } else {
        CHECK((*importer)->device() == find_device(-1));
    }
    CHECK((*create_importer(renderer, 1))->device() == 1);
}

TEST_CASE("who does as README says shows clients' buffers, whatever draws, and builds textures") {
    const Drawing drawing = GENERATE(Drawing::Pixman, Drawing::Gles2, Drawing::Vulkan);
    INFO(test::name_of(drawing));
    const auto importer = create_importer(test::Drawer::shared(drawing).renderer());
    REQUIRE(importer);
    {
        LocalShell shell{drawing, {.importers = {importer->get()}}};
        RawClient& client = shell.connect();
        ClientSurface window{shell, client};
        const test::Toplevel toplevel{window};
        ColorBuffer red{client, test::Red}, video{client, DRM_FORMAT_NV12, {{81}, {90, 240}}};
        window.commit(red.get());
        CHECK(window.awaits("64x48 red"));
        window.commit(nullptr);
        CHECK(window.awaits("nothing"));
    }
    const auto texture =
        builder_of(test::allocate_dmabuf(test::Exporter::Udmabuf, Size)).build(**importer);
    REQUIRE(texture);
    CHECK(texture->get());
}

TEST_CASE("a list has an image built by the first that takes it") {
    Importer& usual = test::Drawer::shared(Drawing::Pixman).importers().front()[0];
    RefusingImporter refusing{Fault::ImportFailed}, busy{Fault::NotReady};
    TextureBuilder builder = builder_of(test::allocate_dmabuf(test::Exporter::Udmabuf, Size));
    ImporterList list;
    const auto of_nothing = builder.build(list);
    REQUIRE_FALSE(of_nothing);
    CHECK(of_nothing.error().kind() == ErrorKind::UnsupportedFormat);
    list.add(refusing);
    const auto refused = builder.build(list);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message == "refused");
    SECTION("and it's worth another try if one says so") {
        list.add(busy);
        list.add(refusing);
        const auto is_busy = builder.build(list);
        REQUIRE_FALSE(is_busy);
        CHECK(is_busy.error().fault == Fault::NotReady);
    }
    SECTION("whoever didn't before") {
        list.add(busy);
    }
    list.add(usual);
    CHECK(builder.build(list));
}

TEST_CASE("an importer's refusal ends no client, whatever it is called") {
    const auto fault = static_cast<Fault>(GENERATE(range(0, 10)));
    INFO("fault " << static_cast<int>(fault));
    RefusingImporter refusing{fault};
    LocalShell shell{Drawing::Pixman, {.importers = {&refusing}}};
    RawClient& client = shell.connect();
    const Fd dmabuf = test::allocate_dmabuf(test::Exporter::Udmabuf, Size);
    for (const bool is_immediate : {false, true}) {
        auto& params = client.create_params();
        client.add(params, dmabuf.get(), 0, 0, Width * 4, DRM_FORMAT_MOD_LINEAR);
        const Answer answer = is_immediate
                                  ? client.create_immed(params, Width, Height, DRM_FORMAT_XRGB8888)
                                  : client.create(params, Width, Height, DRM_FORMAT_XRGB8888);
        CHECK(answer.kind == Answer::Failed);
    }
    CHECK(client.round_trip());
}

TEST_CASE("what an importer of the compositor's own makes is shown, again by the next one") {
    const Drawing drawing = GENERATE(Drawing::Gles2, Drawing::Vulkan);
    INFO(test::name_of(drawing));
    test::Drawer& drawer = test::Drawer::shared(drawing);
    OwnImporter own{drawer.renderer()}, next{drawer.renderer()};
    ImporterList list;
    list.add(own);
    for (Importer* usual : drawer.importers())
        list.add(*usual);
    {
        LocalShell shell{drawing, {.importers = {&list}}};
        RawClient& client = shell.connect();
        ClientSurface window{shell, client};
        const test::Toplevel toplevel{window};
        ColorBuffer image{client, test::Red}, video{client, DRM_FORMAT_NV12, {{81}, {90, 240}}};
        window.commit(image.get());
        REQUIRE(window.awaits("64x48 red"));
        CHECK(own.n_asked == 1);
        image.fill({0, 0, Width, Height}, test::block_of(test::Green));
        window.commit(image.get());
        CHECK(window.awaits("64x48 green"));
        REQUIRE(shell.global->set_importers(next));
        shell.settle();
        CHECK(next.n_asked == 1);
        CHECK(own.n_asked == 1);
        CHECK(own.n_buffers == 0);
        CHECK(window.awaits("64x48 green"));
        // The next one doesn't know the format.
        window.commit(video.get());
        shell.settle();
        CHECK(window.seen() == "64x48 green");
        REQUIRE(shell.global->set_importers(list));
        window.commit(video.get());
        CHECK(window.awaits("64x48 red"));
        CHECK(client.connection() == Answer{});
    }
    CHECK(own.n_buffers == 0);
    CHECK(next.n_buffers == 0);
}

TEST_CASE("importers may be set from within an import, and from within that") {
    test::Drawer& drawer = test::Drawer::shared(Drawing::Gles2);
    OwnImporter own{drawer.renderer()}, next{drawer.renderer()};
    RefusingImporter refusing{Fault::ImportFailed};
    {
        LocalShell shell{Drawing::Gles2, {.importers = {&refusing, &own}}};
        RawClient& client = shell.connect();
        ClientSurface window{shell, client};
        const test::Toplevel toplevel{window};
        refusing.on_import = [&] { CHECK(shell.global->set_importers(next)); };
        ColorBuffer image{client, test::Red};
        window.commit(image.get());
        CHECK(window.awaits("64x48 red"));
        shell.settle();
        CHECK(own.n_asked == 1);
        CHECK(own.n_buffers == 0);
        CHECK(next.n_asked == 1);
        // What is shown is imported within the outer call.
        const auto chosen = shell.global->default_feedback();
        own.on_import = [&] { CHECK(shell.global->set_importers(next, chosen)); };
        CHECK(shell.global->set_importers(own));
        shell.settle();
        CHECK(own.n_asked == 2);
        CHECK(own.n_buffers == 0);
        CHECK(shell.global->default_feedback() == chosen);
        CHECK(window.awaits("64x48 red"));
    }
    CHECK(next.n_buffers == 0);
}

TEST_CASE("a picture of another kind than the client's isn't taken from an importer") {
    enum Kind { Smaller, OtherFormat, NoDmabuf };
    const Kind kind = GENERATE(Smaller, OtherFormat, NoDmabuf);
    INFO("kind " << static_cast<int>(kind));
    OwnImporter own{test::Drawer::shared(Drawing::Gles2).renderer(),
                    kind == Smaller ? Height / 2 : Height};
    if (kind == OtherFormat)
        own.told_fourcc = DRM_FORMAT_ARGB8888;
    own.tells_dmabufs = kind != NoDmabuf;
    LocalShell shell{Drawing::Gles2, {.importers = {&own}}};
    RawClient& client = shell.connect();
    const Fd dmabuf = test::allocate_dmabuf(test::Exporter::Udmabuf, Size);
    auto& params = client.create_params();
    client.add(params, dmabuf.get(), 0, 0, Width * 4, DRM_FORMAT_MOD_LINEAR);
    CHECK(client.create(params, Width, Height, DRM_FORMAT_XRGB8888).kind == Answer::Failed);
    CHECK(own.n_asked == 1);
    CHECK(client.round_trip());
}
