// The global in this process, with a real renderer and real dma-bufs: what can't be seen from
// outside.

#include "support/feedback.hpp"
#include "support/held_mappings.hpp"
#include "support/offered_global.hpp"
#include "wlr/listener.hpp"

using namespace tarmac;
using namespace std::chrono_literals;
using test::Answer;
using test::CardHeight;
using test::CardStride;
using test::CardWidth;
using test::Created;
using test::Failed;
using test::OfferedGlobal;
using test::OtherImporter;
using test::RawClient;

TEST_CASE_METHOD(OfferedGlobal, "an import that fails after create_immed is answered by policy") {
    OtherImporter declining{renderer.importer(), 1, true};
    SECTION("failed, and using the buffer is an error") {
        offer({}, {&declining});
        RawClient client = connect();
        auto& params = with_plane(client);
        CHECK(create_immed(client, params) == Failed);
        CHECK(client.round_trip());
        wl_surface* surface = wl_compositor_create_surface(client.compositor());
        wl_surface_attach(surface, params.buffer, 0, 0);
        wl_surface_commit(surface);
        CHECK_FALSE(client.round_trip());
        wl_surface_destroy(surface);
    }
    SECTION("an error all the same if nothing is left to hear failed") {
        offer({.import_budget = 0ns}, {&declining});
        RawClient client = connect();
        CHECK(create_immed_without_params(client).kind == Answer::Error);
    }
    SECTION("a fatal error") {
        offer({.immediate_failure = ImmediateFailure::Fatal}, {&declining});
        RawClient client = connect();
        CHECK(create_immed(client, with_plane(client)) ==
              test::protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_WL_BUFFER));
    }
    SECTION("a fatal error although the params are gone") {
        offer({.immediate_failure = ImmediateFailure::Fatal}, {&declining});
        RawClient client = connect();
        CHECK(create_immed_without_params(client).kind == Answer::Error);
    }
    CHECK(declining.asked == 1);
    CHECK(refusals == std::vector<std::string>{"declined"});
}

TEST_CASE_METHOD(OfferedGlobal,
                 "without a named device every importer is asked, with one only that") {
    OtherImporter declining{renderer.importer(), 1, true}, taking{renderer.importer(), 2, false};
    offer({}, {&declining, &taking});
    RawClient client = connect();

    const auto& told = client.feedback();
    REQUIRE(told.tranches.size() == 2);
    CHECK(told.tranches[0].device == 1);
    CHECK(told.tranches[1].device == 2);

    CHECK(create(client, with_plane(client)) == Created);
    CHECK(declining.asked == 1);
    CHECK(imports == std::vector<std::string>{"other"});

    const dev_t first = 1, second = 2;
    auto& for_first = with_plane(client);
    client.set_sampling_device(for_first, &first, sizeof first);
    CHECK(create(client, for_first) == Failed);
    CHECK(declining.asked == 2);
    CHECK(taking.asked == 1);

    auto& for_second = with_plane(client);
    client.set_sampling_device(for_second, &second, sizeof second);
    CHECK(create(client, for_second) == Created);
    CHECK(declining.asked == 2);
}

TEST_CASE_METHOD(OfferedGlobal, "what was told before a change may still be used after it") {
    offer({});
    RawClient old_client = connect(), without_feedback = connect(3);
    old_client.feedback();
    const dev_t device = renderer.importer().device();
    const auto less = test::build_feedback(
        device, {{device, TrancheFlags::Sampling, {{DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR}}}});
    global->set_default_feedback(*less);
    old_client.round_trip();
    CHECK(create(old_client, with_plane(old_client)) == Created);
    CHECK(create(without_feedback, with_plane(without_feedback)) == Created);

    RawClient new_client = connect();
    new_client.feedback();
    CHECK(create(new_client, with_plane(new_client)) ==
          test::protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_FORMAT));
}

TEST_CASE_METHOD(OfferedGlobal, "objects may go in any order while an import waits") {
    offer({.import_budget = 0ns});
    const std::size_t before = test::count_open_fds();
    auto client = std::make_unique<RawClient>(6u, compositor.connect(), compositor.pump());
    // Everything below arrives in one turn, so the imports wait while the rest is dispatched.
    auto* creating = zwp_linux_dmabuf_v1_create_params(client->dmabuf());
    zwp_linux_buffer_params_v1_add(creating, dmabuf.get(), 0, 0, CardStride, 0, 0);
    zwp_linux_buffer_params_v1_create(creating, CardWidth, CardHeight, DRM_FORMAT_XRGB8888, 0);
    auto* immediate = zwp_linux_dmabuf_v1_create_params(client->dmabuf());
    zwp_linux_buffer_params_v1_add(immediate, dmabuf.get(), 0, 0, CardStride, 0, 0);
    wl_buffer* buffer = zwp_linux_buffer_params_v1_create_immed(immediate, CardWidth, CardHeight,
                                                                DRM_FORMAT_XRGB8888, 0);
    SECTION("params first") {
        zwp_linux_buffer_params_v1_destroy(creating);
        zwp_linux_buffer_params_v1_destroy(immediate);
        CHECK(client->round_trip());
        CHECK(imports.size() == 1);
        wl_buffer_destroy(buffer);
    }
    SECTION("the buffer first") {
        wl_buffer_destroy(buffer);
        CHECK(client->round_trip());
        CHECK(imports.size() == 1);
        zwp_linux_buffer_params_v1_destroy(creating);
        zwp_linux_buffer_params_v1_destroy(immediate);
    }
    SECTION("all of them, and the factory") {
        zwp_linux_buffer_params_v1_destroy(creating);
        zwp_linux_buffer_params_v1_destroy(immediate);
        wl_buffer_destroy(buffer);
        client->destroy_dmabuf();
        CHECK(client->round_trip());
        CHECK(imports.empty());
    }
    SECTION("the client") {
        zwp_linux_buffer_params_v1_destroy(creating);
        zwp_linux_buffer_params_v1_destroy(immediate);
        wl_buffer_destroy(buffer);
        client.reset();
        compositor.pump()();
        compositor.pump()();
    }
    client.reset();
    compositor.pump()();
    CHECK(test::count_open_fds() == before);
}

TEST_CASE_METHOD(OfferedGlobal, "a surface that gets the buffer before its import imports it") {
    offer({.import_budget = GENERATE(2ms, 0ms)});
    RawClient client = connect();
    wl_surface* surface = wl_compositor_create_surface(client.compositor());
    auto& params = with_plane(client);
    params.buffer = zwp_linux_buffer_params_v1_create_immed(params.object, CardWidth, CardHeight,
                                                            DRM_FORMAT_XRGB8888, 0);
    bool released = false;
    static constexpr wl_buffer_listener events = {
        .release = [](void* data, wl_buffer*) { *static_cast<bool*>(data) = true; },
    };
    wl_buffer_add_listener(params.buffer, &events, &released);
    wl_surface_attach(surface, params.buffer, 0, 0);
    wl_surface_commit(surface);
    CHECK(client.round_trip());
    CHECK(imports.size() == 1);
    // The trial of the import is nobody's reading: no release yet.
    CHECK_FALSE(released);
    wl_surface_attach(surface, nullptr, 0, 0);
    wl_surface_commit(surface);
    CHECK(client.round_trip());
    CHECK(released);
    wl_surface_destroy(surface);
}

TEST_CASE_METHOD(OfferedGlobal, "what waits when the global goes is answered failed") {
    offer({.import_budget = 0ns});
    RawClient client = connect();
    RawClient::Params* waiting = nullptr;
    // The idle source that came first goes first: the global leaves between request and import.
    struct Last {
        OfferedGlobal* fixture;
        wl_client* client;
        Listener resource_created;
    } last{this, wl_client_from_link(wl_display_get_client_list(compositor.display())->next), {}};
    wl_client_add_resource_created_listener(last.client, last.resource_created.prepare([&last] {
        last.resource_created.disconnect();
        wl_event_loop_add_idle(
            wl_display_get_event_loop(last.fixture->compositor.display()),
            [](void* fixture) { static_cast<OfferedGlobal*>(fixture)->global.reset(); },
            last.fixture);
    }));
    waiting = &with_plane(client);
    CHECK(create(client, *waiting) == Failed);
    CHECK(imports.empty());
    CHECK(client.round_trip());
}

TEST_CASE_METHOD(OfferedGlobal, "while it is paused, clients wait for their imports") {
    offer({});
    RawClient client = connect();
    REQUIRE(client.round_trip());
    global->pause();
    RawClient::Params& waiting = with_plane(client);
    zwp_linux_buffer_params_v1_create(waiting.object, CardWidth, CardHeight, DRM_FORMAT_XRGB8888,
                                      0);
    RawClient::Params& named = with_plane(client);
    CHECK(create_immed(client, named) == Created);
    REQUIRE(client.round_trip());
    CHECK_FALSE(waiting.is_answered);
    // As wlroots asks about the target of a capture.
    const auto is_dmabuf = [&] {
        wl_client* own =
            wl_client_from_link(wl_display_get_client_list(compositor.display())->next);
        auto* proxy = reinterpret_cast<wl_proxy*>(named.buffer);
        wlr_buffer* buffer =
            wlr_buffer_try_from_resource(wl_client_get_object(own, wl_proxy_get_id(proxy)));
        wlr_dmabuf_attributes attributes;
        const bool answer = wlr_buffer_get_dmabuf(buffer, &attributes);
        wlr_buffer_unlock(buffer);
        return answer;
    };
    CHECK_FALSE(is_dmabuf());
    CHECK(imports.empty());
    // Wrong requests are answered all the same.
    auto& wrong = client.create_params();
    client.add(wrong, dmabuf.get(), 0, 0, 1, DRM_FORMAT_MOD_LINEAR);
    SECTION("resumed") {
        global->resume();
        CHECK(client.wait_until([&] { return waiting.is_answered && imports.size() == 2; }));
        CHECK(waiting.answer == Created);
        CHECK(is_dmabuf());
        CHECK(create(client, with_plane(client)) == Created);
        CHECK(create(client, wrong).kind == Answer::Error);
    }
    SECTION("with another importer") {
        OtherImporter other{renderer.importer(), renderer.importer().device(), false};
        REQUIRE(global->set_importers(other));
        REQUIRE(client.round_trip());
        CHECK_FALSE(waiting.is_answered);
        global->resume();
        CHECK(client.wait_until([&] { return waiting.is_answered && imports.size() == 2; }));
        CHECK(imports == std::vector<std::string>{"other", "other"});
        wl_display_destroy_clients(compositor.display());
    }
    SECTION("and the global goes") {
        global.reset();
        CHECK(client.wait_for(waiting.is_answered));
        CHECK(waiting.answer == Failed);
    }
    SECTION("and the client goes") {
        wl_display_destroy_clients(compositor.display());
        global->resume();
        CHECK(imports.empty());
    }
    SECTION("and a request is wrong") {
        CHECK(create(client, wrong).kind == Answer::Error);
    }
}

TEST_CASE_METHOD(OfferedGlobal, "objects may go in any order while an image is being mapped") {
    if (const std::string why = test::missing(test::Exporter::Vgem); !why.empty())
        SKIP(why);
    // So large that it is mapped by a worker
    constexpr std::uint32_t Size = 2048;
    const Fd large = test::allocate_dmabuf(test::Exporter::Vgem, std::size_t{Size} * Size * 4);
    const auto importer = create_mapped_importer(renderer.get(), 1);
    REQUIRE(importer);
    // The event loop keeps what it has opened for a global.
    offer({}, {importer->get()});
    global.reset();
    const std::size_t before = test::count_open_fds();
    offer({}, {importer->get()});
    auto client = std::make_unique<RawClient>(6u, compositor.connect(), compositor.pump());
    const auto add = [&](RawClient::Params& params) {
        client->add(params, large.get(), 0, 0, Size * 4, DRM_FORMAT_MOD_LINEAR);
    };
    auto &creating = client->create_params(), &immediate = client->create_params();
    add(creating);
    add(immediate);
    // What has been mapped then comes in a later turn of this thread's.
    std::optional<test::HeldMappings> held{std::in_place};
    zwp_linux_buffer_params_v1_create(creating.object, Size, Size, DRM_FORMAT_XRGB8888, 0);
    wl_buffer* buffer = zwp_linux_buffer_params_v1_create_immed(immediate.object, Size, Size,
                                                                DRM_FORMAT_XRGB8888, 0);
    REQUIRE(client->round_trip());
    REQUIRE(imports.empty());
    held.reset();
    const auto await_landings = [&](std::size_t n) {
        while (imports.size() < n && client->round_trip()) {
        }
    };
    SECTION("none") {
        await_landings(2);
        CHECK(creating.answer == Created);
        CHECK(imports == std::vector<std::string>{"mapped", "mapped"});
        wl_buffer_destroy(buffer);
    }
    SECTION("the params") {
        client->destroy_params(creating);
        client->destroy_params(immediate);
        await_landings(1);
        wl_buffer_destroy(buffer);
    }
    SECTION("the buffer") {
        wl_buffer_destroy(buffer);
        await_landings(1);
        CHECK(creating.answer == Created);
    }
    SECTION("the global") {
        global.reset();
        CHECK(client->round_trip());
        CHECK(creating.answer == Failed);
        CHECK(immediate.answer == Failed);
        wl_buffer_destroy(buffer);
    }
    SECTION("the params, and the global") {
        client->destroy_params(creating);
        client->destroy_params(immediate);
        CHECK(client->round_trip());
        global.reset();
        CHECK(client->round_trip());
        wl_buffer_destroy(buffer);
    }
    SECTION("the importer, for another") {
        REQUIRE(global->set_importers({&renderer.importer()}));
        await_landings(2);
        CHECK(creating.answer == Created);
        CHECK(imports == std::vector<std::string>{"renderer", "renderer"});
        wl_buffer_destroy(buffer);
    }
    SECTION("the client") {
        wl_buffer_destroy(buffer);
    }
    client.reset();
    compositor.pump()();
    wl_display_destroy_clients(compositor.display());
    global.reset();
    // Fewer where something that Mesa had open for a moment was counted before.
    CHECK(test::count_open_fds() <= before);
}
