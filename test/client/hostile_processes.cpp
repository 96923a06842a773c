// Clients in processes of their own that are killed or stopped at any moment, or that want ever
// more: the compositor keeps nothing of theirs, and another client's pictures go on.

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <drm_fourcc.h>
#include <fstream>
#include <list>
#include <random>
#include <thread>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/compositor_process.hpp"
#include "support/dmabuf_source.hpp"
#include "support/forked_process.hpp"
#include "support/image_buffer.hpp"
#include "support/sanitizer.hpp"
#include "support/window.hpp"

using namespace test;
using namespace std::chrono_literals;

namespace {

constexpr int Size = 64;
constexpr std::uint32_t Stride = 4 * Size;
constexpr unsigned Endless = ~0u;

/// Of a process, in bytes.
std::uint64_t memory_of(const Process& process) {
    std::ifstream file{"/proc/" + std::to_string(process.pid()) + "/smaps_rollup"};
    for (std::string word; file >> word;) {
        if (std::uint64_t kilobytes = 0; word == "Pss:" && file >> kilobytes)
            return 1024 * kilobytes;
    }
    FAIL("the compositor is gone");
    return 0;
}

/// All that a client does again and again.
bool show_pictures(const CompositorProcess& compositor, unsigned n) {
    RawClient client = compositor.connect(6);
    Window window{client};
    for (unsigned i = 0; i < n; ++i) {
        ImageBuffer image{client, i % 2 == 0 ? DRM_FORMAT_XRGB8888 : DRM_FORMAT_NV12, Size, Size};
        client.feedback(window.surface());
        client.destroy_feedback();
        window.show(image.get());
    }
    return true;
}

/// Shows what needs no copies, of which there would be more or fewer at times.
class Bystander {
public:
    explicit Bystander(const CompositorProcess& compositor)
        : client_{compositor.connect(6)}, window_{client_} {
        show();
        show();
    }
    void show() {
        window_.show((is_first_ ? first_ : second_).get());
        is_first_ = !is_first_;
        REQUIRE(client_.connection() == Answer{});
    }

private:
    RawClient client_;
    Window window_;
    ImageBuffer first_{client_, DRM_FORMAT_XRGB8888, Size, Size},
        second_{client_, DRM_FORMAT_XRGB8888, Size, Size};
    bool is_first_ = true;
};

struct Fixture {
    CompositorProcess compositor;
    Bystander bystander{compositor};

    Fixture() {
        // What is kept for good for the first client of a kind
        const ForkedProcess first{[this] { return show_pictures(compositor, 4); }};
        REQUIRE(first.is_done_well(compositor.process()));
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "clients killed at any moment take nothing with them") {
    const std::size_t descriptors = compositor.count_settled_fds();
    std::minstd_rand random{1};
    // To copy a process takes long with its shadow memory.
    constexpr int Clients = HasAddressSanitizer ? 200 : 1000;
    for (int i = 0; i < Clients; ++i) {
        ForkedProcess client{[this] { return show_pictures(compositor, Endless); }};
        std::this_thread::sleep_for(std::chrono::microseconds{random() % 20'000});
        client.end();
        if (i % 20 == 0)
            bystander.show();
    }
    CHECK(compositor.settles_at_most(descriptors));
    bystander.show();
}

TEST_CASE_METHOD(Fixture, "a client that stands still keeps nobody waiting") {
    const std::size_t descriptors = compositor.count_settled_fds();
    {
        std::list<ForkedProcess> clients;
        for (int i = 0; i < 5; ++i)
            clients.emplace_back([this] { return show_pictures(compositor, Endless); });
        for (int i = 0; i < 5; ++i)
            bystander.show();
        for (const ForkedProcess& client : clients)
            client.signal(SIGSTOP);
        for (int i = 0; i < 100; ++i)
            bystander.show();
    }
    CHECK(compositor.settles_at_most(descriptors));
}

TEST_CASE_METHOD(Fixture, "connections that come and go by the thousand leave nothing behind") {
    const std::size_t descriptors = compositor.count_settled_fds();
    {
        const ForkedProcess storm{[this] {
            std::list<tarmac::Fd> sockets;
            for (int i = 0; i < 5000; ++i) {
                sockets.push_back(compositor.open_socket());
                if (sockets.size() > 50)
                    sockets.pop_front();
            }
            return true;
        }};
        for (int i = 0; i < 20; ++i)
            bystander.show();
        CHECK(storm.is_done_well(compositor.process()));
    }
    CHECK(compositor.settles_at_most(descriptors));
    bystander.show();
}

TEST_CASE_METHOD(Fixture, "buffers that come and go by the ten thousand leave nothing behind") {
    RawClient client = compositor.connect(6);
    const tarmac::Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, Stride * Size);
    const auto make = [&](int n) {
        for (int i = 0; i < n; ++i) {
            auto& params = client.create_params();
            client.add(params, dmabuf.get(), 0, 0, Stride, DRM_FORMAT_MOD_LINEAR);
            const Answer answer = client.create(params, Size, Size, DRM_FORMAT_XRGB8888);
            REQUIRE(answer.kind == Answer::Created);
            wl_buffer_destroy(std::exchange(params.buffer, nullptr));
            client.destroy_params(params);
        }
    };
    make(1000);
    const std::size_t descriptors = compositor.count_settled_fds();
    const std::uint64_t memory = memory_of(compositor.process());
    // AddressSanitizer keeps what is freed, until that is more than a process may map on the
    // machine.
    constexpr int Buffers = HasAddressSanitizer ? 2000 : 20'000;
    make(Buffers);
    CHECK(compositor.settles_at_most(descriptors));
    // Of what wasn't given back, each would take hundreds.
    if (!HasAddressSanitizer)
        CHECK(memory_of(compositor.process()) < memory + 20 * Buffers);
}
