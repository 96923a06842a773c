#include "support/raw_client.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <drm_fourcc.h>
#include <poll.h>
#include <stdexcept>
#include <sys/mman.h>
#include <unistd.h>
#include <wayland-client.h>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/patience.hpp"

namespace test {

using tarmac::Fd;
using tarmac::FormatModifier;

std::ostream& operator<<(std::ostream& out, const Answer& answer) {
    switch (answer.kind) {
    case Answer::Created:
        return out << "created";
    case Answer::Failed:
        return out << "failed";
    case Answer::Error:
        return out << answer.interface << " error " << answer.error;
    case Answer::Silent:
        return out << "silent";
    }
    return out;
}

Answer protocol_error(std::uint32_t code) {
    return {Answer::Error, code, zwp_linux_buffer_params_v1_interface.name};
}

struct RawClient::FeedbackListener {
    zwp_linux_dmabuf_feedback_v1* object = nullptr;
    ToldFeedback told, coming;
    ToldFeedback::Tranche tranche;

    static dev_t device_of(const wl_array* array) {
        dev_t device = 0;
        std::memcpy(&device, array->data, std::min(array->size, sizeof device));
        return device;
    }

    static FeedbackListener& of(void* data) { return *static_cast<FeedbackListener*>(data); }
    static const zwp_linux_dmabuf_feedback_v1_listener events;
};

const zwp_linux_dmabuf_feedback_v1_listener RawClient::FeedbackListener::events = {
    .done =
        [](void* data, zwp_linux_dmabuf_feedback_v1*) {
            FeedbackListener& self = of(data);
            self.coming.times = self.told.times + 1;
            self.told = std::exchange(self.coming, {});
        },
    .format_table =
        [](void* data, zwp_linux_dmabuf_feedback_v1*, std::int32_t fd, std::uint32_t size) {
            FeedbackListener& self = of(data);
            self.coming.order += 't';
            self.coming.table_fd = Fd{fd};
            void* table = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
            if (table == MAP_FAILED)
                throw std::runtime_error{"the format table can't be mapped"};
            for (std::uint32_t at = 0; at < size; at += 16) {
                FormatModifier pair;
                std::memcpy(&pair.fourcc, static_cast<char*>(table) + at, 4);
                std::memcpy(&pair.modifier, static_cast<char*>(table) + at + 8, 8);
                self.coming.table.push_back(pair);
            }
            munmap(table, size);
        },
    .main_device =
        [](void* data, zwp_linux_dmabuf_feedback_v1*, wl_array* device) {
            of(data).coming.order += 'm';
            of(data).coming.main_device = device_of(device);
        },
    .tranche_done =
        [](void* data, zwp_linux_dmabuf_feedback_v1*) {
            of(data).coming.order += 'e';
            of(data).coming.tranches.push_back(std::exchange(of(data).tranche, {}));
        },
    .tranche_target_device =
        [](void* data, zwp_linux_dmabuf_feedback_v1*, wl_array* device) {
            of(data).coming.order += 'd';
            of(data).tranche.device = device_of(device);
        },
    .tranche_formats =
        [](void* data, zwp_linux_dmabuf_feedback_v1*, wl_array* indices) {
            FeedbackListener& self = of(data);
            self.coming.order += 'i';
            for (std::size_t at = 0; at < indices->size; at += 2) {
                std::uint16_t index;
                std::memcpy(&index, static_cast<char*>(indices->data) + at, 2);
                self.tranche.formats.push_back(self.coming.table.at(index));
            }
        },
    .tranche_flags =
        [](void* data, zwp_linux_dmabuf_feedback_v1*, std::uint32_t flags) {
            of(data).coming.order += 'f';
            of(data).tranche.flags = flags;
        },
};

RawClient::RawClient(unsigned version, const Fd& fd, Pump pump)
    : pump_{std::move(pump)}, version_{version} {
    // libwayland takes the descriptor, so it gets one of its own.
    display_ = fd ? wl_display_connect_to_fd(dup(fd.get())) : wl_display_connect(nullptr);
    if (!display_)
        throw std::runtime_error{"there is no compositor to connect to"};
    registry_ = wl_display_get_registry(display_);
    static constexpr wl_registry_listener registry_events = {
        .global =
            [](void* data, wl_registry*, std::uint32_t name, const char* interface,
               std::uint32_t version) {
                static_cast<RawClient*>(data)->bind(name, interface, version);
            },
        .global_remove =
            [](void* data, wl_registry*, std::uint32_t name) {
                std::erase_if(static_cast<RawClient*>(data)->globals_,
                              [name](const auto& global) { return global.second == name; });
            },
    };
    wl_registry_add_listener(registry_, &registry_events, this);
    round_trip();
    round_trip();
}

RawClient::~RawClient() {
    for (const auto& params : params_) {
        if (params->buffer)
            wl_buffer_destroy(params->buffer);
        zwp_linux_buffer_params_v1_destroy(params->object);
    }
    destroy_feedback();
    destroy_dmabuf();
    if (compositor_)
        wl_compositor_destroy(compositor_);
    wl_registry_destroy(registry_);
    wl_display_disconnect(display_);
}

void RawClient::bind(std::uint32_t name, std::string_view interface, std::uint32_t offered) {
    globals_.emplace_back(interface, name);
    if (interface == wl_compositor_interface.name) {
        compositor_ = static_cast<wl_compositor*>(
            wl_registry_bind(registry_, name, &wl_compositor_interface, 4));
    } else if (interface == zwp_linux_dmabuf_v1_interface.name && !dmabuf_) {
        version_ = std::min(version_, offered);
        dmabuf_ = static_cast<zwp_linux_dmabuf_v1*>(
            wl_registry_bind(registry_, name, &zwp_linux_dmabuf_v1_interface, version_));
        static constexpr zwp_linux_dmabuf_v1_listener events = {
            .format =
                [](void* data, zwp_linux_dmabuf_v1*, std::uint32_t fourcc) {
                    static_cast<RawClient*>(data)->formats_.push_back(fourcc);
                },
            .modifier =
                [](void* data, zwp_linux_dmabuf_v1*, std::uint32_t fourcc, std::uint32_t hi,
                   std::uint32_t lo) {
                    static_cast<RawClient*>(data)->modifiers_.push_back(
                        {fourcc, std::uint64_t{hi} << 32 | lo});
                },
        };
        zwp_linux_dmabuf_v1_add_listener(dmabuf_, &events, this);
    }
}

void* RawClient::bind_global(const wl_interface* interface, std::uint32_t version, unsigned nth) {
    for (const auto& [name_of_interface, name] : globals_) {
        if (name_of_interface == interface->name && nth-- == 0)
            return wl_registry_bind(registry_, name, interface, version);
    }
    throw std::runtime_error{std::string{"the compositor has no "} + interface->name};
}

std::vector<std::string> RawClient::globals() const {
    std::vector<std::string> interfaces;
    for (const auto& [interface, name] : globals_)
        interfaces.push_back(interface);
    return interfaces;
}

bool RawClient::dispatch(std::chrono::milliseconds patience) {
    // A flush that fails is the compositor's doing: its last words can still be read.
    wl_display_flush(display_);
    if (pump_)
        pump_();
    while (wl_display_prepare_read(display_) != 0) {
        if (wl_display_dispatch_pending(display_) < 0)
            return false;
    }
    pollfd readable = {wl_display_get_fd(display_), POLLIN, 0};
    if (poll(&readable, 1, pump_ ? 0 : static_cast<int>(patience.count())) > 0)
        wl_display_read_events(display_);
    else
        wl_display_cancel_read(display_);
    return wl_display_dispatch_pending(display_) >= 0;
}

bool RawClient::wait_until(const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + patience();
    while (!done() && !is_stuck_) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        is_stuck_ = left.count() <= 0;
        if (is_stuck_ || !dispatch(left))
            return false;
    }
    return done();
}

bool RawClient::round_trip() {
    bool done = false;
    wl_callback* callback = wl_display_sync(display_);
    static constexpr wl_callback_listener events = {
        .done = [](void* data, wl_callback*, std::uint32_t) { *static_cast<bool*>(data) = true; },
    };
    wl_callback_add_listener(callback, &events, &done);
    wait_for(done);
    wl_callback_destroy(callback);
    return done;
}

Answer RawClient::connection() const {
    const int error = wl_display_get_error(display_);
    if (is_stuck_)
        return {Answer::Error, UINT32_MAX, "no answer within half a minute:"};
    if (error == 0)
        return {};
    // libwayland-client turns this protocol error into an errno.
    if (error == ENOMEM)
        return {Answer::Error, WL_DISPLAY_ERROR_NO_MEMORY, wl_display_interface.name};
    if (error != EPROTO)
        return {Answer::Error, UINT32_MAX, std::strerror(error)};
    const wl_interface* interface = nullptr;
    std::uint32_t id = 0;
    const std::uint32_t code = wl_display_get_protocol_error(display_, &interface, &id);
    return {Answer::Error, code, interface ? interface->name : "unknown", id};
}

bool RawClient::knows(const FormatModifier& pair) {
    const auto has = [](const auto& range, const auto& value) {
        return std::ranges::find(range, value) != std::ranges::end(range);
    };
    if (version_ >= ZWP_LINUX_DMABUF_V1_GET_DEFAULT_FEEDBACK_SINCE_VERSION)
        return has(feedback().table, pair);
    if (version_ >= ZWP_LINUX_DMABUF_V1_MODIFIER_SINCE_VERSION)
        return has(modifiers_, pair);
    return pair.modifier == DRM_FORMAT_MOD_INVALID && has(formats_, pair.fourcc);
}

const ToldFeedback& RawClient::feedback(wl_surface* surface) {
    auto listener = std::make_unique<FeedbackListener>();
    listener->object = surface ? zwp_linux_dmabuf_v1_get_surface_feedback(dmabuf_, surface)
                               : zwp_linux_dmabuf_v1_get_default_feedback(dmabuf_);
    zwp_linux_dmabuf_feedback_v1_add_listener(listener->object, &FeedbackListener::events,
                                              listener.get());
    round_trip();
    return feedbacks_.emplace_back(std::move(listener))->told;
}

void RawClient::destroy_feedback() {
    for (const auto& feedback : feedbacks_)
        zwp_linux_dmabuf_feedback_v1_destroy(feedback->object);
    feedbacks_.clear();
}

void RawClient::destroy_dmabuf() {
    if (dmabuf_)
        zwp_linux_dmabuf_v1_destroy(std::exchange(dmabuf_, nullptr));
}

RawClient::Params& RawClient::create_params() {
    Params& params = *params_.emplace_back(
        std::make_unique<Params>(zwp_linux_dmabuf_v1_create_params(dmabuf_), this));
    static constexpr zwp_linux_buffer_params_v1_listener events = {
        .created =
            [](void* data, zwp_linux_buffer_params_v1*, wl_buffer* buffer) {
                auto& params = *static_cast<Params*>(data);
                params.answer = {Answer::Created, 0, {}};
                params.is_answered = true;
                params.buffer = buffer;
            },
        .failed =
            [](void* data, zwp_linux_buffer_params_v1*) {
                auto& params = *static_cast<Params*>(data);
                params.answer = {Answer::Failed, 0, {}};
                params.is_answered = true;
            },
    };
    zwp_linux_buffer_params_v1_add_listener(params.object, &events, &params);
    return params;
}

void RawClient::destroy_params(Params& params) {
    zwp_linux_buffer_params_v1_destroy(params.object);
    std::erase_if(params_, [&](const auto& known) { return known.get() == &params; });
}

void RawClient::add(Params& params, int fd, std::uint32_t plane, std::uint32_t offset,
                    std::uint32_t stride, std::uint64_t modifier) {
    zwp_linux_buffer_params_v1_add(params.object, fd, plane, offset, stride,
                                   static_cast<std::uint32_t>(modifier >> 32),
                                   static_cast<std::uint32_t>(modifier));
}

void RawClient::set_sampling_device(Params& params, const void* device, std::size_t size) {
    wl_array array = {.size = size, .alloc = size, .data = const_cast<void*>(device)};
    zwp_linux_buffer_params_v1_set_sampling_device(params.object, &array);
}

Answer RawClient::create(Params& params, std::int32_t width, std::int32_t height,
                         std::uint32_t fourcc, std::uint32_t flags) {
    zwp_linux_buffer_params_v1_create(params.object, width, height, fourcc, flags);
    return wait_for(params.is_answered) ? params.answer : connection();
}

Answer RawClient::create_immed(Params& params, std::int32_t width, std::int32_t height,
                               std::uint32_t fourcc, std::uint32_t flags) {
    params.buffer =
        zwp_linux_buffer_params_v1_create_immed(params.object, width, height, fourcc, flags);
    // A compositor that imports in a later turn of its event loop has had that turn by the second
    // round trip, and by the third its word against the buffer is here.
    for (int i = 0; i < 3; ++i) {
        if (!round_trip())
            return connection();
    }
    return params.is_answered ? params.answer : Answer{Answer::Created, 0, {}};
}

} // namespace test
