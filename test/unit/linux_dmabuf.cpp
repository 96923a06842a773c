// The global over a real socket, as far as no device is needed: what is refused before an import.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <tarmac/linux_dmabuf.hpp>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/feedback.hpp"
#include "support/local_compositor.hpp"
#include "support/raw_client.hpp"
#include "wlroots/wlr.hpp"

using namespace tarmac;
using test::Answer;
using test::RawClient;

namespace {

constexpr FormatModifier XrgbLinear{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR};
constexpr FormatModifier XrgbImplicit{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_INVALID};
constexpr FormatModifier Nv12Linear{DRM_FORMAT_NV12, DRM_FORMAT_MOD_LINEAR};
constexpr dev_t Device = 0x1234;

struct Fixture {
    test::LocalCompositor compositor;
    test::DecliningImporter importer{{XrgbLinear, XrgbImplicit, Nv12Linear}, Device};
    std::vector<std::string> refusals;
    std::optional<LinuxDmabuf> dmabuf;

    Fixture() {
        wlr_compositor_create(compositor.display(), 6, nullptr);
        auto created = LinuxDmabuf::create(compositor.display(), importer,
                                           {.on_refusal = [this](const Refusal& refusal) {
                                               refusals.push_back(refusal.error.message);
                                           }});
        REQUIRE(created);
        dmabuf = std::move(*created);
    }
    ~Fixture() { dmabuf.reset(); }

    RawClient client(unsigned version) {
        return RawClient{version, compositor.connect(), compositor.pump()};
    }
};

Fd open_null() {
    return Fd{open("/dev/null", O_RDWR | O_CLOEXEC)};
}

} // namespace

TEST_CASE_METHOD(Fixture,
                 "clients below version 4 are told formats, and modifiers from version 3") {
    CHECK(client(1).modifiers().empty());
    CHECK(client(2).formats() == std::vector<std::uint32_t>{DRM_FORMAT_XRGB8888});
    CHECK(client(3).modifiers() ==
          std::vector<FormatModifier>{XrgbLinear, XrgbImplicit, Nv12Linear});
    CHECK(client(4).formats().empty());
    CHECK(client(4).modifiers().empty());
}

TEST_CASE_METHOD(Fixture, "feedback names a main device up to version 5, sampling from version 6") {
    for (const unsigned version : {4u, 5u, 6u}) {
        INFO("version " << version);
        RawClient client = this->client(version);
        const auto& told = client.feedback();
        CHECK(told.times == 1);
        CHECK(told.main_device == (version < 6 ? std::optional{Device} : std::nullopt));
        REQUIRE(told.tranches.size() == 1);
        CHECK(told.tranches[0].device == Device);
        CHECK(told.tranches[0].flags == (version < 6 ? 0 : 2));
        CHECK(told.tranches[0].formats ==
              std::vector<FormatModifier>{XrgbLinear, XrgbImplicit, Nv12Linear});
    }
}

TEST_CASE_METHOD(Fixture, "feedback objects hear of a change, and of nothing else") {
    RawClient client = this->client(5);
    const auto& told = client.feedback();
    wl_surface* surface = wl_compositor_create_surface(client.compositor());
    const auto& surface_told = client.feedback(surface);
    const auto same =
        test::build_feedback(Device, {{Device, TrancheFlags::Sampling, importer.formats()}});
    dmabuf->set_default_feedback(*same);
    client.round_trip();
    CHECK(told.times == 1);

    const auto other = test::build_feedback(Device, {{Device, TrancheFlags::Sampling, {XrgbLinear}}});
    dmabuf->set_default_feedback(*other);
    client.round_trip();
    CHECK(told.times == 2);
    CHECK(told.table == std::vector<FormatModifier>{XrgbLinear});
    CHECK(told.order == "tmdfie");
    CHECK(surface_told.times == 2);
    wl_surface_destroy(surface);
}

TEST_CASE_METHOD(Fixture, "a tranche may have more formats than fit an event") {
    RawClient client = this->client(6);
    const auto& told = client.feedback();
    FormatSet many;
    for (std::uint64_t modifier = 0; modifier < 5000; ++modifier)
        many.add({DRM_FORMAT_XRGB8888, modifier});
    dmabuf->set_default_feedback(
        *test::build_feedback(Device, {{Device, TrancheFlags::Sampling, many}}));
    CHECK(client.round_trip());
    REQUIRE(told.tranches.size() == 1);
    CHECK(std::ranges::equal(told.tranches[0].formats, many));
}

TEST_CASE_METHOD(Fixture, "a surface can have feedback of its own") {
    RawClient client = this->client(6);
    wl_surface* surface = wl_compositor_create_surface(client.compositor());
    const auto& told = client.feedback(surface);
    const auto& default_told = client.feedback();

    wl_resource* resource = nullptr;
    wl_client* server_side =
        wl_client_from_link(wl_display_get_client_list(compositor.display())->next);
    wl_client_for_each_resource(
        server_side,
        [](wl_resource* candidate, void* found) {
            if (wl_resource_get_class(candidate) == std::string_view{"wl_surface"})
                *static_cast<wl_resource**>(found) = candidate;
            return WL_ITERATOR_CONTINUE;
        },
        &resource);
    REQUIRE(resource);

    const auto scanout = test::build_feedback(
        Device, {{Device, TrancheFlags::Scanout | TrancheFlags::Sampling, {XrgbLinear}}});
    dmabuf->set_surface_feedback(resource, *scanout);
    client.round_trip();
    CHECK(told.times == 2);
    CHECK(told.tranches.at(0).flags == 3);
    CHECK(default_told.times == 1);

    dmabuf->set_surface_feedback(resource, nullptr);
    client.round_trip();
    CHECK(told.times == 3);

    dmabuf->set_surface_feedback(resource, *scanout);
    wl_surface_destroy(surface);
    client.round_trip();
    CHECK(told.times == 4);
    const auto other = test::build_feedback(Device, {{Device, TrancheFlags::Sampling, {XrgbLinear}}});
    dmabuf->set_default_feedback(*other);
    client.round_trip();
    CHECK(told.times == 4);
    CHECK(default_told.times == 2);
}

TEST_CASE_METHOD(Fixture, "a params object without planes is incomplete") {
    RawClient client = this->client(4);
    CHECK(client.create(client.create_params(), 16, 16, DRM_FORMAT_XRGB8888) ==
          test::protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INCOMPLETE));
    CHECK(refusals == std::vector<std::string>{"no plane was added"});
}

TEST_CASE_METHOD(Fixture, "a client's error ends that client alone") {
    RawClient good = client(6), bad = client(6);
    bad.create(bad.create_params(), 16, 16, DRM_FORMAT_XRGB8888);
    CHECK(bad.connection().kind == Answer::Error);
    CHECK(good.round_trip());
}

TEST_CASE_METHOD(Fixture, "a dev_t of the wrong size is an error of its own") {
    for (const std::size_t size : {0uz, sizeof(dev_t) - 1, sizeof(dev_t) + 1, 4096 - 64uz}) {
        RawClient client = this->client(6);
        auto& params = client.create_params();
        std::vector<char> bytes(size);
        wl_array device = {.size = size, .alloc = size, .data = bytes.data()};
        zwp_linux_buffer_params_v1_set_sampling_device(params.object, &device);
        client.round_trip();
        CHECK(client.connection() ==
              test::protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_DEV_T_SIZE));
    }
}

TEST_CASE_METHOD(Fixture, "a file that is no dma-buf fails, and the client lives on") {
    RawClient client = this->client(6);
    const Fd null = open_null();
    auto& params = client.create_params();
    client.add(params, null.get(), 0, 0, 64, DRM_FORMAT_MOD_LINEAR);
    CHECK(client.create(params, 16, 16, DRM_FORMAT_XRGB8888).kind == Answer::Failed);

    auto& immediate = client.create_params();
    client.add(immediate, null.get(), 0, 0, 64, DRM_FORMAT_MOD_LINEAR);
    CHECK(client.create_immed(immediate, 16, 16, DRM_FORMAT_XRGB8888).kind == Answer::Failed);
    CHECK(client.round_trip());
}

TEST_CASE_METHOD(Fixture, "planes that are never used are closed") {
    RawClient client = this->client(6);
    const Fd null = open_null();
    const std::size_t before = test::count_open_fds();
    for (int i = 0; i < 100; ++i) {
        auto* params = zwp_linux_dmabuf_v1_create_params(client.dmabuf());
        zwp_linux_buffer_params_v1_add(params, null.get(), 1, 0, 64, 0, 0);
        zwp_linux_buffer_params_v1_destroy(params);
    }
    client.round_trip();
    CHECK(test::count_open_fds() == before);
}

TEST_CASE_METHOD(Fixture, "when the global has gone, its objects do nothing") {
    RawClient client = this->client(6);
    const auto& told = client.feedback();
    auto& params = client.create_params();
    const Fd null = open_null();
    client.add(params, null.get(), 0, 0, 64, DRM_FORMAT_MOD_LINEAR);
    dmabuf.reset();
    CHECK(client.create(params, 16, 16, DRM_FORMAT_XRGB8888).kind == Answer::Failed);
    CHECK(told.times == 1);
    client.feedback();
    CHECK(client.round_trip());
}
