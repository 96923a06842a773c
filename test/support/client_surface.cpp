#include "support/client_surface.hpp"

#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace test {

ColorBuffer::ColorBuffer(RawClient& client, std::uint32_t fourcc, const Blocks& blocks, int width,
                         int height, std::uint32_t flags)
    : ImageBuffer{client, fourcc, width, height, flags} {
    fill(whole(), blocks);
    static constexpr wl_buffer_listener events = {
        .release = [](void* data, wl_buffer*) { ++static_cast<ColorBuffer*>(data)->releases; },
    };
    wl_buffer_add_listener(get(), &events, this);
}

ShmBuffer::ShmBuffer(RawClient& client, const Pixel& color, int width, int height)
    : shm_{static_cast<wl_shm*>(client.bind_global(&wl_shm_interface, 1))} {
    const auto pixel = static_cast<std::uint32_t>(color.red << 16 | color.green << 8 | color.blue);
    const std::vector<std::uint32_t> pixels(static_cast<std::size_t>(width * height), pixel);
    const tarmac::Fd memory{memfd_create("tarmac-test", MFD_CLOEXEC)};
    const auto size = static_cast<std::int32_t>(pixels.size() * 4);
    REQUIRE(write(memory.get(), pixels.data(), static_cast<std::size_t>(size)) == size);
    wl_shm_pool* pool = wl_shm_create_pool(shm_, memory.get(), size);
    buffer_ = wl_shm_pool_create_buffer(pool, 0, width, height, width * 4, WL_SHM_FORMAT_XRGB8888);
    wl_shm_pool_destroy(pool);
    static constexpr wl_buffer_listener events = {
        .release = [](void* data, wl_buffer*) { ++static_cast<ShmBuffer*>(data)->releases; },
    };
    wl_buffer_add_listener(buffer_, &events, this);
}

ShmBuffer::~ShmBuffer() {
    wl_buffer_destroy(buffer_);
    wl_shm_destroy(shm_);
}

ClientSurface::ClientSurface(LocalShell& shell, RawClient& client)
    : shell_{shell}, client_{client} {
    tarmac::Listener made;
    made.connect<wlr_surface>(shell.surfaces->events.new_surface,
                              [this](wlr_surface* surface) { server_ = surface; });
    object_ = wl_compositor_create_surface(client.compositor());
    REQUIRE(client.round_trip());
    REQUIRE(server_);
    commit_.connect(server_->events.commit, [this] { ++commits; });
    destroy_.connect(server_->events.destroy, [this] {
        server_ = nullptr;
        commit_.disconnect();
        destroy_.disconnect();
    });
}

ClientSurface::~ClientSurface() {
    destroy();
    if (server_) // it lives as long as the shell
        shell_.settle();
}

void ClientSurface::destroy() {
    if (object_)
        wl_surface_destroy(std::exchange(object_, nullptr));
}

void ClientSurface::commit(wl_buffer* buffer) {
    wl_surface_attach(object_, buffer, 0, 0);
    wl_surface_damage_buffer(object_, 0, 0, INT32_MAX, INT32_MAX);
    wl_surface_commit(object_);
}

bool ClientSurface::awaits(const std::string& sight) {
    if (shell_.await([&] { return seen() == sight; }))
        return true;
    UNSCOPED_INFO("sees " << seen() << " instead of " << sight);
    return false;
}

FrameCallback::FrameCallback(ClientSurface& surface) : callback_{wl_surface_frame(surface.get())} {
    static constexpr wl_callback_listener events = {
        .done = [](void* data, wl_callback*,
                   std::uint32_t) { static_cast<FrameCallback*>(data)->is_done = true; },
    };
    wl_callback_add_listener(callback_, &events, this);
}

} // namespace test
