// Another zwp_linux_dmabuf_v1 beside ours.

#include <catch2/catch_test_macros.hpp>
#include <tarmac/linux_dmabuf.hpp>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/local_compositor.hpp"
#include "support/local_renderer.hpp"
#include "support/raw_client.hpp"
#include "support/wlr_log.hpp"

extern "C" {
#include <wlr/types/wlr_linux_dmabuf_v1.h>
}

using namespace tarmac;
using test::RawClient;

namespace {

struct Fixture {
    test::ErrorLog log;
    test::LocalCompositor compositor;
    test::LocalRenderer& renderer = test::LocalRenderer::shared();
    wlr_compositor* surfaces = wlr_compositor_create(compositor.display(), 6, renderer.get());
    std::optional<LinuxDmabuf> global;

    ~Fixture() {
        wl_display_destroy_clients(compositor.display());
        global.reset();
    }
    void create_ours() {
        auto created = LinuxDmabuf::create(compositor.display(), surfaces, renderer.importer());
        REQUIRE(created);
        global = std::move(*created);
    }
    void create_theirs() {
        REQUIRE(wlr_linux_dmabuf_v1_create_with_renderer(compositor.display(), 4, renderer.get()));
    }
    RawClient connect() { return RawClient{4, compositor.connect(), compositor.pump()}; }
    static void bind(RawClient& client, unsigned nth) {
        auto* bound = static_cast<zwp_linux_dmabuf_v1*>(
            client.bind_global(&zwp_linux_dmabuf_v1_interface, 3, nth));
        CHECK(client.round_trip());
        zwp_linux_dmabuf_v1_destroy(bound);
    }
    std::size_t n_notices() const {
        return static_cast<std::size_t>(std::ranges::count_if(log.lines, [](const auto& line) {
            return line.contains("another zwp_linux_dmabuf_v1");
        }));
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "that a client takes wlroots' own global is said once") {
    unsigned theirs = 1;
    std::optional<RawClient> earlier;
    SECTION("made after ours") {
        create_ours();
        create_theirs();
    }
    SECTION("made before ours") {
        create_theirs();
        create_ours();
        theirs = 0;
    }
    SECTION("made before, for a client that was there before") {
        earlier.emplace(4u, compositor.connect(), compositor.pump());
        create_theirs();
        create_ours();
        CHECK(n_notices() == 0);
        CHECK(earlier->round_trip());
        bind(*earlier, 0);
        CHECK(n_notices() == 1);
        theirs = 0;
    }
    SECTION("made before, for a client that has taken it before") {
        create_theirs();
        earlier.emplace(4u, compositor.connect(), compositor.pump());
        create_ours();
        CHECK(n_notices() == 1);
        theirs = 0;
    }
    SECTION("made while a client is there") {
        create_ours();
        earlier.emplace(4u, compositor.connect(), compositor.pump());
        create_theirs();
        CHECK(earlier->round_trip());
        bind(*earlier, 0);
        CHECK(n_notices() == 0);
        bind(*earlier, 1);
        CHECK(n_notices() == 1);
    }
    // Which binds the first that it sees.
    RawClient client = connect();
    if (theirs == 1 && !earlier)
        CHECK(n_notices() == 0);
    bind(client, 1 - theirs);
    bind(client, theirs);
    CHECK(n_notices() == 1);
    RawClient other = connect();
    bind(other, theirs);
    CHECK(n_notices() == 1);
}

TEST_CASE_METHOD(Fixture, "what a client has of our former global isn't another's") {
    create_ours();
    RawClient client = connect();
    global.reset();
    create_ours();
    CHECK(client.round_trip());
    CHECK(n_notices() == 0);
}

TEST_CASE_METHOD(Fixture, "a client that binds our former global hasn't taken another's") {
    create_ours();
    const RawClient client{4, compositor.connect(),
                           [this, turns = 0, pump = compositor.pump()]() mutable {
                               // The first turn tells of the global; the second hears it bound.
                               if (++turns == 2) {
                                   global.reset();
                                   create_ours();
                               }
                               pump();
                           }};
    CHECK(client.dmabuf());
    CHECK(n_notices() == 0);
}
