#include "bench/flood.hpp"

#include <drm_fourcc.h>
#include <optional>
#include <wayland-client.h>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/fake_writer.hpp"
#include "support/patience.hpp"
#include "support/udmabuf_limit.hpp"

namespace bench {

using namespace test;
using namespace std::chrono_literals;

namespace {

/// As large as an image may be here: the test machine maps memory page by page, and has 65530
/// mappings for a process.
constexpr std::uint32_t LargeWidth = 8192, LargeHeight = 512;
constexpr std::size_t LargeSize = std::size_t{LargeWidth} * LargeHeight * 3 / 2;

struct Child {
    Child(RawClient& client, wl_surface* parent)
        : surface{wl_compositor_create_surface(client.compositor())}, buffer{client, Green} {
        auto* factory =
            static_cast<wl_subcompositor*>(client.bind_global(&wl_subcompositor_interface, 1));
        object = wl_subcompositor_get_subsurface(factory, surface, parent);
        wl_subcompositor_destroy(factory);
        // What nothing is seen of gets no frame callbacks.
        wl_subsurface_set_position(object, PictureWidth / 2, PictureHeight / 2);
    }
    ~Child() {
        wl_subsurface_destroy(object);
        wl_surface_destroy(surface);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    wl_surface* surface;
    wl_subsurface* object;
    ColorBuffer buffer;
};

} // namespace

const std::vector<Flood::Kind>& Flood::kinds() {
    static const std::vector<Kind> kinds = {
        {"eighty commits of a busy buffer", &Flood::send_busy_buffer},
        {"buffers whose fences come and go", &Flood::send_restless_buffers},
        {"thirteen large images, made and shown at once", &Flood::send_large_images_at_once, true},
        {"large images whose memory isn't there yet", &Flood::send_large_images_without_memory,
         true},
        {"a large image again and again", &Flood::send_large_image_again_and_again, true},
        {"a large image whose copy has to be uploaded", &Flood::send_large_image_to_upload, true},
        {"two hundred commits of a synchronized subsurface",
         &Flood::send_to_synchronized_subsurface},
        {"twenty late subsurfaces", &Flood::send_late_subsurfaces},
    };
    return kinds;
}

// What is mapped last is on top, and seen whatever the flood covers.
Flood::Flood(CompositorProcess& compositor)
    : client_{compositor.connect(4)}
    , other_client_{compositor.connect(4)}
    , window_{client_}
    , other_window_{other_client_}
    , red_{client_, Red}
    , green_{client_, Green}
    , other_red_{other_client_, Red}
    , other_green_{other_client_, Green} {
    window_.show(red_.get());
    other_window_.show(other_red_.get());
}

bool Flood::takes_video() {
    return client_.knows({DRM_FORMAT_NV12, DRM_FORMAT_MOD_LINEAR});
}

void Flood::go_on(int pictures) {
    for (int i = 0; i < pictures; ++i)
        other_window_.show((i % 2 == 0 ? other_green_ : other_red_).get());
}

void Flood::commit(wl_surface* surface, wl_buffer* buffer) {
    wl_surface_attach(surface, buffer, 0, 0);
    wl_surface_damage_buffer(surface, 0, 0, INT32_MAX, INT32_MAX);
    wl_surface_commit(surface);
}

void Flood::show(wl_buffer* buffer) {
    bool is_shown = false;
    wl_callback* frame = wl_surface_frame(window_.surface());
    static constexpr wl_callback_listener events = {
        .done = [](void* data, wl_callback*, std::uint32_t) { *static_cast<bool*>(data) = true; },
    };
    wl_callback_add_listener(frame, &events, &is_shown);
    commit(window_.surface(), buffer);
    const auto end = std::chrono::steady_clock::now() + patience();
    while (!is_shown && std::chrono::steady_clock::now() < end) {
        REQUIRE(client_.round_trip());
        if (!is_shown)
            go_on(1);
    }
    wl_callback_destroy(frame);
    REQUIRE(is_shown);
}

wl_buffer* Flood::make_large(const tarmac::Fd& dmabuf) {
    auto& params = client_.create_params();
    client_.add(params, dmabuf.get(), 0, 0, LargeWidth, DRM_FORMAT_MOD_LINEAR);
    client_.add(params, dmabuf.get(), 1, LargeWidth * LargeHeight, LargeWidth,
                DRM_FORMAT_MOD_LINEAR);
    wl_buffer* buffer = zwp_linux_buffer_params_v1_create_immed(params.object, LargeWidth,
                                                                LargeHeight, DRM_FORMAT_NV12, 0);
    client_.destroy_params(params);
    return buffer;
}

void Flood::show_large_ones(const std::vector<tarmac::Fd>& memory, int count) {
    std::vector<wl_buffer*> buffers;
    for (int i = 0; i < count; ++i) {
        buffers.push_back(make_large(memory[static_cast<std::size_t>(i) % memory.size()]));
        if (i + 1 < count)
            commit(window_.surface(), buffers.back());
        else
            show(buffers.back());
    }
    show(red_.get());
    for (wl_buffer* buffer : buffers)
        wl_buffer_destroy(buffer);
}

void Flood::send_busy_buffer() {
    std::optional<FakeWriter> writer{green_.dmabuf()};
    for (int i = 0; i < 80; ++i)
        commit(window_.surface(), green_.get());
    go_on(10);
    writer.reset();
    show(red_.get());
}

void Flood::send_restless_buffers() {
    {
        const RestlessWriter green_writer{green_.dmabuf()}, red_writer{red_.dmabuf()};
        for (int i = 0; i < 20; ++i) {
            commit(window_.surface(), (i % 2 == 0 ? green_ : red_).get());
            REQUIRE(client_.round_trip());
            go_on(1);
        }
    }
    show(red_.get());
}

void Flood::send_large_images_at_once() {
    std::vector<tarmac::Fd> memory;
    memory.push_back(allocate_dmabuf(Exporter::Udmabuf, LargeSize));
    show_large_ones(memory, 13);
}

// Of an exporter that gets it when it is mapped.
void Flood::send_large_images_without_memory() {
    std::vector<tarmac::Fd> memory;
    for (int i = 0; i < 3; ++i)
        memory.push_back(allocate_dmabuf(Exporter::Vgem, LargeSize));
    show_large_ones(memory, 3);
}

void Flood::send_large_image_again_and_again() {
    const tarmac::Fd memory = allocate_dmabuf(Exporter::Udmabuf, LargeSize);
    wl_buffer* buffer = make_large(memory);
    for (int i = 0; i < 70; ++i) {
        commit(window_.surface(), buffer);
        REQUIRE(client_.round_trip());
    }
    show(buffer);
    show(red_.get());
    wl_buffer_destroy(buffer);
}

void Flood::send_large_image_to_upload() {
    std::vector<tarmac::Fd> memory;
    memory.push_back(allocate_dmabuf(Exporter::Udmabuf, LargeSize));
    const UdmabufLimit limit{1};
    show_large_ones(memory, 1);
}

void Flood::send_to_synchronized_subsurface() {
    Child child{client_, window_.surface()};
    for (int i = 0; i < 200; ++i) {
        commit(child.surface, child.buffer.get());
        // What is sent has to get away.
        if (i % 50 == 0)
            REQUIRE(client_.round_trip());
    }
    show(red_.get());
}

void Flood::send_late_subsurfaces() {
    std::list<Child> children;
    std::list<FakeWriter> writers;
    for (int i = 0; i < 20; ++i) {
        Child& child = children.emplace_back(client_, window_.surface());
        writers.emplace_back(child.buffer.dmabuf());
        commit(child.surface, child.buffer.get());
    }
    commit(window_.surface(), green_.get());
    go_on(10);
    while (!writers.empty()) {
        writers.pop_front();
        go_on(1);
    }
    show(red_.get());
}

} // namespace bench
