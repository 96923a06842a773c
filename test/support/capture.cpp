#include "support/capture.hpp"

#include <stdexcept>

namespace test {

namespace {

const wl_interface* no_types[4] = {};

enum FrameRequest { Copy = 0, DestroyFrame = 1 };
enum ManagerRequest { CaptureOutput = 0, DestroyManager = 2 };

const wl_interface* buffer_types[] = {&wl_buffer_interface};
const wl_message frame_requests[] = {
    {"copy", "o", buffer_types},
    {"destroy", "", no_types},
    {"copy_with_damage", "2o", buffer_types},
};
const wl_message frame_events[] = {
    {"buffer", "uuuu", no_types},   {"flags", "u", no_types},
    {"ready", "uuu", no_types},     {"failed", "", no_types},
    {"damage", "2uuuu", no_types},  {"linux_dmabuf", "3uuu", no_types},
    {"buffer_done", "3", no_types},
};
const wl_interface frame_interface = {
    "zwlr_screencopy_frame_v1", 3, 3, frame_requests, 7, frame_events};

const wl_interface* capture_types[] = {
    &frame_interface, nullptr, &wl_output_interface, nullptr, nullptr, nullptr, nullptr};
const wl_message manager_requests[] = {{"capture_output", "nio", capture_types},
                                       {"capture_output_region", "nioiiii", capture_types},
                                       {"destroy", "", no_types}};
const wl_interface manager_interface = {
    "zwlr_screencopy_manager_v1", 3, 3, manager_requests, 0, nullptr};

} // namespace

std::ostream& operator<<(std::ostream& out, const Captured& captured) {
    static constexpr const char* names[] = {"ready", "failed", "lost"};
    return out << names[captured.kind] << " (" << captured.reason << ")";
}

Screencopy::Screencopy(RawClient& client, wl_output* output)
    : client_{client}
    , manager_{static_cast<wl_proxy*>(client.bind_global(&manager_interface, 3))}
    , frame_{wl_proxy_marshal_flags(manager_, CaptureOutput, &frame_interface, 3, 0, nullptr, 0,
                                    output)} {
    using Number = std::uint32_t;
    struct Events {
        void (*buffer)(void*, wl_proxy*, Number, Number, Number, Number);
        void (*flags)(void*, wl_proxy*, Number);
        void (*ready)(void*, wl_proxy*, Number, Number, Number);
        void (*failed)(void*, wl_proxy*);
        void (*damage)(void*, wl_proxy*, Number, Number, Number, Number);
        void (*linux_dmabuf)(void*, wl_proxy*, Number, Number, Number);
        void (*buffer_done)(void*, wl_proxy*);
    };
    static Events events = {
        .buffer =
            [](void* data, wl_proxy*, Number, Number width, Number height, Number) {
                auto* self = static_cast<Screencopy*>(data);
                self->width_ = static_cast<int>(width);
                self->height_ = static_cast<int>(height);
            },
        .flags = [](void*, wl_proxy*, Number) {},
        .ready =
            [](void* self, wl_proxy*, Number, Number, Number) {
                static_cast<Screencopy*>(self)->captured_ = Captured{Captured::Ready};
            },
        .failed =
            [](void* self, wl_proxy*) {
                static_cast<Screencopy*>(self)->captured_ = Captured{Captured::Failed};
            },
        .damage = [](void*, wl_proxy*, Number, Number, Number, Number) {},
        .linux_dmabuf = [](void* self, wl_proxy*, Number fourcc, Number,
                           Number) { static_cast<Screencopy*>(self)->fourcc_ = fourcc; },
        .buffer_done = [](void* self,
                          wl_proxy*) { static_cast<Screencopy*>(self)->is_told_ = true; },
    };
    wl_proxy_add_listener(frame_, reinterpret_cast<void (**)()>(&events), this);
    if (!client.wait_for(is_told_))
        throw std::runtime_error{"wlr-screencopy says nothing of buffers"};
}

Screencopy::~Screencopy() {
    wl_proxy_marshal_flags(frame_, DestroyFrame, nullptr, 3, WL_MARSHAL_FLAG_DESTROY);
    wl_proxy_marshal_flags(manager_, DestroyManager, nullptr, 3, WL_MARSHAL_FLAG_DESTROY);
}

Captured Screencopy::into(wl_buffer* buffer) {
    wl_proxy_marshal_flags(frame_, Copy, nullptr, 3, 0, buffer);
    client_.wait_until([this] { return captured_.has_value(); });
    return captured_.value_or(Captured{});
}

ImageCapture::ImageCapture(RawClient& client, wl_output* output)
    : client_{client}
    , sources_{static_cast<ext_output_image_capture_source_manager_v1*>(
          client.bind_global(&ext_output_image_capture_source_manager_v1_interface, 1))}
    , manager_{static_cast<ext_image_copy_capture_manager_v1*>(
          client.bind_global(&ext_image_copy_capture_manager_v1_interface, 1))}
    , source_{ext_output_image_capture_source_manager_v1_create_source(sources_, output)}
    , session_{ext_image_copy_capture_manager_v1_create_session(manager_, source_, 0)} {
    static constexpr ext_image_copy_capture_session_v1_listener events = {
        .buffer_size =
            [](void* data, ext_image_copy_capture_session_v1*, std::uint32_t width,
               std::uint32_t height) {
                auto* self = static_cast<ImageCapture*>(data);
                self->width_ = static_cast<int>(width);
                self->height_ = static_cast<int>(height);
            },
        .shm_format = [](void*, ext_image_copy_capture_session_v1*, std::uint32_t) {},
        .dmabuf_device = [](void*, ext_image_copy_capture_session_v1*, wl_array*) {},
        .dmabuf_format =
            [](void* self, ext_image_copy_capture_session_v1*, std::uint32_t fourcc, wl_array*) {
                static_cast<ImageCapture*>(self)->fourccs_.push_back(fourcc);
            },
        .done =
            [](void* self, ext_image_copy_capture_session_v1*) {
                static_cast<ImageCapture*>(self)->is_told_ = true;
            },
        .stopped = [](void*, ext_image_copy_capture_session_v1*) {},
    };
    ext_image_copy_capture_session_v1_add_listener(session_, &events, this);
    if (!client.wait_for(is_told_))
        throw std::runtime_error{"ext-image-copy-capture says nothing of buffers"};
}

ImageCapture::~ImageCapture() {
    ext_image_copy_capture_session_v1_destroy(session_);
    ext_image_capture_source_v1_destroy(source_);
    ext_image_copy_capture_manager_v1_destroy(manager_);
    ext_output_image_capture_source_manager_v1_destroy(sources_);
}

Captured ImageCapture::into(wl_buffer* buffer) {
    using Frame = ext_image_copy_capture_frame_v1;
    using Number = std::uint32_t;
    using Result = std::optional<Captured>;
    static constexpr ext_image_copy_capture_frame_v1_listener events = {
        .transform = [](void*, Frame*, Number) {},
        .damage = [](void*, Frame*, std::int32_t, std::int32_t, std::int32_t, std::int32_t) {},
        .presentation_time = [](void*, Frame*, Number, Number, Number) {},
        .ready = [](void* result,
                    Frame*) { *static_cast<Result*>(result) = Captured{Captured::Ready}; },
        .failed =
            [](void* result, Frame*, Number reason) {
                *static_cast<Result*>(result) = Captured{Captured::Failed, reason};
            },
    };
    Result captured;
    Frame* frame = ext_image_copy_capture_session_v1_create_frame(session_);
    ext_image_copy_capture_frame_v1_add_listener(frame, &events, &captured);
    ext_image_copy_capture_frame_v1_attach_buffer(frame, buffer);
    ext_image_copy_capture_frame_v1_damage_buffer(frame, 0, 0, width_, height_);
    ext_image_copy_capture_frame_v1_capture(frame);
    client_.wait_until([&] { return captured.has_value(); });
    ext_image_copy_capture_frame_v1_destroy(frame);
    return captured.value_or(Captured{});
}

} // namespace test
