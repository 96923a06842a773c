#include "protocol/buffer_params.hpp"

#include <algorithm>
#include <cstring>
#include <drm_fourcc.h>
#include <format>

#include "linux-dmabuf-v1-protocol.h"
#include "protocol/client_buffer.hpp"
#include "protocol/resource.hpp"
#include "wlroots/empty_buffer.hpp"

namespace tarmac {

namespace {

constexpr struct zwp_linux_buffer_params_v1_interface params_requests = {
    .destroy = destroy_resource,
    .add =
        [](wl_client*, wl_resource* resource, std::int32_t fd, std::uint32_t plane,
           std::uint32_t offset, std::uint32_t stride, std::uint32_t modifier_hi,
           std::uint32_t modifier_lo) {
            object_of<BufferParams>(resource).add(Fd{fd}, plane, offset, stride,
                                                  std::uint64_t{modifier_hi} << 32 | modifier_lo);
        },
    .create =
        [](wl_client*, wl_resource* resource, std::int32_t width, std::int32_t height,
           std::uint32_t fourcc, std::uint32_t flags) {
            object_of<BufferParams>(resource).use(0, {width, height, fourcc, flags});
        },
    .create_immed =
        [](wl_client*, wl_resource* resource, std::uint32_t buffer_id, std::int32_t width,
           std::int32_t height, std::uint32_t fourcc, std::uint32_t flags) {
            object_of<BufferParams>(resource).use(buffer_id, {width, height, fourcc, flags});
        },
    .set_sampling_device =
        [](wl_client*, wl_resource* resource, wl_array* device) {
            object_of<BufferParams>(resource).set_sampling_device(*device);
        },
};

/// The error that the spec names for `fault`; none if it names `failed`.
std::optional<std::uint32_t> protocol_error(Fault fault) {
    switch (fault) {
    case Fault::Incomplete:
        return ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INCOMPLETE;
    case Fault::InvalidFormat:
        return ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_FORMAT;
    case Fault::InvalidDimensions:
        return ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_DIMENSIONS;
    case Fault::OutOfBounds:
        return ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_OUT_OF_BOUNDS;
    default:
        return std::nullopt;
    }
}

} // namespace

void BufferParams::create(wl_resource* factory, std::uint32_t id,
                          const std::weak_ptr<LinuxDmabuf::State>& state) {
    create_resource<BufferParams>(wl_resource_get_client(factory),
                                  zwp_linux_buffer_params_v1_interface,
                                  wl_resource_get_version(factory), id, &params_requests, state);
}

BufferParams::BufferParams(wl_resource* resource, const std::weak_ptr<LinuxDmabuf::State>& state)
    : resource_{resource}
    , state_{state} {}

void BufferParams::add(Fd fd, std::uint32_t plane, std::uint32_t offset, std::uint32_t stride,
                       std::uint64_t modifier) {
    if (reject_if_used())
        return;
    if (plane >= MaxPlanes)
        return post_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_PLANE_IDX,
                          {Fault::Incomplete, plane,
                           std::format("plane index {} is above {}", plane, MaxPlanes - 1)});
    if (builder_.has_plane(plane))
        return post_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_PLANE_SET,
                          {Fault::Incomplete, plane, std::format("plane {} is set already", plane)});

    // What clients that old put into the modifier's place has no meaning.
    if (version() < ZWP_LINUX_DMABUF_V1_MODIFIER_SINCE_VERSION)
        modifier = DRM_FORMAT_MOD_INVALID;
    if (modifier_.value_or(modifier) != modifier) {
        modifiers_differ_ = true;
        if (version() >= 5)
            return post_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_FORMAT,
                              {Fault::InvalidFormat, plane,
                               std::format("plane {}: modifier {} differs from the other planes' {}",
                                           plane, modifier_name(modifier),
                                           modifier_name(*modifier_))});
    }
    modifier_ = modifier;
    n_planes_ = std::max(n_planes_, plane + 1);
    builder_.set_plane(plane, std::move(fd), offset, stride);
}

void BufferParams::set_sampling_device(const wl_array& device) {
    if (reject_if_used())
        return;
    dev_t value;
    if (device.size != sizeof value)
        return post_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_DEV_T_SIZE,
                          {Fault::Unsupported, std::nullopt,
                           std::format("a dev_t has {} bytes, not {}", sizeof value, device.size)});
    std::memcpy(&value, device.data, sizeof value);
    sampling_device_ = value;
}

void BufferParams::use(std::uint32_t buffer_id, const Image& image) {
    if (reject_if_used())
        return;
    is_used_ = true;

    const auto state = state_.lock();
    auto buffer = state ? build(*state, image)
                        : fail(Fault::NotAvailable, "dma-bufs are not imported any more");
    builder_ = {};
    if (!buffer)
        return refuse(buffer_id, image, buffer.error());

    wl_resource* created = ClientBuffer::create(client(), buffer_id, std::move(*buffer));
    if (created && buffer_id == 0)
        zwp_linux_buffer_params_v1_send_created(resource_, created);
}

Result<BufferPtr> BufferParams::build(LinuxDmabuf::State& state, const Image& image) {
    if (n_planes_ == 0)
        return fail(Fault::Incomplete, "no plane was added");
    if (image.width < 1 || image.height < 1)
        return fail(Fault::InvalidDimensions,
                    std::format("{}x{} pixels: width and height must be at least 1", image.width,
                                image.height));
    if (!zwp_linux_buffer_params_v1_flags_is_valid(image.flags, version()))
        return fail(Fault::InvalidFormat, std::format("flags 0x{:x} are unknown", image.flags));
    if (image.flags != 0)
        return fail(Fault::Unsupported,
                    std::format("flags 0x{:x}: inverted and interlaced images are not supported",
                                image.flags));
    if (modifiers_differ_)
        return fail(Fault::Unsupported, "the planes' modifiers differ");

    return std::move(builder_)
        .set_size(static_cast<std::uint32_t>(image.width), static_cast<std::uint32_t>(image.height))
        .set_format(image.fourcc, *modifier_)
        .set_n_planes(n_planes_)
        .build_dmabuf()
        .and_then([&](Dmabuf&& dmabuf) {
            return state.land(client(), version(), std::move(dmabuf), sampling_device_);
        });
}

void BufferParams::refuse(std::uint32_t buffer_id, const Image& image, const Error& error) {
    if (const auto code = protocol_error(error.fault))
        return post_error(*code, error);

    if (const auto state = state_.lock())
        state->report_refusal(client(), error, false);
    zwp_linux_buffer_params_v1_send_failed(resource_);
    // The client has named the buffer of create_immed already and may still use it.
    if (buffer_id != 0)
        ClientBuffer::create(client(), buffer_id, create_empty_buffer(image.width, image.height));
}

void BufferParams::post_error(std::uint32_t code, const Error& error) {
    if (const auto state = state_.lock())
        state->report_refusal(client(), error, true);
    wl_resource_post_error(resource_, code, "%s", error.message.c_str());
}

bool BufferParams::reject_if_used() {
    if (is_used_)
        post_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_ALREADY_USED,
                   {Fault::Unsupported, std::nullopt, "the params have been used already"});
    return is_used_;
}

wl_client* BufferParams::client() const {
    return wl_resource_get_client(resource_);
}

unsigned BufferParams::version() const {
    return static_cast<unsigned>(wl_resource_get_version(resource_));
}

} // namespace tarmac
