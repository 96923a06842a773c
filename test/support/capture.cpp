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

ext_image_capture_source_v1* source_of(RawClient& client, wl_output* output) {
    auto* manager = static_cast<ext_output_image_capture_source_manager_v1*>(
        client.bind_global(&ext_output_image_capture_source_manager_v1_interface, 1));
    auto* source = ext_output_image_capture_source_manager_v1_create_source(manager, output);
    ext_output_image_capture_source_manager_v1_destroy(manager);
    return source;
}

ext_image_capture_source_v1* source_of(RawClient& client, ext_foreign_toplevel_handle_v1* window) {
    auto* manager = static_cast<ext_foreign_toplevel_image_capture_source_manager_v1*>(
        client.bind_global(&ext_foreign_toplevel_image_capture_source_manager_v1_interface, 1));
    auto* source =
        ext_foreign_toplevel_image_capture_source_manager_v1_create_source(manager, window);
    ext_foreign_toplevel_image_capture_source_manager_v1_destroy(manager);
    return source;
}

ext_image_copy_capture_session_v1* create_session(RawClient& client,
                                                  ext_image_capture_source_v1* source) {
    auto* manager = static_cast<ext_image_copy_capture_manager_v1*>(
        client.bind_global(&ext_image_copy_capture_manager_v1_interface, 1));
    auto* session = ext_image_copy_capture_manager_v1_create_session(manager, source, 0);
    ext_image_copy_capture_manager_v1_destroy(manager);
    return session;
}

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
    : ImageCapture{client, source_of(client, output)} {}

ImageCapture::ImageCapture(RawClient& client, ext_foreign_toplevel_handle_v1* window)
    : ImageCapture{client, source_of(client, window)} {}

ImageCapture::ImageCapture(RawClient& client, ext_image_capture_source_v1* source)
    : client_{client}, source_{source}, session_{create_session(client, source)} {
    using Session = ext_image_copy_capture_session_v1;
    static constexpr ext_image_copy_capture_session_v1_listener events = {
        .buffer_size =
            [](void* data, Session*, std::uint32_t width, std::uint32_t height) {
                auto* self = static_cast<ImageCapture*>(data);
                self->width_ = static_cast<int>(width);
                self->height_ = static_cast<int>(height);
                self->fourccs_.clear();
            },
        .shm_format = [](void*, Session*, std::uint32_t) {},
        .dmabuf_device = [](void*, Session*, wl_array*) {},
        .dmabuf_format =
            [](void* self, Session*, std::uint32_t fourcc, wl_array*) {
                static_cast<ImageCapture*>(self)->fourccs_.push_back(fourcc);
            },
        .done = [](void* self, Session*) { static_cast<ImageCapture*>(self)->is_told_ = true; },
        .stopped = [](void* self,
                      Session*) { static_cast<ImageCapture*>(self)->is_stopped_ = true; },
    };
    ext_image_copy_capture_session_v1_add_listener(session_, &events, this);
    if (!client.wait_until([this] { return is_told_ || is_stopped_; }))
        throw std::runtime_error{"ext-image-copy-capture says nothing of buffers"};
}

ImageCapture::~ImageCapture() {
    end_frame();
    ext_image_copy_capture_session_v1_destroy(session_);
    ext_image_capture_source_v1_destroy(source_);
}

void ImageCapture::end_frame() {
    if (frame_ != nullptr)
        ext_image_copy_capture_frame_v1_destroy(frame_);
}

void ImageCapture::begin(wl_buffer* buffer) {
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
    end_frame();
    captured_.reset();
    frame_ = ext_image_copy_capture_session_v1_create_frame(session_);
    ext_image_copy_capture_frame_v1_add_listener(frame_, &events, &captured_);
    ext_image_copy_capture_frame_v1_attach_buffer(frame_, buffer);
    ext_image_copy_capture_frame_v1_damage_buffer(frame_, 0, 0, width_, height_);
    ext_image_copy_capture_frame_v1_capture(frame_);
}

Captured ImageCapture::into(wl_buffer* buffer) {
    begin(buffer);
    client_.wait_until([this] { return captured_.has_value(); });
    return captured_.value_or(Captured{});
}

} // namespace test
