// What a client can make the compositor hold is shared: others find enough of it.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <list>

#include "greedy.hpp"
#include "support/dmabuf_source.hpp"
#include "support/forked_process.hpp"
#include "support/kernel_parameter.hpp"
#include "support/tried.hpp"

using namespace test;
using tarmac::Fd;

namespace {

/// With five connections, none of which may be ended over it.
bool take_buffers(const CompositorProcess& compositor, const Fd& dmabuf) {
    std::list<RawClient> connections;
    int n_made = 0;
    for (int i = 0; i < 5; ++i) {
        connections.emplace_back(6u, compositor.open_socket());
        n_made += ask_for_buffers(connections.back(), dmabuf, 250).value_or(-10000);
    }
    // They stay with the process.
    static std::list<RawClient> kept;
    kept = std::move(connections);
    return n_made > 32 && n_made < 600 &&
           std::ranges::all_of(kept, [](RawClient& client) { return client.round_trip(); });
}

} // namespace

TEST_CASE("five clients of one process that want all descriptors leave others enough") {
    CompositorProcess compositor{{}, with_few_descriptors(GENERATE("gles2", "vulkan", "pixman"))};
    const Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, SmallStride * SmallSize);
    const ForkedProcess greedy{[&] { return take_buffers(compositor, dmabuf); }};
    CHECK(greedy.is_done_well(compositor.process()));
    tried(5, "clients of a process that want 250 buffers each");
    start_and_draw(compositor);
    CHECK(compositor.process().is_running());
}

TEST_CASE("ten processes that each want all descriptors leave another enough") {
    CompositorProcess compositor{{}, with_few_descriptors("gles2")};
    const Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, SmallStride * SmallSize);
    std::list<ForkedProcess> greedy;
    for (int i = 0; i < 10; ++i) {
        greedy.emplace_back([&] {
            static RawClient client{6, compositor.open_socket()};
            return ask_for_buffers(client, dmabuf, 120).has_value();
        });
        CHECK(greedy.back().is_done_well(compositor.process()));
    }
    tried(greedy.size(), "processes that want 120 buffers each");
    // Of those that came late too, each could start.
    start_and_draw(compositor);
}

TEST_CASE("a process that wants all mappings leaves the compositor enough to live") {
    const KernelParameter limit{"/proc/sys/vm/max_map_count", 4096};
    Stage stage = stage_of("pixman");
    stage.launcher = {"prlimit", "--nofile=50000:50000"};
    CompositorProcess compositor{{}, stage};
    const ForkedProcess greedy{[&] {
        static RawClient client{6, compositor.open_socket()};
        std::vector<Fd> dmabufs;
        for (int i = 0; i < 3; ++i)
            dmabufs.push_back(allocate_dmabuf(Exporter::Udmabuf, 4096));
        std::vector<RawClient::Params*> asked;
        for (int i = 0; i < 1400; ++i) {
            auto& params = *asked.emplace_back(&client.create_params());
            for (std::uint32_t plane = 0; plane < 3; ++plane)
                client.add(params, dmabufs[plane].get(), plane, 0, SmallSize,
                           DRM_FORMAT_MOD_LINEAR);
            zwp_linux_buffer_params_v1_create(params.object, SmallSize, SmallSize,
                                              DRM_FORMAT_YUV420, 0);
        }
        return client.wait_until([&] { return asked.back()->is_answered; }) &&
               !asked.back()->buffer;
    }};
    CHECK(greedy.is_done_well(compositor.process()));
    tried(1, "processes that want all mappings");
    CHECK(compositor.process().output().contains("mappings are beyond the share of process"));
    start_and_draw(compositor);
    CHECK(compositor.process().is_running());
}

TEST_CASE("what a process had is free for others when it is gone") {
    CompositorProcess compositor{{}, with_few_descriptors("gles2")};
    const Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, SmallStride * SmallSize);
    int n_made[2];
    const std::size_t fds = compositor.count_settled_fds();
    for (int& n : n_made) {
        REQUIRE(compositor.settles_at_most(fds));
        RawClient client = compositor.connect(6);
        n = ask_for_buffers(client, dmabuf, 120).value_or(0);
        CHECK(n > 32);
        ForkedProcess other{[&] {
            static RawClient other_client{6, compositor.open_socket()};
            return ask_for_buffers(other_client, dmabuf, 120).has_value();
        }};
        CHECK(other.is_done_well(compositor.process()));
    }
    CHECK(n_made[0] == n_made[1]);
}
