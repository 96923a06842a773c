// What a client of the global in this process may have at once.

#include <sys/resource.h>

#include "support/offered_global.hpp"

using namespace tarmac;
using test::Answer;
using test::CardHeight;
using test::CardStride;
using test::CardWidth;
using test::Created;
using test::Failed;
using test::OfferedGlobal;
using test::OtherImporter;
using test::RawClient;

namespace {

const Answer NoMemory{Answer::Error, WL_DISPLAY_ERROR_NO_MEMORY, "wl_display"};

} // namespace

TEST_CASE_METHOD(OfferedGlobal,
                 "past its share of params objects a client is out of memory, alone") {
    offer({.quotas = {.params = 6}});
    RawClient other = connect(), client = connect();
    for (int i = 0; i < 3; ++i)
        client.create_params();
    CHECK(client.round_trip());
    client.create_params();
    client.round_trip();
    CHECK(client.connection() == NoMemory);
    CHECK(refusals.size() == 1);
    CHECK(create(other, with_plane(other)) == Created);
}

TEST_CASE_METHOD(OfferedGlobal, "used and destroyed params don't count") {
    offer({.quotas = {.params = 2, .descriptors = 2}});
    RawClient client = connect();
    for (int i = 0; i < 5; ++i) {
        auto& params = with_plane(client);
        CHECK(create(client, params) == Created);
        wl_buffer_destroy(std::exchange(params.buffer, nullptr));
    }
    for (int i = 0; i < 5; ++i) {
        auto* params = zwp_linux_dmabuf_v1_create_params(client.dmabuf());
        zwp_linux_buffer_params_v1_add(params, dmabuf.get(), 0, 0, CardStride, 0, 0);
        zwp_linux_buffer_params_v1_destroy(params);
    }
    CHECK(client.round_trip());
}

TEST_CASE_METHOD(OfferedGlobal, "past its share of descriptors a client hears failed") {
    offer({.quotas = {.descriptors = 4}});
    RawClient client = connect();
    auto& params = client.create_params();
    for (std::uint32_t plane = 0; plane < 2; ++plane)
        client.add(params, dmabuf.get(), plane, 0, CardStride, DRM_FORMAT_MOD_LINEAR);
    CHECK(client.round_trip());
    CHECK(create(client, with_plane(client)) == Failed);
    CHECK(create_immed(client, with_plane(client)) == Failed);
    // What isn't kept can't be set twice either.
    auto& other = with_plane(client);
    CHECK(client.round_trip());
    client.add(other, dmabuf.get(), 0, 0, CardStride, DRM_FORMAT_MOD_LINEAR);
    client.round_trip();
    CHECK(client.connection() == test::protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_PLANE_SET));
}

TEST_CASE_METHOD(OfferedGlobal, "past its share of buffers a client hears failed until one goes") {
    offer({.quotas = {.buffers = 5}});
    RawClient client = connect(), other = connect();
    auto& first = with_plane(client);
    CHECK(create(client, first) == Created);
    CHECK(create_immed(client, with_plane(client)) == Created);
    CHECK(create(client, with_plane(client)) == Failed);
    CHECK(create_immed(client, with_plane(client)) == Failed);
    CHECK(create(other, with_plane(other)) == Created);
    wl_buffer_destroy(std::exchange(first.buffer, nullptr));
    CHECK(create(client, with_plane(client)) == Created);
    CHECK(refusals.size() == 2);
}

TEST_CASE_METHOD(OfferedGlobal, "a buffer counts until its last reader is done") {
    offer({.quotas = {.buffers = 2}});
    RawClient client = connect();
    auto& first = with_plane(client);
    REQUIRE(create(client, first) == Created);
    wl_surface* surface = wl_compositor_create_surface(client.compositor());
    wl_surface_attach(surface, first.buffer, 0, 0);
    wl_surface_commit(surface);
    wl_buffer_destroy(std::exchange(first.buffer, nullptr));
    REQUIRE(client.round_trip());

    CHECK(create(client, with_plane(client)) == Failed);
    wl_surface_destroy(surface);
    CHECK(client.round_trip());
    CHECK(create(client, with_plane(client)) == Created);
}

TEST_CASE_METHOD(OfferedGlobal, "past its share of mapped bytes a client hears failed") {
    OtherImporter mapping{renderer.importer(), 1, false};
    mapping.mapped_bytes = test::CardSize;
    offer({.quotas = {.mapped_bytes = 4 * test::CardSize}}, {&mapping});
    RawClient client = connect();
    CHECK(create(client, with_plane(client)) == Created);
    auto& second = with_plane(client);
    CHECK(create(client, second) == Created);
    CHECK(create(client, with_plane(client)) == Failed);
    wl_buffer_destroy(std::exchange(second.buffer, nullptr));
    CHECK(create(client, with_plane(client)) == Created);
}

TEST_CASE_METHOD(OfferedGlobal, "what was mapped for an importer is charged once") {
    OtherImporter mapping{renderer.importer(), 1, false};
    mapping.mapped_bytes = test::CardSize;
    offer({.quotas = {.mapped_bytes = 2 * test::CardSize}}, {&mapping});
    RawClient client = connect();
    auto& params = with_plane(client);
    REQUIRE(create(client, params) == Created);
    REQUIRE(global->set_importers({&renderer.importer()}));
    CHECK(client.round_trip());
    REQUIRE(global->set_importers({&mapping}));
    CHECK(client.round_trip());
    // A buffer that had failed would be an error.
    wl_surface* surface = wl_compositor_create_surface(client.compositor());
    wl_surface_attach(surface, params.buffer, 0, 0);
    wl_surface_commit(surface);
    CHECK(client.round_trip());
    wl_surface_destroy(surface);
}

TEST_CASE_METHOD(OfferedGlobal, "a quota may be none") {
    constexpr auto None = Quotas::Unlimited;
    offer({.quotas = {.params = None, .buffers = None, .descriptors = None, .mapped_bytes = None}});
    RawClient client = connect();
    for (int i = 0; i < 50; ++i)
        CHECK(create(client, with_plane(client)) == Created);
}

TEST_CASE_METHOD(OfferedGlobal, "a compositor out of descriptors loses the one request") {
    offer({});
    RawClient other = connect(), client = connect(), starved = connect();
    auto& ready = with_plane(client);
    CHECK(client.round_trip());

    rlimit limit;
    REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    // Sent before, received after the limit falls to what is open anyway.
    with_plane(starved);
    const rlimit none = {3, limit.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
    const Answer answer = create(client, ready);
    starved.round_trip();
    REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    CHECK((answer == Created || answer == Failed));
    // A descriptor that doesn't fit is lost in the kernel, and libwayland ends the client that sent
    // it.
    CHECK(starved.connection().kind == Answer::Error);

    CHECK(create(other, with_plane(other)) == Created);
    CHECK(create(client, with_plane(client)) == Created);
}

TEST_CASE_METHOD(OfferedGlobal, "ten thousand buffers leave no descriptor behind") {
    offer({});
    RawClient client = connect();
    client.round_trip();
    const std::size_t before = test::count_open_fds();
    for (int i = 0; i < 10'000; ++i) {
        auto* params = zwp_linux_dmabuf_v1_create_params(client.dmabuf());
        zwp_linux_buffer_params_v1_add(params, dmabuf.get(), 0, 0, CardStride, 0, 0);
        wl_buffer_destroy(zwp_linux_buffer_params_v1_create_immed(params, CardWidth, CardHeight,
                                                                  DRM_FORMAT_XRGB8888, 0));
        zwp_linux_buffer_params_v1_destroy(params);
        // The other ways for a plane to end: never used, and refused.
        auto* unused = zwp_linux_dmabuf_v1_create_params(client.dmabuf());
        zwp_linux_buffer_params_v1_add(unused, dmabuf.get(), 3, 0, CardStride, 0, 0);
        zwp_linux_buffer_params_v1_destroy(unused);
        auto* refused = zwp_linux_dmabuf_v1_create_params(client.dmabuf());
        zwp_linux_buffer_params_v1_add(refused, dmabuf.get(), 0, 0, CardStride, 0, 0);
        zwp_linux_buffer_params_v1_create(refused, CardWidth, CardHeight, DRM_FORMAT_XRGB8888,
                                          ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_INTERLACED);
        zwp_linux_buffer_params_v1_destroy(refused);
        if (i % 64 == 0)
            REQUIRE(client.round_trip());
    }
    CHECK(client.wait_until([&] { return test::count_open_fds() == before; }));
}
