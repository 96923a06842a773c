// Whom the things of clients are charged to.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <list>
#include <optional>
#include <sys/socket.h>
#include <sys/un.h>
#include <tarmac/linux_dmabuf.hpp>
#include <unistd.h>
#include <vector>

#include "security-context-v1-client-protocol.h"
#include "support/dmabuf_source.hpp"
#include "support/local_compositor.hpp"
#include "support/local_global.hpp"
#include "support/local_renderer.hpp"
#include "support/raw_client.hpp"
#include "wlr/wlr.hpp"

using namespace test;
using tarmac::Fd;

namespace {

constexpr int Size = 64;

/// A name that the kernel chooses.
struct Address {
    sockaddr_un value{.sun_family = AF_UNIX, .sun_path = {}};
    socklen_t size = sizeof value.sun_family;

    sockaddr* get() { return reinterpret_cast<sockaddr*>(&value); }
};

struct Fixture {
    LocalCompositor compositor;
    LocalRenderer& renderer = LocalRenderer::shared();
    Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, Size* Size * 4);
    wlr_security_context_manager_v1* contexts =
        wlr_security_context_manager_v1_create(compositor.display());
    // Half of them are a single account's.
    std::optional<tarmac::LinuxDmabuf> global =
        make_global(compositor.display(), nullptr, {&renderer.importer()},
                    {.options = {.quotas = {.buffers = 4}, .security_contexts = contexts}});
    RawClient engine{6, compositor.connect(), compositor.pump()};
    std::vector<Fd> sandboxes; ///< end when these are closed

    /// A socket for clients of a sandbox.
    Address open_sandbox(const char* application) {
        const Fd listening{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
        Address address;
        REQUIRE(bind(listening.get(), address.get(), address.size) == 0);
        REQUIRE(listen(listening.get(), 4) == 0);
        address.size = sizeof address.value;
        REQUIRE(getsockname(listening.get(), address.get(), &address.size) == 0);
        int ends[2];
        REQUIRE(pipe(ends) == 0);
        const Fd closed{ends[0]};
        sandboxes.emplace_back(ends[1]);
        auto* manager = static_cast<wp_security_context_manager_v1*>(
            engine.bind_global(&wp_security_context_manager_v1_interface, 1));
        auto* context =
            wp_security_context_manager_v1_create_listener(manager, listening.get(), closed.get());
        wp_security_context_v1_set_sandbox_engine(context, "org.example.engine");
        wp_security_context_v1_set_app_id(context, application);
        wp_security_context_v1_commit(context);
        wp_security_context_v1_destroy(context);
        wp_security_context_manager_v1_destroy(manager);
        REQUIRE(engine.round_trip());
        return address;
    }
    static Fd connect_to(Address address) {
        Fd fd{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        REQUIRE(connect(fd.get(), address.get(), address.size) == 0);
        return fd;
    }
    Answer::Kind create(RawClient& client) const {
        auto& params = client.create_params();
        client.add(params, dmabuf.get(), 0, 0, Size * 4, DRM_FORMAT_MOD_LINEAR);
        return client.create(params, Size, Size, DRM_FORMAT_XRGB8888).kind;
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "clients of one sandboxed application have one account") {
    const Address player = open_sandbox("org.example.Player");
    const Address editor = open_sandbox("org.example.Editor");
    RawClient first{6, connect_to(player), compositor.pump()};
    RawClient second{6, connect_to(player), compositor.pump()};
    RawClient other{6, connect_to(editor), compositor.pump()};
    CHECK(create(first) == Answer::Created);
    CHECK(create(second) == Answer::Created);
    CHECK(create(first) == Answer::Failed);
    CHECK(create(second) == Answer::Failed);
    CHECK(create(other) == Answer::Created);
}

TEST_CASE_METHOD(Fixture, "clients by socketpair, which name their creator, have one each") {
    RawClient first{6, compositor.connect(), compositor.pump()};
    RawClient second{6, compositor.connect(), compositor.pump()};
    CHECK(create(first) == Answer::Created);
    CHECK(create(first) == Answer::Created);
    CHECK(create(first) == Answer::Failed);
    CHECK(create(second) == Answer::Created);
}
