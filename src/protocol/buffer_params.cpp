#include "protocol/buffer_params.hpp"

#include <algorithm>
#include <cstring>
#include <drm_fourcc.h>

#include "dmabuf/distinct_dmabufs.hpp"
#include "dmabuf/formatted.hpp"
#include "linux-dmabuf-v1-protocol.h"
#include "protocol/resource.hpp"

namespace tarmac {

namespace {

constexpr struct zwp_linux_buffer_params_v1_interface params_requests = {
    .destroy = destroy_resource,
    .add =
        [](wl_client* client, wl_resource* resource, std::int32_t fd, std::uint32_t plane,
           std::uint32_t offset, std::uint32_t stride, std::uint32_t modifier_hi,
           std::uint32_t modifier_lo) {
            guard_for(client, [&, own = Fd{fd}] mutable {
                object_of<BufferParams>(resource).add(std::move(own), plane, offset, stride,
                                                      std::uint64_t{modifier_hi} << 32 |
                                                          modifier_lo);
            });
        },
    .create =
        [](wl_client* client, wl_resource* resource, std::int32_t width, std::int32_t height,
           std::uint32_t fourcc, std::uint32_t flags) {
            guard_for(client, [=] {
                object_of<BufferParams>(resource).create_buffer({width, height, fourcc, flags});
            });
        },
    .create_immed =
        [](wl_client* client, wl_resource* resource, std::uint32_t id, std::int32_t width,
           std::int32_t height, std::uint32_t fourcc, std::uint32_t flags) {
            guard_for(client, [=] {
                object_of<BufferParams>(resource).create_immediate_buffer(
                    id, {width, height, fourcc, flags});
            });
        },
    .set_sampling_device =
        [](wl_client* client, wl_resource* resource, wl_array* device) {
            guard_for(client,
                      [=] { object_of<BufferParams>(resource).set_sampling_device(*device); });
        },
};

} // namespace

void BufferParams::create(wl_resource* factory, std::uint32_t id,
                          const std::weak_ptr<LinuxDmabuf::State>& state,
                          const std::shared_ptr<ClientAccount>& account) {
    auto charge = account->charge(Resource::Params);
    if (!charge)
        return Requester{factory, state, account}.post_no_memory(charge.error());
    create_resource<BufferParams>(
        wl_resource_get_client(factory), zwp_linux_buffer_params_v1_interface,
        wl_resource_get_version(factory), id, &params_requests, state, account, std::move(*charge));
}

BufferParams::BufferParams(wl_resource* resource, const std::weak_ptr<LinuxDmabuf::State>& state,
                           std::shared_ptr<ClientAccount> account, ClientAccount::Charge charge)
    : resource_{resource}
    , requester_{resource, state, std::move(account)}
    , charge_{std::move(charge)} {}

BufferParams::~BufferParams() {
    requester_.forget_params();
}

void BufferParams::add(Fd fd, std::uint32_t plane, std::uint32_t offset, std::uint32_t stride,
                       std::uint64_t modifier) {
    if (reject_if_used())
        return;
    if (plane >= MaxPlanes)
        return requester_.post_error(
            ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_PLANE_IDX,
            {Fault::Incomplete, plane,
             formatted("plane index {} is above {}", plane, MaxPlanes - 1)});
    if (are_set_[plane])
        return requester_.post_error(
            ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_PLANE_SET,
            {Fault::Incomplete, plane, formatted("plane {} is set already", plane)});

    // What clients that old put into the modifier's place has no meaning.
    if (version() < ZWP_LINUX_DMABUF_V1_MODIFIER_SINCE_VERSION)
        modifier = DRM_FORMAT_MOD_INVALID;
    if (modifier_.value_or(modifier) != modifier) {
        modifiers_differ_ = true;
        if (version() >= 5)
            return requester_.post_error(
                ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_FORMAT,
                {Fault::InvalidFormat, plane,
                 formatted("plane {}: modifier {} differs from the other planes' {}", plane,
                           modifier_name(modifier), modifier_name(*modifier_))});
    }

    modifier_ = modifier;
    n_planes_ = std::max(n_planes_, plane + 1);
    are_set_.set(plane);
    // Told when the buffer is asked for: `failed` leaves the client what it has.
    auto charge = requester_.account().charge(Resource::Descriptors);
    if (!charge) {
        missing_plane_ = std::move(charge.error());
        return;
    }
    plane_charge_.join(std::move(*charge));
    builder_.set_plane(plane, std::move(fd), offset, stride);
}

void BufferParams::set_sampling_device(const wl_array& device) {
    if (reject_if_used())
        return;
    dev_t value;
    if (device.size != sizeof value)
        return requester_.post_error(
            ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_DEV_T_SIZE,
            {Fault::Unsupported, std::nullopt,
             formatted("a dev_t has {} bytes, not {}", sizeof value, device.size)});
    std::memcpy(&value, device.data, sizeof value);
    sampling_device_ = value;
}

void BufferParams::create_buffer(const Image& image) {
    if (reject_if_used())
        return;
    auto checked = check(image);
    if (!checked)
        return requester_.refuse(checked.error());
    pending_ = std::move(checked->buffer);
    pending_->set_on_landed([this] { guard_for(requester_.client(), [this] { answer(); }); });
    ImportQueue& queue = checked->state->queue();
    const auto land = [this, &queue] {
        requester_.land(*pending_, sampling_device_);
        // Clients may take a round trip for the answer, see ImportQueue.
        if (pending_)
            pending_->finish_mapping_by(queue.end_of_patience());
    };
    constexpr auto Kind = ImportQueue::Kind::AnsweredImport;
    if (queue.goes_ahead(requester_.client(), Kind))
        land();
    else
        pending_->await_import(queue.push(requester_.client(), land, Kind));
}

void BufferParams::answer() {
    auto image = std::move(pending_);
    if (image->state() == DmabufBuffer::State::Failed)
        return requester_.refuse(image->error());
    requester_.report_import(*image);
    const auto state = requester_.state();
    if (auto* buffer = ClientBuffer::create(requester_.client(), 0)) {
        buffer->fill(std::move(image), state && state->imports_on_use());
        zwp_linux_buffer_params_v1_send_created(resource_, buffer->resource());
    }
}

void BufferParams::create_immediate_buffer(std::uint32_t id, const Image& image) {
    if (reject_if_used())
        return;
    auto checked = check(image);
    // The client has named the buffer, whatever becomes of it.
    auto* buffer = ClientBuffer::create(requester_.client(), id);
    if (!buffer)
        return;
    if (!checked)
        return requester_.refuse_immediate(checked.error());
    DmabufBuffer& imported = *checked->buffer;
    buffer->fill(std::move(checked->buffer), checked->state->imports_on_use());
    imported.set_on_landed([&imported, requester = requester_] {
        guard_for(requester.client(), [&] {
            if (imported.state() == DmabufBuffer::State::Failed)
                requester.refuse_immediate(imported.error());
            else
                requester.report_import(imported);
        });
    });
    const auto land = [&imported, requester = requester_, device = sampling_device_] {
        requester.land(imported, device);
    };
    ImportQueue& queue = checked->state->queue();
    constexpr auto Kind = ImportQueue::Kind::Import;
    if (queue.goes_ahead(requester_.client(), Kind))
        land();
    else
        imported.await_import(queue.push(requester_.client(), land, Kind));
}

Result<BufferParams::Checked> BufferParams::check(const Image& image) {
    is_used_ = true;
    charge_.reset();
    TextureBuilder builder = std::exchange(builder_, {});
    ClientAccount::Charge all = std::exchange(plane_charge_, {});

    auto state = requester_.state();
    if (!state)
        return fail(Fault::NotAvailable, "dma-bufs are not imported any more");
    if (n_planes_ == 0)
        return fail(Fault::Incomplete, "no plane was added");
    if (image.width < 1 || image.height < 1)
        return fail(Fault::InvalidDimensions,
                    formatted("{}x{} pixels: width and height must be at least 1", image.width,
                              image.height));
    if (!zwp_linux_buffer_params_v1_flags_is_valid(image.flags, version()))
        return fail(Fault::InvalidFormat, formatted("flags 0x{:x} are unknown", image.flags));
    if (image.flags & ~ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_Y_INVERT)
        return fail(Fault::Unsupported,
                    formatted("flags 0x{:x}: interlaced images are not supported", image.flags));
    if (modifiers_differ_)
        return fail(Fault::Unsupported, "the planes' modifiers differ");
    if (missing_plane_)
        return std::unexpected(std::move(*missing_plane_));

    auto dmabuf = std::move(builder)
                      .set_size(static_cast<std::uint32_t>(image.width),
                                static_cast<std::uint32_t>(image.height))
                      .set_format(image.fourcc, *modifier_)
                      .set_n_planes(n_planes_)
                      .set_plane_end(PlaneEnd::Stride)
                      .set_y_inverted(image.flags & ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_Y_INVERT)
                      .build_dmabuf();
    if (!dmabuf)
        return std::unexpected(dmabuf.error());
    if (!state->is_advertised(requester_.account(), {image.fourcc, *modifier_})) {
        const bool is_error = version() >= ZWP_LINUX_DMABUF_V1_GET_DEFAULT_FEEDBACK_SINCE_VERSION;
        return fail(is_error ? Fault::InvalidFormat : Fault::Unsupported,
                    formatted("{} with modifier {} was not advertised", fourcc_name(image.fourcc),
                              modifier_name(*modifier_)));
    }
    // A renderer on the CPU maps what it imports.
    auto more = requester_.account().charge(
        {{Resource::Buffers, 1}, {Resource::Mappings, DistinctDmabufs{*dmabuf}.members().size()}});
    if (!more)
        return std::unexpected(more.error());
    all.join(std::move(*more));
    auto buffer = state->create_buffer(requester_.client(), requester_.account(),
                                       std::move(*dmabuf), std::move(all));
    return Checked{std::move(state), std::move(buffer)};
}

bool BufferParams::reject_if_used() {
    if (is_used_)
        requester_.post_error(
            ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_ALREADY_USED,
            {Fault::Unsupported, std::nullopt, "the params have been used already"});
    return is_used_;
}

unsigned BufferParams::version() const {
    return static_cast<unsigned>(wl_resource_get_version(resource_));
}

} // namespace tarmac
