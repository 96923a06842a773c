#pragma once

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <wayland-client.h>

#include "support/image_buffer.hpp"
#include "support/local_shell.hpp"

namespace test {

using Blocks = std::vector<std::vector<std::uint8_t>>;

/// A block of XRGB8888 of that colour.
inline Blocks block_of(const Pixel& color) {
    return {{color.blue, color.green, color.red, 255}};
}

/// A client's dma-buf, all of one colour, that knows how often it was released.
class ColorBuffer : public ImageBuffer {
public:
    ColorBuffer(RawClient& client, const Pixel& color, int width = PictureWidth,
                int height = PictureHeight)
        : ColorBuffer{client, DRM_FORMAT_XRGB8888, block_of(color), width, height} {}
    ColorBuffer(RawClient& client, std::uint32_t fourcc, const Blocks& blocks,
                int width = PictureWidth, int height = PictureHeight, std::uint32_t flags = 0);
    ~ColorBuffer() {
        if (get())
            destroy();
    }
    int releases = 0;
};

/// A client's shared memory, all of one colour.
class ShmBuffer {
public:
    ShmBuffer(RawClient& client, const Pixel& color, int width = PictureWidth,
              int height = PictureHeight);
    ~ShmBuffer();
    ShmBuffer(const ShmBuffer&) = delete;
    ShmBuffer& operator=(const ShmBuffer&) = delete;
    wl_buffer* get() const { return buffer_; }
    int releases = 0;

private:
    wl_shm* shm_;
    wl_buffer* buffer_;
};

/// A client's surface, and the server's end of it.
class ClientSurface {
public:
    ClientSurface(LocalShell& shell, RawClient& client);
    ~ClientSurface();
    ClientSurface(const ClientSurface&) = delete;
    ClientSurface& operator=(const ClientSurface&) = delete;

    LocalShell& shell() const { return shell_; }
    RawClient& client() const { return client_; }
    wl_surface* get() const { return object_; }
    /// nullptr once it is gone.
    wlr_surface* server() const { return server_; }
    void destroy();

    /// Attaches `buffer` (nullptr: none), damages all of it and commits, unsent until the next
    /// turn.
    void commit(wl_buffer* buffer);
    /// Commits what else was set.
    void commit() { wl_surface_commit(object_); }
    /// As commit(), and lets the shell do all that it can do now.
    void show(wl_buffer* buffer) {
        commit(buffer);
        shell_.settle();
    }

    std::string seen() const { return shell_.seen(server_); }
    /// Says what it saw last, where it wasn't that.
    bool awaits(const std::string& sight);
    bool is_mapped() const { return server_ && server_->mapped; }
    /// Commits that were applied, and exchanges of the picture.
    int commits = 0;

private:
    LocalShell& shell_;
    RawClient& client_;
    wl_surface* object_;
    wlr_surface* server_ = nullptr;
    tarmac::Listener commit_, destroy_;
};

/// A frame callback that a client waits for; asked for with the next commit.
class FrameCallback {
public:
    explicit FrameCallback(ClientSurface& surface);
    ~FrameCallback() { wl_callback_destroy(callback_); }
    FrameCallback(const FrameCallback&) = delete;
    FrameCallback& operator=(const FrameCallback&) = delete;
    bool is_done = false;

private:
    wl_callback* callback_;
};

} // namespace test
