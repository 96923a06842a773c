// What clients send, right or wrong, against the real compositor and real dma-bufs.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wayland-client.h>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/compositor_process.hpp"
#include "support/dmabuf_source.hpp"

using tarmac::Fd;
using test::Answer;
using test::protocol_error;
using test::RawClient;

namespace {

constexpr int Width = 64, Height = 48;
constexpr std::uint32_t Stride = Width * 4;
constexpr std::uint64_t Linear = DRM_FORMAT_MOD_LINEAR;

/// What a case sends, and the two ways of asking for the buffer.
enum class Request { Create, CreateImmed };

struct Case {
    const char* name;
    std::function<void(RawClient&, RawClient::Params&, int dmabuf)> add;
    struct {
        std::int32_t width = Width, height = Height;
        std::uint32_t fourcc = DRM_FORMAT_XRGB8888, flags = 0;
    } image;
    Answer expected;
};

void add_one(RawClient& client, RawClient::Params& params, int dmabuf) {
    client.add(params, dmabuf, 0, 0, Stride, Linear);
}

const Answer Created{Answer::Created, 0, {}};
const Answer Failed{Answer::Failed, 0, {}};

const Case Cases[] = {
    {"a good buffer", add_one, {}, Created},
    {"a good buffer with alpha", add_one, {.fourcc = DRM_FORMAT_ARGB8888}, Created},
    {"an implicit modifier",
     [](RawClient& client, RawClient::Params& params, int dmabuf) {
         client.add(params, dmabuf, 0, 0, Stride, DRM_FORMAT_MOD_INVALID);
     },
     {},
     Created},
    {"no planes",
     [](RawClient&, RawClient::Params&, int) {},
     {},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INCOMPLETE)},
    {"only plane 1",
     [](RawClient& client, RawClient::Params& params, int dmabuf) {
         client.add(params, dmabuf, 1, 0, Stride, Linear);
     },
     {.fourcc = DRM_FORMAT_NV12},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INCOMPLETE)},
    {"a hole at plane 1",
     [](RawClient& client, RawClient::Params& params, int dmabuf) {
         client.add(params, dmabuf, 0, 0, Stride, Linear);
         client.add(params, dmabuf, 2, 0, Stride, Linear);
     },
     {.fourcc = DRM_FORMAT_YUV420},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INCOMPLETE)},
    {"a plane twice",
     [](RawClient& client, RawClient::Params& params, int dmabuf) {
         add_one(client, params, dmabuf);
         add_one(client, params, dmabuf);
     },
     {},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_PLANE_SET)},
    {"plane index 4",
     [](RawClient& client, RawClient::Params& params, int dmabuf) {
         client.add(params, dmabuf, 4, 0, Stride, Linear);
     },
     {},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_PLANE_IDX)},
    {"plane index 4294967295",
     [](RawClient& client, RawClient::Params& params, int dmabuf) {
         client.add(params, dmabuf, UINT32_MAX, 0, Stride, Linear);
     },
     {},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_PLANE_IDX)},
    {"more planes than the format has",
     [](RawClient& client, RawClient::Params& params, int dmabuf) {
         for (unsigned plane = 0; plane < 4; ++plane)
             client.add(params, dmabuf, plane, 0, Stride, Linear);
     },
     {},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INCOMPLETE)},
    {"planes with different modifiers",
     [](RawClient& client, RawClient::Params& params, int dmabuf) {
         client.add(params, dmabuf, 0, 0, Stride, Linear);
         client.add(params, dmabuf, 1, 0, Stride, DRM_FORMAT_MOD_INVALID);
     },
     {},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_FORMAT)},
    {"width 0", add_one, {.width = 0},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_DIMENSIONS)},
    {"height 0", add_one, {.height = 0},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_DIMENSIONS)},
    {"a negative width", add_one, {.width = INT32_MIN},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_DIMENSIONS)},
    {"a negative height", add_one, {.height = -1},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_DIMENSIONS)},
    {"the largest width and height", add_one, {.width = INT32_MAX, .height = INT32_MAX},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_DIMENSIONS)},
    {"fourcc 0", add_one, {.fourcc = 0},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_FORMAT)},
    {"an unknown fourcc", add_one, {.fourcc = 0x5a5a5a5a},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_FORMAT)},
    {"a fourcc that is not advertised", add_one, {.fourcc = DRM_FORMAT_C8},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_FORMAT)},
    {"a modifier that is not advertised",
     [](RawClient& client, RawClient::Params& params, int dmabuf) {
         client.add(params, dmabuf, 0, 0, Stride, 0x7f00000000000001);
     },
     {},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_FORMAT)},
    {"stride 0",
     [](RawClient& client, RawClient::Params& params, int dmabuf) {
         client.add(params, dmabuf, 0, 0, 0, Linear);
     },
     {},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_OUT_OF_BOUNDS)},
    {"a stride shorter than a row",
     [](RawClient& client, RawClient::Params& params, int dmabuf) {
         client.add(params, dmabuf, 0, 0, Stride - 1, Linear);
     },
     {},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_OUT_OF_BOUNDS)},
    {"an offset that pushes the last row out",
     [](RawClient& client, RawClient::Params& params, int dmabuf) {
         client.add(params, dmabuf, 0, 4096, Stride, Linear);
     },
     {},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_OUT_OF_BOUNDS)},
    {"offset and stride whose sum overflows",
     [](RawClient& client, RawClient::Params& params, int dmabuf) {
         client.add(params, dmabuf, 0, UINT32_MAX, UINT32_MAX, Linear);
     },
     {},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_OUT_OF_BOUNDS)},
    {"one row too many", add_one, {.height = Height + 1},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_OUT_OF_BOUNDS)},
    {"a second plane beyond the end",
     [](RawClient& client, RawClient::Params& params, int dmabuf) {
         client.add(params, dmabuf, 0, 0, Stride, Linear);
         client.add(params, dmabuf, 1, Stride * Height - 64, Stride, Linear);
     },
     {.fourcc = DRM_FORMAT_NV12},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_OUT_OF_BOUNDS)},
    {"an unknown flag", add_one, {.flags = 8},
     protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_FORMAT)},
    {"interlaced", add_one, {.flags = ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_INTERLACED}, Failed},
    {"a memfd",
     [](RawClient& client, RawClient::Params& params, int) {
         const Fd memfd{memfd_create("not-a-dmabuf", MFD_CLOEXEC)};
         REQUIRE(ftruncate(memfd.get(), Stride * Height) == 0);
         client.add(params, memfd.get(), 0, 0, Stride, Linear);
     },
     {},
     Failed},
    {"/dev/null",
     [](RawClient& client, RawClient::Params& params, int) {
         const Fd null{open("/dev/null", O_RDWR | O_CLOEXEC)};
         client.add(params, null.get(), 0, 0, Stride, Linear);
     },
     {},
     Failed},
    {"a dma-buf opened with O_PATH",
     [](RawClient& client, RawClient::Params& params, int dmabuf) {
         const std::string path = "/proc/self/fd/" + std::to_string(dmabuf);
         const Fd opened{open(path.c_str(), O_PATH | O_CLOEXEC)};
         client.add(params, opened.get(), 0, 0, Stride, Linear);
     },
     {},
     Failed},
};

} // namespace

TEST_CASE("every buffer that a client asks for gets the answer of the spec") {
    test::CompositorProcess compositor;
    const std::size_t fds = compositor.count_settled_fds();

    for (const test::Exporter exporter : test::AllExporters) {
        if (const std::string reason = test::missing(exporter); !reason.empty()) {
            WARN("left out: " << reason);
            continue;
        }
        const Fd dmabuf = test::allocate_dmabuf(exporter, Stride * Height);
        for (const Case& c : Cases) {
            for (const Request request : {Request::Create, Request::CreateImmed}) {
                RawClient client = compositor.connect(6);
                auto& params = client.create_params();
                c.add(client, params, dmabuf.get());
                const auto& [width, height, fourcc, flags] = c.image;
                const Answer answer = request == Request::Create
                                          ? client.create(params, width, height, fourcc, flags)
                                          : client.create_immed(params, width, height, fourcc, flags);
                INFO(c.name << ", " << name_of(exporter) << ", "
                            << (request == Request::Create ? "create" : "create_immed"));
                CHECK(answer == c.expected);
            }
        }
    }
    CHECK(compositor.count_settled_fds() == fds);
}

TEST_CASE("params that were used are used up") {
    test::CompositorProcess compositor;
    const Fd dmabuf = test::allocate_dmabuf(test::Exporter::Udmabuf, Stride * Height);
    const Answer already_used = protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_ALREADY_USED);

    RawClient creating = compositor.connect(6);
    auto& params = creating.create_params();
    add_one(creating, params, dmabuf.get());
    REQUIRE(creating.create(params, Width, Height, DRM_FORMAT_XRGB8888) == Created);
    CHECK(creating.create(params, Width, Height, DRM_FORMAT_XRGB8888) == already_used);

    RawClient adding = compositor.connect(6);
    auto& added = adding.create_params();
    add_one(adding, added, dmabuf.get());
    REQUIRE(adding.create(added, Width, Height, DRM_FORMAT_XRGB8888) == Created);
    add_one(adding, added, dmabuf.get());
    adding.round_trip();
    CHECK(adding.connection() == already_used);

    RawClient naming = compositor.connect(6);
    auto& named = naming.create_params();
    add_one(naming, named, dmabuf.get());
    REQUIRE(naming.create(named, Width, Height, DRM_FORMAT_XRGB8888) == Created);
    dev_t value = 0;
    wl_array device = {.size = sizeof value, .alloc = sizeof value, .data = &value};
    zwp_linux_buffer_params_v1_set_sampling_device(named.object, &device);
    naming.round_trip();
    CHECK(naming.connection() == already_used);
}

TEST_CASE("a sampling device that is the renderer's is accepted, another fails") {
    test::CompositorProcess compositor;
    const Fd dmabuf = test::allocate_dmabuf(test::Exporter::Udmabuf, Stride * Height);
    RawClient client = compositor.connect(6);
    dev_t sampling = client.feedback().tranches.at(0).device;
    for (const bool right : {true, false}) {
        dev_t value = right ? sampling : 0;
        auto& params = client.create_params();
        add_one(client, params, dmabuf.get());
        wl_array device = {.size = sizeof value, .alloc = sizeof value, .data = &value};
        zwp_linux_buffer_params_v1_set_sampling_device(params.object, &device);
        CHECK(client.create(params, Width, Height, DRM_FORMAT_XRGB8888) ==
              (right ? Created : Failed));
    }
}

TEST_CASE("what older versions allow, older clients may do") {
    test::CompositorProcess compositor;
    const Fd dmabuf = test::allocate_dmabuf(test::Exporter::Udmabuf, Stride * Height);

    SECTION("below version 3 a modifier has no meaning") {
        for (const unsigned version : {1u, 2u}) {
            RawClient client = compositor.connect(version);
            auto& params = client.create_params();
            client.add(params, dmabuf.get(), 0, 0, Stride, 0x1234567812345678);
            CHECK(client.create(params, Width, Height, DRM_FORMAT_XRGB8888) == Created);
        }
    }
    SECTION("below version 4 a pair that is not advertised fails") {
        RawClient client = compositor.connect(3);
        auto& params = client.create_params();
        client.add(params, dmabuf.get(), 0, 0, Stride, 0x7f00000000000001);
        CHECK(client.create(params, Width, Height, DRM_FORMAT_XRGB8888) == Failed);
        CHECK(client.round_trip());
    }
    SECTION("below version 5 planes whose modifiers differ fail") {
        RawClient client = compositor.connect(4);
        auto& params = client.create_params();
        client.add(params, dmabuf.get(), 0, 0, Width, Linear);
        client.add(params, dmabuf.get(), 1, 0, Width, DRM_FORMAT_MOD_INVALID);
        CHECK(client.create(params, Width, Height, DRM_FORMAT_NV12) == Failed);
        CHECK(client.round_trip());
    }
}
