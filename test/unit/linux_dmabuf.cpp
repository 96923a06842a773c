// The global over a real socket, as far as no device is needed: what is refused before an import.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <tarmac/importer_list.hpp>
#include <tarmac/linux_dmabuf.hpp>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/feedback.hpp"
#include "support/local_compositor.hpp"
#include "support/raw_client.hpp"
#include "wlr/wlr.hpp"

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
        wlr_compositor* surfaces = wlr_compositor_create(compositor.display(), 6, nullptr);
        auto created = LinuxDmabuf::create(compositor.display(), surfaces, {&importer},
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
    /// Binds what has gone meanwhile.
    RawClient late_client(unsigned version) {
        // The first turn tells the client of the global; the second hears it bind.
        return RawClient{version, compositor.connect(),
                         [this, turns = 0, pump = compositor.pump()]() mutable {
                             if (++turns == 2)
                                 dmabuf.reset();
                             pump();
                         }};
    }
    /// The newest of the client that came last.
    wl_resource* last_surface() {
        wl_resource* surface = nullptr;
        wl_client_for_each_resource(
            wl_client_from_link(wl_display_get_client_list(compositor.display())->prev),
            [](wl_resource* resource, void* found) {
                if (wl_resource_get_class(resource) == std::string_view{"wl_surface"})
                    *static_cast<wl_resource**>(found) = resource;
                return WL_ITERATOR_CONTINUE;
            },
            &surface);
        REQUIRE(surface);
        return surface;
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

TEST_CASE_METHOD(Fixture, "importers of one device tell one tranche, those of others one each") {
    RawClient client = this->client(6);
    const auto& told = client.feedback();
    test::DecliningImporter drawing{{XrgbLinear, XrgbImplicit}, Device},
        mapping{{XrgbLinear, Nv12Linear}, Device},
        vainly_mapping{{XrgbLinear, Nv12Linear}, Device, false},
        elsewhere{{XrgbLinear}, Device + 1};
    const std::vector<FormatModifier> all{XrgbLinear, XrgbImplicit, Nv12Linear};
    REQUIRE(dmabuf->set_importers({&drawing, &mapping}));
    client.round_trip();
    REQUIRE(told.tranches.size() == 1);
    CHECK(told.tranches[0].formats == all);
    REQUIRE(dmabuf->set_importers({&drawing, &elsewhere, &vainly_mapping}));
    client.round_trip();
    REQUIRE(told.tranches.size() == 2);
    CHECK(told.tranches[0].formats == all);
    CHECK(told.tranches[1].device == Device + 1);
    CHECK(told.tranches[1].formats == std::vector<FormatModifier>{XrgbLinear});
    REQUIRE(dmabuf->set_importers({&importer}));
}

TEST_CASE_METHOD(Fixture, "memory of no device is told behind what a device makes, and not alone") {
    // Later versions aren't told the main device.
    RawClient client = this->client(5);
    const auto& told = client.feedback();
    test::DecliningImporter drawing{{XrgbLinear}, Device}, mapping{{Nv12Linear}, Device, false},
        elsewhere{{Nv12Linear}, Device + 1, false};
    REQUIRE(dmabuf->set_importers({&mapping, &elsewhere, &drawing}));
    client.round_trip();
    CHECK(told.main_device == Device);
    REQUIRE(told.tranches.size() == 1);
    CHECK(told.tranches[0].device == Device);
    CHECK(told.tranches[0].formats == std::vector<FormatModifier>{XrgbLinear});
    const auto nothing = dmabuf->set_importers({&mapping});
    REQUIRE_FALSE(nothing);
    CHECK(nothing.error().fault == Fault::NotAvailable);
    REQUIRE(dmabuf->set_importers({&importer}));
}

TEST_CASE_METHOD(Fixture, "a list of importers is told as its members") {
    RawClient client = this->client(6);
    const auto& told = client.feedback();
    test::DecliningImporter other{{XrgbLinear, XrgbImplicit}, Device + 1};
    ImporterList list;
    list.add(std::make_unique<test::DecliningImporter>(FormatSet{Nv12Linear}, Device + 2));
    list.add(other);
    REQUIRE(dmabuf->set_importers(list));
    client.round_trip();
    REQUIRE(told.tranches.size() == 2);
    CHECK(told.tranches[0].device == Device + 2);
    CHECK(told.tranches[0].formats == std::vector<FormatModifier>{Nv12Linear});
    CHECK(told.tranches[1].device == Device + 1);
    CHECK(told.tranches[1].formats == std::vector<FormatModifier>{XrgbLinear, XrgbImplicit});
    ImporterList empty;
    CHECK_FALSE(dmabuf->set_importers(empty));
    REQUIRE(dmabuf->set_importers(importer));
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

    const auto other =
        test::build_feedback(Device, {{Device, TrancheFlags::Sampling, {XrgbLinear}}});
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
    wl_resource* resource = last_surface();
    wl_surface* other_surface = wl_compositor_create_surface(client.compositor());
    const auto& second_told = client.feedback(surface);
    const auto& other_told = client.feedback(other_surface);
    const auto& default_told = client.feedback();

    const auto scanout = test::build_feedback(
        Device, {{Device, TrancheFlags::Scanout | TrancheFlags::Sampling, {XrgbLinear}}});
    dmabuf->set_surface_feedback(resource, *scanout);
    client.round_trip();
    for (const auto* each : {&told, &second_told, &client.feedback(surface)}) {
        CHECK(each->times == (each == &told || each == &second_told ? 2 : 1));
        REQUIRE(each->tranches.size() == 1);
        CHECK(each->tranches[0].flags == 3);
        CHECK(each->tranches[0].formats == std::vector{XrgbLinear});
    }
    dmabuf->set_surface_feedback(resource, *scanout);
    client.round_trip();
    CHECK(told.times == 2);

    const auto other =
        test::build_feedback(Device, {{Device, TrancheFlags::Sampling, {Nv12Linear}}});
    dmabuf->set_default_feedback(*other);
    client.round_trip();
    CHECK(told.times == 2);
    CHECK(other_told.times == 2);
    CHECK(default_told.times == 2);

    dmabuf->set_surface_feedback(resource, nullptr);
    client.round_trip();
    for (const auto* each : {&told, &second_told}) {
        CHECK(each->times == 3);
        CHECK(each->tranches.at(0).formats == std::vector{Nv12Linear});
    }
    CHECK(other_told.times == 2);
    CHECK(default_told.times == 2);
    wl_surface_destroy(surface);
    wl_surface_destroy(other_surface);
}

TEST_CASE_METHOD(Fixture, "feedback for a surface that has gone is silent") {
    RawClient client = this->client(6);
    wl_surface* surface = wl_compositor_create_surface(client.compositor());
    const auto& told = client.feedback(surface);
    const auto& default_told = client.feedback();
    const auto scanout = test::build_feedback(
        Device, {{Device, TrancheFlags::Scanout | TrancheFlags::Sampling, {XrgbLinear}}});
    dmabuf->set_surface_feedback(last_surface(), *scanout);
    wl_surface_destroy(surface);
    client.round_trip();
    CHECK(told.times == 2);
    dmabuf->set_default_feedback(
        *test::build_feedback(Device, {{Device, TrancheFlags::Sampling, {XrgbLinear}}}));
    client.round_trip();
    CHECK(told.times == 2);
    CHECK(default_told.times == 2);

    // Another resource may have the same address.
    std::vector<wl_surface*> later;
    for (int i = 0; i < 10; ++i) {
        later.push_back(wl_compositor_create_surface(client.compositor()));
        CHECK(client.feedback(later.back()).tranches.at(0).flags == 2);
    }
    for (wl_surface* each : later)
        wl_surface_destroy(each);
    CHECK(client.round_trip());
    CHECK(told.times == 2);
}

TEST_CASE_METHOD(Fixture,
                 "a table lives until the last object that was told of it hears of another") {
    RawClient other = this->client(6), client = this->client(6);
    const auto set_default = [&](FormatSet formats) {
        auto feedback =
            test::build_feedback(Device, {{Device, TrancheFlags::Sampling, std::move(formats)}});
        dmabuf->set_default_feedback(*feedback);
        client.round_trip();
        return std::weak_ptr{*feedback};
    };
    client.feedback();
    const auto first = set_default({XrgbLinear, Nv12Linear});
    const auto same = set_default({XrgbLinear, Nv12Linear});
    CHECK_FALSE(first.expired());
    other.feedback();
    const auto next = set_default({XrgbLinear});
    CHECK(first.expired());
    CHECK(same.expired());

    wl_surface* surface = wl_compositor_create_surface(client.compositor());
    client.feedback(surface);
    dmabuf->set_surface_feedback(last_surface(), next.lock());
    set_default({Nv12Linear});
    CHECK_FALSE(next.expired());
    dmabuf->set_surface_feedback(last_surface(), nullptr);
    client.round_trip();
    CHECK(next.expired());
    wl_surface_destroy(surface);

    const auto last = set_default({XrgbImplicit});
    client.destroy_feedback();
    other.destroy_feedback();
    client.round_trip();
    other.round_trip();
    set_default({XrgbLinear});
    CHECK(last.expired());
}

TEST_CASE_METHOD(Fixture,
                 "changes of one turn are told once, and not at all if they end as before") {
    RawClient client = this->client(6);
    const auto& told = client.feedback();
    const auto before = dmabuf->default_feedback();
    const auto set = [this](const FormatSet& formats) {
        dmabuf->set_default_feedback(
            *test::build_feedback(Device, {{Device, TrancheFlags::Sampling, formats}}));
    };
    set({XrgbLinear});
    set({Nv12Linear});
    client.round_trip();
    CHECK(told.times == 2);
    CHECK(told.tranches.at(0).formats == std::vector{Nv12Linear});
    dmabuf->set_default_feedback(before);
    set({Nv12Linear});
    client.round_trip();
    CHECK(told.times == 2);
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

TEST_CASE_METHOD(Fixture,
                 "a client that binds just when the global goes gets objects that do nothing") {
    SECTION("with feedback") {
        RawClient client = late_client(6);
        REQUIRE(client.dmabuf());
        CHECK(client.feedback().times == 0);
        wl_surface* surface = wl_compositor_create_surface(client.compositor());
        CHECK(client.feedback(surface).times == 0);
        wl_surface_destroy(surface);
        const Fd null = open_null();
        for (int i = 0; i < 2; ++i) {
            auto& params = client.create_params();
            client.add(params, null.get(), 0, 0, 64, DRM_FORMAT_MOD_LINEAR);
            const Answer answer = i == 0 ? client.create(params, 16, 16, DRM_FORMAT_XRGB8888)
                                         : client.create_immed(params, 16, 16, DRM_FORMAT_XRGB8888);
            CHECK(answer.kind == Answer::Failed);
        }
        CHECK(client.round_trip());
    }
    SECTION("with formats") {
        RawClient client = late_client(3);
        REQUIRE(client.dmabuf());
        CHECK(client.modifiers().empty());
        CHECK(client.round_trip());
    }
    CHECK_FALSE(dmabuf);
    const RawClient later{6, compositor.connect(), compositor.pump()};
    CHECK_FALSE(later.dmabuf());
}
