// What the embedder lets single clients have.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <map>
#include <string_view>
#include <tarmac/linux_dmabuf.hpp>
#include <wayland-client.h>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/local_compositor.hpp"
#include "support/raw_client.hpp"
#include "wlr/wlr.hpp"

using namespace tarmac;
using test::Answer;
using test::RawClient;

namespace {

constexpr FormatModifier XrgbLinear{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR};
constexpr FormatModifier XrgbImplicit{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_INVALID};

struct Fixture {
    test::LocalCompositor compositor;
    test::DecliningImporter importer{{XrgbLinear, XrgbImplicit}};
    std::optional<LinuxDmabuf> dmabuf;
    std::optional<Quotas> answer{Quotas::unlimited()};
    std::vector<wl_client*> asked;
    std::vector<std::string> refusals;

    Fixture() {
        LinuxDmabuf::Options options;
        options.quotas.descriptors = 200;
        options.quotas.binds = 100;
        options.policy = [this](wl_client* client) {
            asked.push_back(client);
            return answer;
        };
        options.on_refusal = [this](const Refusal& refusal) {
            refusals.push_back(refusal.error.message);
        };
        dmabuf.emplace(std::move(*LinuxDmabuf::create(
            compositor.display(), wlr_compositor_create(compositor.display(), 6, nullptr), importer,
            std::move(options))));
    }
    RawClient connect(unsigned version = 6) {
        return RawClient{version, compositor.connect(), compositor.pump()};
    }
    wl_client* newest() const {
        return wl_client_from_link(wl_display_get_client_list(compositor.display())->prev);
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "the policy is asked once for each client, when it binds first") {
    RawClient first = connect();
    CHECK(asked == std::vector{newest()});
    auto* again =
        static_cast<zwp_linux_dmabuf_v1*>(first.bind_global(&zwp_linux_dmabuf_v1_interface, 3));
    CHECK(first.round_trip());
    CHECK(asked.size() == 1);
    zwp_linux_dmabuf_v1_destroy(again);
    RawClient second = connect();
    REQUIRE(asked.size() == 2);
    CHECK(asked[1] == newest());
    CHECK(second.feedback().times == 1);
}

TEST_CASE_METHOD(Fixture, "who is refused has objects that do nothing, and nobody else") {
    answer = std::nullopt;
    RawClient refused = connect(), early = connect(3);
    answer = Quotas::unlimited();
    RawClient other = connect();
    CHECK(asked.size() == 3);
    CHECK(early.modifiers().empty());
    CHECK(early.formats().empty());
    const auto& told = refused.feedback();
    dmabuf->set_importers(importer).value();
    CHECK(refused.round_trip());
    CHECK(told.times == 0);
    const Fd null{open("/dev/null", O_RDWR | O_CLOEXEC)};
    auto& params = refused.create_params();
    refused.add(params, null.get(), 0, 0, 64, DRM_FORMAT_MOD_LINEAR);
    CHECK(refused.create(params, 16, 16, DRM_FORMAT_XRGB8888).kind == Answer::Failed);
    CHECK(refused.round_trip());
    // Asked once, whatever the answer would be now.
    auto* again =
        static_cast<zwp_linux_dmabuf_v1*>(early.bind_global(&zwp_linux_dmabuf_v1_interface, 3));
    CHECK(early.round_trip());
    CHECK(asked.size() == 3);
    CHECK(early.formats().empty());
    zwp_linux_dmabuf_v1_destroy(again);
    CHECK(other.feedback().times == 1);
}

TEST_CASE_METHOD(Fixture, "who is refused can't fill the descriptor table") {
    answer = std::nullopt;
    RawClient refused = connect();
    const Fd null{open("/dev/null", O_RDWR | O_CLOEXEC)};
    const std::size_t before = test::count_open_fds();
    for (int i = 0; i < 100; ++i) {
        auto& params = refused.create_params();
        for (std::uint32_t plane = 0; plane < 4; ++plane)
            refused.add(params, null.get(), plane, 0, 64, DRM_FORMAT_MOD_LINEAR);
        REQUIRE(refused.round_trip());
    }
    CHECK(test::count_open_fds() - before < 200);
    std::vector<void*> bound;
    for (int i = 0; i < 200 && refused.connection().kind != Answer::Error; ++i) {
        bound.push_back(refused.bind_global(&zwp_linux_dmabuf_v1_interface, 3));
        refused.round_trip();
    }
    CHECK(bound.size() < 100);
    CHECK(refused.connection().kind == Answer::Error);
    for (void* object : bound)
        zwp_linux_dmabuf_v1_destroy(static_cast<zwp_linux_dmabuf_v1*>(object));
    CHECK(asked.size() == 1);
}

TEST_CASE_METHOD(Fixture, "a connection is kept to its bounds, which are nobody else's") {
    answer->params = 2;
    RawClient bound = connect();
    answer->params = Quotas::Unlimited;
    RawClient other = connect();
    for (int i = 0; i < 5; ++i) {
        auto &first = bound.create_params(), &second = bound.create_params();
        CHECK(bound.round_trip());
        bound.destroy_params(first);
        bound.destroy_params(second);
    }
    for (int i = 0; i < 3; ++i)
        bound.create_params();
    bound.round_trip();
    CHECK(bound.connection().kind == Answer::Error);
    REQUIRE(refusals.size() == 1);
    CHECK(refusals[0] == "1 more unused params objects are beyond the 2 that this connection may "
                         "hold, and it holds 2");
    for (int i = 0; i < 5; ++i)
        other.create_params();
    CHECK(other.round_trip());
}

TEST_CASE_METHOD(Fixture, "a filter by the interface hides the global from who was there before") {
    dmabuf.reset();
    wl_display_set_global_filter(
        compositor.display(),
        [](const wl_client*, const wl_global* global, void*) {
            return std::string_view{wl_global_get_interface(global)->name} !=
                   zwp_linux_dmabuf_v1_interface.name;
        },
        nullptr);
    RawClient client = connect();
    CHECK_FALSE(std::ranges::contains(client.globals(), "zwp_linux_dmabuf_v1"));
    dmabuf.emplace(std::move(*LinuxDmabuf::create(compositor.display(), nullptr, importer)));
    CHECK(client.round_trip());
    CHECK_FALSE(std::ranges::contains(client.globals(), "zwp_linux_dmabuf_v1"));
}

TEST_CASE_METHOD(Fixture, "who asks for the global can hide it from clients") {
    struct Filter {
        const wl_global* hidden;
    } filter{dmabuf->global()};
    REQUIRE(filter.hidden);
    wl_display_set_global_filter(
        compositor.display(),
        [](const wl_client*, const wl_global* global, void* data) {
            return global != static_cast<Filter*>(data)->hidden;
        },
        &filter);
    const RawClient client = connect();
    CHECK(client.compositor());
    CHECK_FALSE(client.dmabuf());
    CHECK(asked.empty());
}
