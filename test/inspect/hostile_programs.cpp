// Programs that do what they shouldn't on the socket for inspection: the compositor lives, pictures
// of its clients go on, and nothing is held afterwards.

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <cstring>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <list>
#include <optional>
#include <poll.h>
#include <random>
#include <sys/socket.h>

#include "client/bystander.hpp"
#include "client/greedy.hpp"
#include "inspect/inspected_compositor.hpp"
#include "inspect/looker.hpp"
#include "linux-dmabuf-v1-client-protocol.h"
#include "support/patience.hpp"
#include "support/sanitizer.hpp"
#include "support/tried.hpp"

using namespace test;
using tarmac::Fd;

namespace {

using Words = std::vector<std::uint32_t>;

/// A request with arguments of 32 bits, or what is to be taken for one.
Words request(std::uint32_t object, std::uint32_t opcode, Words arguments = {}) {
    const auto size = static_cast<std::uint32_t>(4 * (arguments.size() + 2));
    Words words{object, size << 16 | opcode};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return words;
}

/// Of a connection, in the compositor: libwayland has another one for its event loop.
constexpr std::size_t Descriptors = 2;

/// Of objects; those that a client makes have to come in this order.
constexpr std::uint32_t Registry = 2, Inspect = 3, FirstSnapshot = 4;

Words take_snapshot(std::uint32_t id) {
    return request(Inspect, TARMAC_INSPECT_V1_TAKE_SNAPSHOT, {id});
}
Words read_snapshot(std::uint32_t id, std::uint32_t count) {
    return request(id, TARMAC_INSPECT_SNAPSHOT_V1_READ, {count});
}

std::string bytes_of(const std::vector<Words>& requests) {
    std::string bytes;
    for (const Words& words : requests)
        bytes.append(reinterpret_cast<const char*>(words.data()), 4 * words.size());
    return bytes;
}

/// Binds the global, which is the only one.
std::string greeting() {
    std::array<char, 20> name{"tarmac_inspect_v1"};
    Words arguments{1, 18};
    arguments.resize(2 + name.size() / 4);
    std::memcpy(&arguments[2], name.data(), name.size());
    arguments.insert(arguments.end(), {1, Inspect});
    return bytes_of({request(1, 1, {Registry}), request(Registry, 0, std::move(arguments))});
}

bool write_to(const Fd& socket, std::string_view bytes) {
    return send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
}

/// All that comes until the compositor ends the connection.
std::string read_to_end(const Fd& socket) {
    std::string all;
    char buffer[4096];
    pollfd readable{socket.get(), POLLIN, 0};
    while (poll(&readable, 1, 1000 * static_cast<int>(patience().count())) > 0) {
        const ssize_t n = recv(socket.get(), buffer, sizeof buffer, 0);
        if (n <= 0)
            return all;
        all.append(buffer, static_cast<std::size_t>(n));
    }
    FAIL("the connection isn't ended");
    return {};
}

struct Fixture {
    InspectedCompositor inspected;
    CompositorProcess& compositor = inspected.get();
    Bystander bystander{compositor};
    std::size_t descriptors = 0;

    Fixture() {
        inspected.look("buffers");
        descriptors = compositor.count_settled_fds();
    }
    Fd connect() const { return connect_to(inspected.path()); }
    /// As it is promised after all of this.
    void check_calm() {
        bystander.show();
        CHECK(compositor.settles_at_most(descriptors));
        CHECK(inspected.look("buffers")["buffers"].size() == 2);
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "programs that write garbage to who lets them look are ended") {
    std::minstd_rand random{1};
    constexpr int Programs = 300;
    for (int i = 0; i < Programs; ++i) {
        const Fd socket = connect();
        std::string bytes = i % 2 ? greeting() : "";
        for (unsigned k = random() % 2000; k > 0; --k)
            bytes += static_cast<char>(random());
        write_to(socket, bytes);
        if (i % 3 == 0) {
            shutdown(socket.get(), SHUT_WR);
            read_to_end(socket);
        }
        if (i % 30 == 0)
            bystander.show();
    }
    tried(Programs, "programs that write garbage to the socket for inspection");
    check_calm();
}

TEST_CASE_METHOD(Fixture, "who asks for what there isn't when he looks is told, and ended") {
    const Words wrong[] = {
        request(Inspect, 7),
        request(Inspect, TARMAC_INSPECT_V1_TAKE_SNAPSHOT),
        request(Inspect, TARMAC_INSPECT_V1_TAKE_SNAPSHOT, {Inspect}),
        request(Inspect, TARMAC_INSPECT_V1_TAKE_SNAPSHOT, {0}),
        request(Inspect, TARMAC_INSPECT_V1_TAKE_SNAPSHOT, {0xff000001}),
        request(FirstSnapshot, TARMAC_INSPECT_SNAPSHOT_V1_READ, {1}),
        request(Registry, 0, {1, 2, 'x', 1, FirstSnapshot}),
        request(Registry, 0, {2, 2, 'x', 1, FirstSnapshot}),
    };
    for (const Words& request : wrong) {
        const Fd socket = connect();
        REQUIRE(write_to(socket, greeting() + bytes_of({request})));
        // The last event is wl_display.error.
        const std::string answer = read_to_end(socket);
        CHECK(answer.contains("tarmac_inspect_v1"));
        CHECK(answer.rfind(std::string{"\1\0\0\0\0\0", 6}) != std::string::npos);
    }
    check_calm();
}

TEST_CASE_METHOD(Fixture, "a look that ends at any byte ends nothing else") {
    const std::string look =
        greeting() +
        bytes_of({take_snapshot(FirstSnapshot), read_snapshot(FirstSnapshot, 1),
                  request(Inspect, TARMAC_INSPECT_V1_FOLLOW_REFUSALS, {FirstSnapshot + 1}),
                  read_snapshot(FirstSnapshot, 16), request(FirstSnapshot, 0), request(Inspect, 0),
                  request(FirstSnapshot + 1, 0)});
    for (std::size_t length = 0; length <= look.size(); ++length) {
        const std::string_view part = std::string_view{look}.substr(0, length);
        // Gone at once, half closed, and closed for answers.
        write_to(connect(), part);
        const Fd half_closed = connect(), deaf = connect();
        write_to(half_closed, part);
        shutdown(half_closed.get(), SHUT_WR);
        read_to_end(half_closed);
        shutdown(deaf.get(), SHUT_RD);
        write_to(deaf, part);
        if (length % 16 == 0)
            bystander.show();
    }
    tried(3 * (look.size() + 1), "looks that end at a byte");
    check_calm();
}

TEST_CASE_METHOD(Fixture, "two hundred programs that look at once are no more than sixteen") {
    std::list<Fd> all;
    for (int i = 0; i < 200; ++i) {
        all.push_back(connect());
        write_to(all.back(), greeting() + bytes_of({take_snapshot(FirstSnapshot),
                                                    read_snapshot(FirstSnapshot, 16)}));
        if (i % 20 == 0)
            bystander.show();
    }
    CHECK(compositor.count_settled_fds() <= descriptors + 16 * Descriptors);
    unsigned n = 0;
    for (const Fd& socket : all) {
        if (++n <= 16)
            continue;
        const std::string answer = read_to_end(socket);
        INFO(answer);
        CHECK(answer.contains("16 programs look already"));
    }
    all.clear();
    tried(200, "programs that look at once");
    check_calm();
}

TEST_CASE_METHOD(Fixture, "a program that takes ever more snapshots and reads none is ended") {
    RawClient client = compositor.connect(6);
    const Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, SmallStride * SmallSize);
    REQUIRE(ask_for_buffers(client, dmabuf, 200) == 200);
    descriptors = compositor.count_settled_fds();
    const std::uint64_t memory = memory_of(compositor.process());
    std::uint64_t most = memory;
    const Fd socket = connect();
    REQUIRE(write_to(socket, greeting()));
    constexpr std::uint32_t AtOnce = 1000;
    std::uint32_t n_taken = 0;
    const auto take_more = [&] {
        std::vector<Words> requests;
        for (std::uint32_t i = 0; i < AtOnce; ++i)
            requests.push_back(take_snapshot(FirstSnapshot + n_taken++));
        return write_to(socket, bytes_of(requests));
    };
    while (take_more()) {
        bystander.show();
        most = std::max(most, memory_of(compositor.process()));
        REQUIRE(n_taken < 1'000'000);
    }
    tried(n_taken, "snapshots of a program that reads none");
    UNSCOPED_INFO(n_taken << " snapshots, " << memory << " bytes before, at most " << most);
    // What it leaves unread, and the objects that it has.
    CHECK((HasAddressSanitizer || most <= memory + (32 << 20)));
    bystander.show();
    CHECK(compositor.settles_at_most(descriptors));
    CHECK(inspected.look("buffers")["buffers"].size() == 202);
}

TEST_CASE_METHOD(Fixture, "who stops reading in the midst of a snapshot holds nothing for long") {
    Looker looker{inspected.path()};
    std::optional<ReadSnapshot> snapshot;
    {
        RawClient client = compositor.connect(6);
        const Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, SmallStride * SmallSize);
        REQUIRE(ask_for_buffers(client, dmabuf, 50) == 50);
        snapshot.emplace(looker);
        REQUIRE(snapshot->read(16));
    }
    CHECK(compositor.count_settled_fds() > descriptors + 50);
    bystander.show();
    CHECK(compositor.settles_at_most(descriptors + Descriptors));
    CHECK(looker.client().wait_until([&] { return !snapshot->failure.empty(); }));
    bystander.show();
}

TEST_CASE_METHOD(Fixture, "a program that stands still as it follows refusals concerns nobody") {
    const auto send_wrong = [](RawClient& client, const Fd& dmabuf) {
        auto* params = zwp_linux_dmabuf_v1_create_params(client.dmabuf());
        zwp_linux_buffer_params_v1_add(params, dmabuf.get(), 0, 0, SmallStride, 0, 0);
        zwp_linux_buffer_params_v1_create(params, SmallSize, SmallSize, DRM_FORMAT_XRGB8888,
                                          ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_INTERLACED);
        zwp_linux_buffer_params_v1_destroy(params);
    };
    const Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, SmallStride * SmallSize);
    RawClient wrong = compositor.connect(6);
    send_wrong(wrong, dmabuf);
    REQUIRE(wrong.round_trip());
    Process program{{TARMAC_INSPECT, "refusals", "--follow", "--inspect-socket", inspected.path()}};
    program.await_line("interlaced");
    program.signal(SIGSTOP);
    const std::uint64_t memory = memory_of(compositor.process());
    constexpr int Refused = 40'000;
    for (int i = 0; i < Refused; ++i) {
        send_wrong(wrong, dmabuf);
        if (i % 100 == 0)
            REQUIRE(wrong.round_trip());
        if (i % 2000 == 0)
            bystander.show();
    }
    tried(Refused, "refusals that a program that stands still follows");
    const std::uint64_t now = memory_of(compositor.process());
    INFO(memory << " bytes before, " << now << " after");
    CHECK((HasAddressSanitizer || now <= memory + (4 << 20)));
    CHECK(compositor.settles_at_most(descriptors + 2 * Descriptors));
    bystander.show();
}
