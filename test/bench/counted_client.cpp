#include "bench/counted_client.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <drm_fourcc.h>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <tarmac/fd.hpp>
#include <unistd.h>
#include <wayland-client.h>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/dmabuf_source.hpp"

namespace bench {

namespace {

constexpr std::int32_t Width = 256, Height = 256, Stride = 4 * Width;

void check(bool is_right, const char* what) {
    if (!is_right)
        throw std::runtime_error{what};
}

/// A client with one dma-buf, of which it makes all its buffers. What it has stays until the
/// process ends.
class Client {
public:
    Client(const std::string& socket_path, const tarmac::Fd& memory) : memory_{memory} {
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        check(socket_path.size() < sizeof address.sun_path, "the socket's path is too long");
        std::strcpy(address.sun_path, socket_path.c_str());
        const int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        check(connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0,
              "the compositor isn't there");
        display_ = wl_display_connect_to_fd(connection);
        wl_registry* registry = wl_display_get_registry(display_);
        static constexpr wl_registry_listener events = {
            .global =
                [](void* data, wl_registry* registry, std::uint32_t name, const char* interface,
                   std::uint32_t) { static_cast<Client*>(data)->bind(registry, name, interface); },
            .global_remove = [](void*, wl_registry*, std::uint32_t) {},
        };
        wl_registry_add_listener(registry, &events, this);
        round_trip();
        check(compositor_ && dmabuf_, "the compositor has no zwp_linux_dmabuf_v1");
        round_trip();
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void round_trip() {
        check(wl_display_roundtrip(display_) >= 0, "the compositor has ended the connection");
    }

    wl_buffer* create_immed() {
        zwp_linux_buffer_params_v1* params = create_params();
        wl_buffer* buffer =
            zwp_linux_buffer_params_v1_create_immed(params, Width, Height, DRM_FORMAT_XRGB8888, 0);
        zwp_linux_buffer_params_v1_destroy(params);
        return buffer;
    }

    wl_buffer* create() {
        zwp_linux_buffer_params_v1* params = create_params();
        wl_buffer* created = nullptr;
        static constexpr zwp_linux_buffer_params_v1_listener events = {
            .created = [](void* data, zwp_linux_buffer_params_v1*,
                          wl_buffer* buffer) { *static_cast<wl_buffer**>(data) = buffer; },
            .failed = [](void*,
                         zwp_linux_buffer_params_v1*) { check(false, "create was refused"); },
        };
        zwp_linux_buffer_params_v1_add_listener(params, &events, &created);
        zwp_linux_buffer_params_v1_create(params, Width, Height, DRM_FORMAT_XRGB8888, 0);
        while (!created)
            check(wl_display_dispatch(display_) >= 0, "the compositor has ended the connection");
        zwp_linux_buffer_params_v1_destroy(params);
        return created;
    }

    void commit_in_turn(unsigned count) {
        wl_surface* surface = wl_compositor_create_surface(compositor_);
        struct Buffer {
            wl_buffer* object;
            unsigned n_releases;
        };
        std::array<Buffer, 2> buffers{};
        static constexpr wl_buffer_listener events = {
            .release = [](void* data, wl_buffer*) { ++static_cast<Buffer*>(data)->n_releases; },
        };
        for (Buffer& buffer : buffers) {
            buffer.object = create_immed();
            wl_buffer_add_listener(buffer.object, &events, &buffer);
        }
        round_trip();
        for (unsigned i = 0; i < count; ++i) {
            wl_surface_attach(surface, buffers[i % 2].object, 0, 0);
            wl_surface_damage_buffer(surface, 0, 0, Width, Height);
            wl_surface_commit(surface);
            round_trip();
        }
        check(buffers[0].n_releases + buffers[1].n_releases + 1 == count,
              "a commit hasn't shown its buffer instead of the one before");
    }

    void get_default_feedback() {
        Told told{};
        static constexpr zwp_linux_dmabuf_feedback_v1_listener events = {
            .done = [](void* data, zwp_linux_dmabuf_feedback_v1*) { of(data).is_done = true; },
            .format_table =
                [](void* data, zwp_linux_dmabuf_feedback_v1*, std::int32_t fd, std::uint32_t size) {
                    close(fd);
                    of(data).has_table = size > 0;
                },
            .main_device = [](void*, zwp_linux_dmabuf_feedback_v1*, wl_array*) {},
            .tranche_done = [](void* data,
                               zwp_linux_dmabuf_feedback_v1*) { of(data).has_tranche = true; },
            .tranche_target_device = [](void*, zwp_linux_dmabuf_feedback_v1*, wl_array*) {},
            .tranche_formats = [](void*, zwp_linux_dmabuf_feedback_v1*, wl_array*) {},
            .tranche_flags = [](void*, zwp_linux_dmabuf_feedback_v1*, std::uint32_t) {},
        };
        zwp_linux_dmabuf_feedback_v1* feedback = zwp_linux_dmabuf_v1_get_default_feedback(dmabuf_);
        zwp_linux_dmabuf_feedback_v1_add_listener(feedback, &events, &told);
        round_trip();
        check(told.has_table && told.has_tranche && told.is_done, "feedback isn't whole");
    }

private:
    struct Told {
        bool has_table, has_tranche, is_done;
    };
    static Told& of(void* data) { return *static_cast<Told*>(data); }

    void bind(wl_registry* registry, std::uint32_t name, std::string_view interface) {
        if (interface == wl_compositor_interface.name)
            compositor_ = static_cast<wl_compositor*>(
                wl_registry_bind(registry, name, &wl_compositor_interface, 4));
        else if (interface == zwp_linux_dmabuf_v1_interface.name)
            dmabuf_ = static_cast<zwp_linux_dmabuf_v1*>(
                wl_registry_bind(registry, name, &zwp_linux_dmabuf_v1_interface, 4));
    }

    zwp_linux_buffer_params_v1* create_params() {
        zwp_linux_buffer_params_v1* params = zwp_linux_dmabuf_v1_create_params(dmabuf_);
        zwp_linux_buffer_params_v1_add(params, memory_.get(), 0, 0, Stride,
                                       DRM_FORMAT_MOD_LINEAR >> 32, DRM_FORMAT_MOD_LINEAR);
        return params;
    }

    const tarmac::Fd& memory_;
    wl_display* display_ = nullptr;
    wl_compositor* compositor_ = nullptr;
    zwp_linux_dmabuf_v1* dmabuf_ = nullptr;
};

} // namespace

void run_client(Operation operation, unsigned count, const std::string& socket_path) {
    static const tarmac::Fd memory =
        test::allocate_dmabuf(test::Exporter::Udmabuf, std::size_t{Stride} * Height);
    auto& client = *new Client{socket_path, memory};
    switch (operation) {
    case Operation::CreateImmed:
        for (unsigned i = 0; i < count; ++i) {
            client.create_immed();
            client.round_trip();
        }
        break;
    case Operation::CreateImmedDestroy:
        for (unsigned i = 0; i < count; ++i) {
            wl_buffer* buffer = client.create_immed();
            client.round_trip();
            wl_buffer_destroy(buffer);
        }
        break;
    case Operation::Create:
        for (unsigned i = 0; i < count; ++i)
            wl_buffer_destroy(client.create());
        break;
    case Operation::Commit:
        client.commit_in_turn(count);
        break;
    case Operation::Connect:
        for (unsigned i = 0; i < count; ++i)
            (new Client{socket_path, memory})->get_default_feedback();
        break;
    }
    client.round_trip();
}

} // namespace bench
