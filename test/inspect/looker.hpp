#pragma once

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <string>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <vector>

#include "support/raw_client.hpp"
#include "tarmac-inspect-v1-client-protocol.h"

namespace test {

/// A connection to the socket for inspection, of which nothing was said yet.
inline tarmac::Fd connect_to(const std::string& path) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    tarmac::Fd fd{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (!fd || connect(fd.get(), generic, sizeof address) != 0)
        throw std::runtime_error{"nobody lets himself be looked at there"};
    return fd;
}

/// A program that looks.
class Looker {
public:
    explicit Looker(const std::string& path, RawClient::Pump pump = {})
        : client_{1, connect_to(path), std::move(pump)}
        , inspect_{static_cast<tarmac_inspect_v1*>(
              client_.bind_global(&tarmac_inspect_v1_interface, 1))} {}
    ~Looker() { tarmac_inspect_v1_destroy(inspect_); }
    Looker(const Looker&) = delete;
    Looker& operator=(const Looker&) = delete;

    RawClient& client() { return client_; }
    tarmac_inspect_v1* inspect() const { return inspect_; }

private:
    RawClient client_;
    tarmac_inspect_v1* inspect_;
};

/// What a looker was told of a snapshot.
class ReadSnapshot {
public:
    explicit ReadSnapshot(Looker& looker)
        : looker_{looker}, object_{tarmac_inspect_v1_take_snapshot(looker.inspect())} {
        static constexpr auto events = [] {
            tarmac_inspect_snapshot_v1_listener all{};
            all.client = [](void* self, auto*, auto...) { ++of(self).clients; };
            all.use = [](auto...) {};
            all.timing = [](auto...) {};
            all.buffer = [](void* self, auto*, auto...) { ++of(self).buffers; };
            all.plane = [](void* self, auto*, std::uint32_t, std::uint32_t, std::uint32_t high,
                           std::uint32_t low,
                           auto...) { of(self).inodes.push_back(ino_t{high} << 32 | low); };
            all.surface = [](void* self, auto*, auto...) { ++of(self).surfaces; };
            all.output = [](void* self, auto*, const char* name, auto...) {
                of(self).outputs.emplace_back(name);
            };
            all.refusal = [](auto...) {};
            all.feedback = [](void*, auto*, std::uint32_t, std::uint32_t, wl_array*,
                              std::int32_t table, std::uint32_t) { const tarmac::Fd own{table}; };
            all.tranche = [](auto...) {};
            all.indices = [](auto...) {};
            all.more = [](void* self, auto*) { ++of(self).answers; };
            all.done = [](void* self, auto*) {
                ++of(self).answers;
                of(self).is_done = true;
            };
            all.failed = [](void* self, auto*, const char* reason) {
                ++of(self).answers;
                of(self).failure = reason;
            };
            return all;
        }();
        tarmac_inspect_snapshot_v1_add_listener(object_, &events, this);
    }
    ~ReadSnapshot() { tarmac_inspect_snapshot_v1_destroy(object_); }
    ReadSnapshot(const ReadSnapshot&) = delete;
    ReadSnapshot& operator=(const ReadSnapshot&) = delete;

    tarmac_inspect_snapshot_v1* get() const { return object_; }
    /// Asks for so many entries, and waits for the answer; false if the connection is ended.
    bool read(std::uint32_t count) {
        const unsigned before = answers;
        tarmac_inspect_snapshot_v1_read(object_, count);
        return looker_.client().wait_until([&] { return answers > before; });
    }
    bool read_all() {
        while (!is_done && failure.empty()) {
            if (!read(16))
                return false;
        }
        return is_done;
    }

    unsigned clients = 0, buffers = 0, surfaces = 0;
    std::vector<ino_t> inodes;        ///< of planes
    std::vector<std::string> outputs; ///< that surfaces are seen on
    unsigned answers = 0;
    bool is_done = false;
    std::string failure;

private:
    static ReadSnapshot& of(void* self) { return *static_cast<ReadSnapshot*>(self); }

    Looker& looker_;
    tarmac_inspect_snapshot_v1* object_;
};

} // namespace test
