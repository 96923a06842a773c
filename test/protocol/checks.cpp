#include "protocol/checks.hpp"

#include <algorithm>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <set>
#include <sys/mman.h>
#include <tarmac/pixel_format.hpp>
#include <unistd.h>
#include <utility>
#include <wayland-client.h>

#include "dmabuf/formatted.hpp"
#include "linux-dmabuf-v1-client-protocol.h"
#include "protocol/cases.hpp"

namespace test {

namespace {

using tarmac::Fd;
using tarmac::FormatModifier;

constexpr std::uint32_t Sampling = 2;

std::string table_is_sealed(RawClient& client, int) {
    const int fd = client.feedback().table_fd.get();
    const std::string path = "/proc/self/fd/" + std::to_string(fd);
    const Fd reopened{open(path.c_str(), O_RDWR | O_CLOEXEC)};
    for (const int writable : {fd, reopened.get()}) {
        // Nothing is harmed if it works: the same byte, the same size.
        char byte = 0;
        if (pread(writable, &byte, 1, 0) == 1 && pwrite(writable, &byte, 1, 0) == 1)
            return "a client can write to the format table";
        void* memory = mmap(nullptr, 16, PROT_READ | PROT_WRITE, MAP_SHARED, writable, 0);
        if (memory != MAP_FAILED) {
            munmap(memory, 16);
            return "a client can map the format table for writing";
        }
    }
    return {};
}

std::string table_has_every_pair_once(RawClient& client, int) {
    const ToldFeedback& told = client.feedback();
    if (told.table.empty())
        return "the format table is empty";
    for (const auto& tranche : told.tranches) {
        for (const auto& pair : tranche.formats) {
            if (std::ranges::count(tranche.formats, pair) > 1)
                return tarmac::formatted("0x{:08x} with modifier 0x{:x} is twice in a tranche",
                                         pair.fourcc, pair.modifier);
        }
    }
    return {};
}

std::string main_device_up_to_5(RawClient& client, int) {
    const ToldFeedback& told = client.feedback();
    if (client.version() >= 6)
        return told.main_device ? "main_device was sent to a client of version 6" : "";
    if (!told.main_device)
        return "no main_device was sent";
    return std::ranges::any_of(told.tranches,
                               [&](const auto& t) { return t.device == *told.main_device; })
               ? ""
               : "no tranche targets the main device";
}

std::string sampling_from_6(RawClient& client, int) {
    bool samples = false;
    for (const auto& tranche : client.feedback().tranches) {
        if (client.version() < 6 && (tranche.flags & Sampling))
            return "the sampling flag was sent to a client below version 6";
        if (client.version() >= 6 && tranche.flags == 0)
            return "a tranche has no flag";
        samples |= (tranche.flags & Sampling) != 0;
    }
    return client.version() < 6 || samples ? "" : "no tranche has the sampling flag";
}

std::string no_legacy_events(RawClient& client, int) {
    return client.formats().empty() && client.modifiers().empty()
               ? ""
               : "format or modifier events were sent to a client of version 4 or above";
}

std::string linear_for_version_3(RawClient& client, int) {
    for (const auto& [fourcc, modifier] : client.modifiers()) {
        if (fourcc == DRM_FORMAT_XRGB8888 && modifier == DRM_FORMAT_MOD_LINEAR)
            return {};
    }
    return "XRGB8888 isn't offered as LINEAR";
}

std::string formats_for_version_1(RawClient& client, int) {
    if (!client.modifiers().empty())
        return "modifier events were sent to a client below version 3";
    return client.formats().empty() ? "no formats were told" : "";
}

std::string named_device_is_accepted(RawClient& client, int dmabuf) {
    for (const auto& tranche : client.feedback().tranches) {
        if (!(tranche.flags & Sampling))
            continue;
        auto& params = client.create_params();
        client.add(params, dmabuf, 0, 0, CardStride, DRM_FORMAT_MOD_LINEAR);
        client.set_sampling_device(params, &tranche.device, sizeof tranche.device);
        const Answer answer = client.create(params, CardWidth, CardHeight, DRM_FORMAT_XRGB8888);
        if (answer.kind != Answer::Created)
            return "a buffer for an advertised sampling device was not created";
    }
    return {};
}

/// Creates a buffer, then sends `request` once more.
std::string used_up(RawClient& client, int dmabuf,
                    const std::function<void(RawClient::Params&)>& request) {
    auto& params = client.create_params();
    client.add(params, dmabuf, 0, 0, CardStride, DRM_FORMAT_MOD_LINEAR);
    if (client.create(params, CardWidth, CardHeight, DRM_FORMAT_XRGB8888).kind != Answer::Created)
        return "a good buffer was not created";
    request(params);
    client.round_trip();
    return client.connection() == protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_ALREADY_USED)
               ? ""
               : "params could be used twice";
}

std::string add_after_create(RawClient& client, int dmabuf) {
    return used_up(client, dmabuf, [&](RawClient::Params& params) {
        client.add(params, dmabuf, 1, 0, CardStride, DRM_FORMAT_MOD_LINEAR);
    });
}

std::string create_after_create(RawClient& client, int dmabuf) {
    return used_up(client, dmabuf, [&](RawClient::Params& params) {
        zwp_linux_buffer_params_v1_create(params.object, CardWidth, CardHeight, DRM_FORMAT_XRGB8888,
                                          0);
    });
}

std::string create_immed_after_create(RawClient& client, int dmabuf) {
    return used_up(client, dmabuf, [&](RawClient::Params& params) {
        wl_buffer_destroy(zwp_linux_buffer_params_v1_create_immed(
            params.object, CardWidth, CardHeight, DRM_FORMAT_XRGB8888, 0));
    });
}

std::string set_device_after_create(RawClient& client, int dmabuf) {
    return used_up(client, dmabuf, [&](RawClient::Params& params) {
        const dev_t device = 0;
        client.set_sampling_device(params, &device, sizeof device);
    });
}

std::string unused_params_can_go(RawClient& client, int dmabuf) {
    for (int i = 0; i < 100; ++i) {
        auto* params = zwp_linux_dmabuf_v1_create_params(client.dmabuf());
        for (std::uint32_t plane = 0; plane < 4; ++plane)
            zwp_linux_buffer_params_v1_add(params, dmabuf, plane, 0, CardStride, 0, 0);
        zwp_linux_buffer_params_v1_destroy(params);
    }
    return client.round_trip() ? "" : "params that are destroyed unused end the connection";
}

std::string objects_outlive_the_factory(RawClient& client, int dmabuf) {
    auto& params = client.create_params();
    client.destroy_dmabuf();
    client.add(params, dmabuf, 0, 0, CardStride, DRM_FORMAT_MOD_LINEAR);
    return client.create(params, CardWidth, CardHeight, DRM_FORMAT_XRGB8888).kind == Answer::Created
               ? ""
               : "params don't work after the factory is destroyed";
}

std::string feedback_outlives_its_surface(RawClient& client, int) {
    wl_surface* surface = wl_compositor_create_surface(client.compositor());
    const ToldFeedback& told = client.feedback(surface);
    if (told.times != 1)
        return "feedback for a surface was told " + std::to_string(told.times) + " times at first";
    wl_surface_destroy(surface);
    client.destroy_feedback();
    return client.round_trip() ? "" : "feedback can't be destroyed after its surface";
}

std::string events_are_in_order(RawClient& client, int) {
    // A table before what points into it, the device of a tranche first, its end last.
    const std::string& order = client.feedback().order;
    bool has_table = false, in_tranche = false, is_right = order.ends_with('e');
    for (const char event : order) {
        if (event == 't')
            has_table = true;
        if (event == 'd')
            is_right &= has_table && !std::exchange(in_tranche, true);
        if (event == 'f' || event == 'i')
            is_right &= in_tranche;
        if (event == 'e')
            is_right &= std::exchange(in_tranche, false);
    }
    return is_right ? "" : "feedback was told in the order " + order;
}

std::string every_advertised_format_is_known(RawClient& client, int) {
    std::set<std::uint32_t> unknown;
    for (const auto& pair : client.feedback().table) {
        if (!tarmac::find_pixel_format(pair.fourcc))
            unknown.insert(pair.fourcc);
    }
    return unknown.empty()
               ? ""
               : tarmac::formatted("fourcc 0x{:08x} isn't in drm_fourcc.h", *unknown.begin());
}

} // namespace

std::span<const Check> all_checks() {
    static const Check checks[] = {
        {"version 1 clients are told formats", 1, formats_for_version_1},
        {"version 3 clients are told LINEAR too", 3, linear_for_version_3},
        {"version 4 clients are sent no format events", 4, no_legacy_events},
        {"version 6 clients are sent no format events", 6, no_legacy_events},
        {"version 4 feedback names a main device", 4, main_device_up_to_5},
        {"version 5 feedback names a main device", 5, main_device_up_to_5},
        {"version 6 feedback names no main device", 6, main_device_up_to_5},
        {"version 5 tranches have no sampling flag", 5, sampling_from_6},
        {"version 6 feedback has a sampling tranche", 6, sampling_from_6},
        {"the format table can't be changed by a client", 4, table_is_sealed},
        {"version 4 feedback is told in the order of the spec", 4, events_are_in_order},
        {"version 6 feedback is told in the order of the spec", 6, events_are_in_order},
        {"a tranche has every pair once", 4, table_has_every_pair_once},
        {"the formats of the table are those of drm_fourcc.h", 4, every_advertised_format_is_known},
        {"an advertised sampling device is accepted", 6, named_device_is_accepted},
        {"used params refuse another plane", 4, add_after_create},
        {"used params refuse another create", 4, create_after_create},
        {"used params refuse create_immed", 4, create_immed_after_create},
        {"used params refuse a sampling device", 6, set_device_after_create},
        {"params with planes can be destroyed unused", 4, unused_params_can_go},
        {"params outlive the factory", 4, objects_outlive_the_factory},
        {"feedback outlives its surface", 4, feedback_outlives_its_surface},
    };
    return checks;
}

} // namespace test
