#include <cstdio>
#include <drm_fourcc.h>
#include <filesystem>
#include <sys/stat.h>

#include "fuzz/input.hpp"
#include "fuzz/wire_client.hpp"
#include "fuzz/wire_memory.hpp"
#include "fuzz/wire_renderer.hpp"
#include "fuzz/wire_server.hpp"
#include "linux-dmabuf-v1-client-protocol.h"
#include "wlr/wlr.hpp"

namespace fuzz {

using namespace std::chrono_literals;

namespace {

// It takes longer than most inputs.
constexpr unsigned ServiceInterval = 16;

/// The kernel counts them itself (since 6.2): to list them takes as long as all else there is to
/// check.
std::size_t count_fds() {
    struct stat fds{};
    FUZZ_CHECK(stat("/proc/self/fd", &fds) == 0 && fds.st_size > 0, "descriptors aren't counted");
    return static_cast<std::size_t>(fds.st_size);
}

void list_fds() {
    for (const auto& fd : std::filesystem::directory_iterator{"/proc/self/fd"}) {
        std::error_code none;
        std::fprintf(stderr, "  %s -> %s\n", fd.path().filename().c_str(),
                     read_symlink(fd.path(), none).c_str());
    }
}

} // namespace

void Server::expect_nothing_left() {
    turn();
    wl_display_destroy_clients(display_);
    unlock_buffers();
    Memory::shared().reset();
    refuse_textures(0);
    resume();
    make_as_usual();
    const auto end = std::chrono::steady_clock::now() + 10s;
    const std::size_t kept = most_kept_descriptors();
    const auto is_as_before = [&] {
        const std::size_t n = count_fds();
        return n <= n_fds_ + kept && n_fds_ <= n + kept;
    };
    while (count_textures() > 0 || !is_as_before()) {
        turn(1ms);
        if (std::chrono::steady_clock::now() < end)
            continue;
        list_fds();
        FUZZ_CHECK(count_textures() == 0, "pictures stay that nobody shows");
        FUZZ_CHECK(false, std::to_string(n_fds_) + " descriptors were open before");
    }
    if (++n_checks_ % ServiceInterval == 0)
        expect_service();
}

void Server::expect_service() {
    Client client{connect()};
    const auto go_on = [&] {
        client.flush();
        turn();
        client.receive();
    };
    go_on();
    const std::uint32_t factory = client.bind(zwp_linux_dmabuf_v1_interface, 4);
    const auto end = std::chrono::steady_clock::now() + 10s;
    const auto n_answers = [&] { return client.n_created() + client.n_failed(); };
    while (client.n_failed() == 0) {
        const std::uint32_t params =
            client.write(factory, ZWP_LINUX_DMABUF_V1_CREATE_PARAMS,
                         {NewObject{&zwp_linux_buffer_params_v1_interface, 4}});
        client.write(params, ZWP_LINUX_BUFFER_PARAMS_V1_ADD,
                     {PassedFd{Memory::shared().fd(0)}, 0u, 0u, 256u, 0u, 0u});
        client.write(params, ZWP_LINUX_BUFFER_PARAMS_V1_CREATE,
                     {64u, 64u, DRM_FORMAT_XRGB8888, 0u});
        for (const unsigned before = n_answers(); n_answers() == before;) {
            go_on();
            FUZZ_CHECK(client.is_connected(), "a client that does nothing wrong is ended");
            FUZZ_CHECK(std::chrono::steady_clock::now() < end, "a client isn't answered");
        }
        client.forget(params);
        client.write(params, ZWP_LINUX_BUFFER_PARAMS_V1_DESTROY, {});
    }
    // The half, as nobody else holds any.
    FUZZ_CHECK(client.n_created() == ManyBuffers / 2,
               "a client that is alone gets " + std::to_string(client.n_created()) + " buffers");
}

void Server::note_fds() {
    // What the first client has left behind goes by and by.
    for (int n_same = 0; n_same < 20; ++n_same) {
        turn(10ms);
        const std::size_t n = count_fds();
        if (std::exchange(n_fds_, n) != n)
            n_same = 0;
    }
}

} // namespace fuzz
