// The C interface, as far as C can get it wrong: structs of another size, descriptors, errors. That
// it serves a compositor, compositors.cpp shows.

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <drm_fourcc.h>
#include <string>
#include <tarmac/tarmac.h>
#include <unistd.h>
#include <wayland-client.h>

#include "c/catching.hpp"
#include "linux-dmabuf-v1-client-protocol.h"
#include "protocol/cases.hpp"
#include "support/client_surface.hpp"
#include "support/dmabuf_source.hpp"
#include "support/local_compositor.hpp"
#include "support/local_renderer.hpp"
#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

using namespace test;
using tarmac::Fd;

namespace {

template <class Object, void (*destroy)(Object*)>
struct Destroyer {
    void operator()(Object* object) const { destroy(object); }
};
template <class Object, void (*destroy)(Object*)>
using Owned = std::unique_ptr<Object, Destroyer<Object, destroy>>;
using Global = Owned<tarmac_linux_dmabuf, tarmac_linux_dmabuf_destroy>;
using CImporter = Owned<tarmac_importer, tarmac_importer_destroy>;
using Builder = Owned<tarmac_texture_builder, tarmac_texture_builder_destroy>;
using CTexture = Owned<tarmac_texture, tarmac_texture_destroy>;

struct Heard {
    unsigned imports = 0;
    std::string way, refusal;
    std::int64_t code = 0;
};

void hear_import(void* data, const tarmac_import* import) {
    auto& heard = *static_cast<Heard*>(data);
    ++heard.imports;
    heard.way = import->way;
}

void hear_refusal(void* data, const tarmac_refusal* refusal) {
    auto& heard = *static_cast<Heard*>(data);
    heard.refusal = refusal->message;
    heard.code = refusal->code;
}

struct Fixture {
    LocalCompositor compositor;
    LocalRenderer& renderer = LocalRenderer::shared("pixman");
    wlr_compositor* surfaces = wlr_compositor_create(compositor.display(), 6, renderer.get());
    Heard heard;
    tarmac_error error{};
    Global global;

    ~Fixture() { wl_display_destroy_clients(compositor.display()); }

    tarmac_options options() {
        tarmac_options made{};
        made.size = sizeof made;
        made.data = &heard;
        made.on_import = hear_import;
        made.on_refusal = hear_refusal;
        return made;
    }
    bool offer(const tarmac_options& options) {
        global.reset();
        global.reset(tarmac_linux_dmabuf_create(compositor.display(), surfaces, renderer.get(),
                                                &options, &error));
        return global != nullptr;
    }
    RawClient connect() { return RawClient{4, compositor.connect(), compositor.pump()}; }
    std::string message() const { return error.message; }
};

Fd allocate() {
    if (const std::string reason = missing(Exporter::Udmabuf); !reason.empty())
        SKIP(reason);
    return allocate_dmabuf(Exporter::Udmabuf, CardSize);
}

Builder xrgb(const Fd& dmabuf) {
    Builder builder{tarmac_texture_builder_create()};
    tarmac_texture_builder_set_size(builder.get(), CardWidth, CardHeight);
    tarmac_texture_builder_set_format(builder.get(), DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR);
    tarmac_texture_builder_set_plane(builder.get(), 0, dup(dmabuf.get()), 0, CardStride);
    return builder;
}

} // namespace

TEST_CASE_METHOD(Fixture, "options of C without a size are refused with a sentence") {
    tarmac_options options = this->options();
    options.size = 0;
    CHECK_FALSE(offer(options));
    CHECK(error.fault == TARMAC_FAULT_UNSUPPORTED);
    CHECK(error.plane == -1);
    CHECK(message().contains("tarmac_options.size"));
    // Nor does it need somebody to tell.
    CHECK_FALSE(tarmac_linux_dmabuf_create(compositor.display(), surfaces, renderer.get(), &options,
                                           nullptr));
}

TEST_CASE_METHOD(Fixture, "programs of an older and a later version are understood") {
    struct {
        tarmac_options known;
        std::uint64_t later = 0;
    } longer{options()};
    longer.known.size = sizeof longer;
    SECTION("what is behind an old program's options isn't read") {
        tarmac_options options = this->options();
        options.size = offsetof(tarmac_options, on_overdue);
        std::memset(&options.on_overdue, 0xff, sizeof options.on_overdue);
        CHECK(offer(options));
        options.size = offsetof(tarmac_options, quotas);
        std::memset(&options.quotas, 0xff, sizeof options.quotas);
        CHECK(offer(options));
    }
    SECTION("what a later one doesn't use isn't missed") {
        CHECK(offer(longer.known));
    }
    SECTION("what it uses is") {
        longer.later = 1;
        CHECK_FALSE(offer(longer.known));
        CHECK(message().contains("later version"));
    }
    SECTION("quotas") {
        tarmac_quotas quotas{};
        longer.known.quotas = &quotas;
        CHECK_FALSE(offer(longer.known));
        CHECK(message().contains("tarmac_quotas.size"));
        quotas.size = sizeof quotas;
        CHECK(offer(longer.known));
    }
    SECTION("no options") {
        global.reset(tarmac_linux_dmabuf_create(compositor.display(), surfaces, renderer.get(),
                                                nullptr, &error));
        CHECK(global);
    }
}

TEST_CASE_METHOD(Fixture, "C hears of clients' buffers, and can limit them") {
    const Fd dmabuf = allocate();
    const tarmac_quotas quotas = {sizeof quotas, 0, 0, 0, 2, 0, 0, 0, 0, 0};
    tarmac_options options = this->options();
    SECTION("imports and refusals") {
        REQUIRE(offer(options));
        RawClient client = connect();
        auto& params = client.create_params();
        client.add(params, dmabuf.get(), 0, 0, CardStride, DRM_FORMAT_MOD_LINEAR);
        CHECK(client.create(params, CardWidth, CardHeight, DRM_FORMAT_XRGB8888).kind ==
              Answer::Created);
        CHECK(heard.imports == 1);
        CHECK(heard.way == "mapped");
        auto& wrong = client.create_params();
        client.add(wrong, dmabuf.get(), 0, 0, 1, DRM_FORMAT_MOD_LINEAR);
        client.create(wrong, CardWidth, CardHeight, DRM_FORMAT_XRGB8888);
        CHECK(heard.refusal.contains("plane 0"));
        CHECK(heard.code == ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_OUT_OF_BOUNDS);
    }
    SECTION("quotas") {
        options.quotas = &quotas;
        REQUIRE(offer(options));
        RawClient client = connect();
        const auto create = [&] {
            auto& params = client.create_params();
            client.add(params, dmabuf.get(), 0, 0, CardStride, DRM_FORMAT_MOD_LINEAR);
            return client.create(params, CardWidth, CardHeight, DRM_FORMAT_XRGB8888).kind;
        };
        CHECK(create() == Answer::Created);
        CHECK(create() == Answer::Failed);
    }
}

TEST_CASE_METHOD(Fixture, "C has clients wait while there is nobody to import") {
    const Fd dmabuf = allocate();
    REQUIRE(offer(options()));
    RawClient client = connect();
    tarmac_linux_dmabuf_pause(global.get());
    auto& params = client.create_params();
    client.add(params, dmabuf.get(), 0, 0, CardStride, DRM_FORMAT_MOD_LINEAR);
    zwp_linux_buffer_params_v1_create(params.object, CardWidth, CardHeight, DRM_FORMAT_XRGB8888, 0);
    REQUIRE(client.round_trip());
    CHECK_FALSE(params.is_answered);
    tarmac_linux_dmabuf_resume(global.get());
    CHECK(client.wait_for(params.is_answered));
    CHECK(heard.imports == 1);
}

TEST_CASE_METHOD(Fixture, "C decides for each client what it may hold") {
    struct Decision {
        Heard heard; ///< the listeners' data, too
        bool lets_in = true;
    } decision;
    const Fd dmabuf = allocate();
    tarmac_options options = this->options();
    options.data = &decision;
    options.policy = [](void* data, wl_client*, tarmac_quotas* most) {
        most->buffers = 1;
        return static_cast<Decision*>(data)->lets_in;
    };
    REQUIRE(offer(options));
    const auto create = [&](RawClient& client) {
        auto& params = client.create_params();
        client.add(params, dmabuf.get(), 0, 0, CardStride, DRM_FORMAT_MOD_LINEAR);
        return client.create(params, CardWidth, CardHeight, DRM_FORMAT_XRGB8888).kind;
    };
    RawClient first = connect();
    CHECK(create(first) == Answer::Created);
    CHECK(create(first) == Answer::Failed);
    decision.lets_in = false;
    RawClient second = connect();
    CHECK(create(second) == Answer::Failed);
    wl_display_destroy_clients(compositor.display());
    global.reset();
}

TEST_CASE_METHOD(Fixture, "C is told what a surface shows, also by another renderer") {
    const Fd dmabuf = allocate();
    REQUIRE(offer(options()));
    wlr_surface* surface = nullptr;
    tarmac::Listener new_surface;
    new_surface.connect<wlr_surface>(surfaces->events.new_surface,
                                     [&](wlr_surface* made) { surface = made; });
    RawClient client = connect();
    wl_surface* window = wl_compositor_create_surface(client.compositor());
    auto& params = client.create_params();
    client.add(params, dmabuf.get(), 0, 0, CardStride, DRM_FORMAT_MOD_LINEAR);
    REQUIRE(client.create(params, CardWidth, CardHeight, DRM_FORMAT_XRGB8888).kind ==
            Answer::Created);
    REQUIRE(surface);
    tarmac_shown_picture picture{};
    picture.size = sizeof picture;
    CHECK_FALSE(tarmac_linux_dmabuf_get_shown_picture(global.get(), surface, &picture));
    CHECK_FALSE(tarmac_linux_dmabuf_add_reader(global.get(), surface, -1, &error));
    CHECK(message().contains("no image"));

    wl_surface_attach(window, params.buffer, 0, 0);
    wl_surface_commit(window);
    while (!tarmac_linux_dmabuf_get_shown_picture(global.get(), surface, &picture))
        REQUIRE(client.round_trip());
    CHECK(picture.texture == wlr_surface_get_texture(surface));
    CHECK(picture.fourcc == DRM_FORMAT_XRGB8888);
    CHECK(picture.modifier == DRM_FORMAT_MOD_LINEAR);
    CHECK(picture.way == std::string{"read"});
    CHECK(picture.color.range == 1);

    // As much as an old program's struct has, and not a byte more.
    tarmac_shown_picture old{};
    old.size = offsetof(tarmac_shown_picture, way);
    CHECK(tarmac_linux_dmabuf_get_shown_picture(global.get(), surface, &old));
    CHECK(old.texture == picture.texture);
    CHECK(old.way == nullptr);
    old = {};
    CHECK_FALSE(tarmac_linux_dmabuf_get_shown_picture(global.get(), surface, &old));

    LocalRenderer other{compositor.display(), "pixman"};
    wlr_compositor_set_renderer(surfaces, other.get());
    REQUIRE(tarmac_linux_dmabuf_set_renderer(global.get(), other.get(), 0, &error));
    REQUIRE(client.round_trip());
    const auto is_drawn_by_other = [&] {
        return tarmac_linux_dmabuf_get_shown_picture(global.get(), surface, &picture) &&
               picture.texture && picture.texture->renderer == other.get();
    };
    while (!is_drawn_by_other())
        REQUIRE(client.round_trip());
    wl_surface_destroy(window);
    wl_display_destroy_clients(compositor.display());
    global.reset();
}

TEST_CASE_METHOD(Fixture, "C's builder builds textures, and owns the descriptors it is given") {
    const Fd dmabuf = allocate();
    const CImporter importer{tarmac_importer_create(renderer.get(), 0, &error)};
    REQUIRE(importer);
    CHECK(tarmac_importer_has_format(importer.get(), DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR));
    wlr_drm_format_set formats{};
    CHECK(tarmac_importer_add_formats(importer.get(), &formats));
    CHECK(wlr_drm_format_set_has(&formats, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR));
    wlr_drm_format_set_finish(&formats);
    const std::size_t fds = count_open_fds();
    {
        const Builder builder = xrgb(dmabuf);
        SECTION("that builds") {
            const CTexture texture{
                tarmac_texture_builder_build(builder.get(), importer.get(), &error)};
            INFO(message());
            REQUIRE(texture);
            CHECK(tarmac_texture_get(texture.get())->width == CardWidth);
            CHECK(tarmac_texture_get_buffer(texture.get())->height == int{CardHeight});
            CHECK(tarmac_texture_get_color_state(texture.get()).matrix == 0);
            CHECK(tarmac_texture_get_color_state(texture.get()).range == 1);
            // pixman's are copies, which lie the right way up.
            CHECK_FALSE(tarmac_texture_is_y_inverted(texture.get()));
            const tarmac_rect damage = {0, 0, 1, 1};
            tarmac_texture_builder_set_update(builder.get(), texture.get(), &damage, 1);
            CHECK(CTexture{tarmac_texture_builder_build(builder.get(), importer.get(), &error)});
        }
        SECTION("that doesn't") {
            tarmac_texture_builder_set_plane(builder.get(), 0, dup(dmabuf.get()), 1 << 30,
                                             CardStride);
            CHECK_FALSE(tarmac_texture_builder_build(builder.get(), importer.get(), &error));
            CHECK(error.fault == TARMAC_FAULT_OUT_OF_BOUNDS);
            CHECK(error.plane == 0);
            CHECK(message().starts_with("plane 0: "));
        }
        SECTION("with a plane that no image has") {
            tarmac_texture_builder_set_plane(builder.get(), 4, dup(dmabuf.get()), 0, CardStride);
            CHECK_FALSE(tarmac_texture_builder_build(builder.get(), importer.get(), &error));
            CHECK(error.fault == TARMAC_FAULT_INCOMPLETE);
        }
    }
    CHECK(count_open_fds() == fds);
}

TEST_CASE_METHOD(Fixture, "C's importers compose") {
    const CImporter first{tarmac_importer_create_mapped(renderer.get(), 0, &error)};
    REQUIRE(first);
    tarmac_importer* members[] = {first.get()};
    const CImporter list{tarmac_importer_create_list(members, 1, &error)};
    REQUIRE(list);
    CHECK(tarmac_importer_get_device(list.get()) == tarmac_importer_get_device(first.get()));
    CHECK_FALSE(tarmac_importer_create_for_renderer(renderer.get(), 0, &error));
    CHECK(error.fault == TARMAC_FAULT_NOT_AVAILABLE);
    tarmac_options options = this->options();
    options.importer = list.get();
    REQUIRE(offer(options));
    CHECK(tarmac_linux_dmabuf_get_importer(global.get()) == list.get());
    REQUIRE(tarmac_linux_dmabuf_set_importer(global.get(), first.get(), &error));
    CHECK(tarmac_linux_dmabuf_get_importer(global.get()) == first.get());
    global.reset();
}

TEST_CASE_METHOD(Fixture, "who hears of C's other importer finds it, and may set another") {
    const CImporter mine{tarmac_importer_create_mapped(renderer.get(), 0, &error)};
    REQUIRE(mine);
    REQUIRE(offer(options()));
    tarmac_importer* found = nullptr;
    unsigned times = 0;
    tarmac::Listener changed;
    changed.connect(*tarmac_linux_dmabuf_get_default_feedback_changed(global.get()), [&] {
        if (++times > 1)
            return;
        found = tarmac_linux_dmabuf_get_importer(global.get());
        CHECK(tarmac_linux_dmabuf_set_renderer(global.get(), renderer.get(), 0, &error));
    });
    REQUIRE(tarmac_linux_dmabuf_set_importer(global.get(), mine.get(), &error));
    CHECK(found == mine.get());
    CHECK(times == 2);
    tarmac_importer* last = tarmac_linux_dmabuf_get_importer(global.get());
    CHECK(last != mine.get());
    // One that isn't taken changes nothing.
    tarmac_importer* none = nullptr;
    const CImporter empty{tarmac_importer_create_list(&none, 0, &error)};
    REQUIRE(empty);
    CHECK_FALSE(tarmac_linux_dmabuf_set_importer(global.get(), empty.get(), &error));
    CHECK(tarmac_linux_dmabuf_get_importer(global.get()) == last);
    RawClient client = connect();
    CHECK(client.feedback().times == 1);
    changed.disconnect();
    global.reset();
}

TEST_CASE("a sentence that is too long for C is cut between two characters") {
    tarmac_error error;
    constexpr std::size_t Room = sizeof error.message - 1;
    std::string text(Room - 1, 'x');
    SECTION("whole") {
        tarmac::c::tell(&error, {tarmac::Fault::NotReady, 2, text + "y"});
        CHECK(error.message == text + "y");
        CHECK(error.fault == TARMAC_FAULT_NOT_READY);
        CHECK(error.plane == 2);
    }
    SECTION("cut") {
        tarmac::c::tell(&error, {tarmac::Fault::NotReady, {}, text + "…y"});
        CHECK(error.message == text);
    }
}
