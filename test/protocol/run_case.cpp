#include <algorithm>
#include <tarmac/linux_dmabuf.hpp>

#include "dmabuf/formatted.hpp"
#include "linux-dmabuf-v1-client-protocol.h"
#include "protocol/cases.hpp"

namespace test {

std::string name_of(Request request) {
    return request == Request::Create ? "create" : "create_immed";
}

unsigned version_for(const Case& c) {
    return c.version.value_or(tarmac::LinuxDmabuf::MaxVersion);
}

std::string missing_for(const Case& c, Request request, RawClient& client) {
    const unsigned offered = client.version();
    if (c.version && offered < *c.version)
        return tarmac::formatted("version {} isn't offered", *c.version);
    if (!c.sampling_device.empty() && offered < 6)
        return "version 6 isn't offered";
    if (request == Request::CreateImmed && offered < 2)
        return "version 1 has no create_immed";
    for (const auto& pair : c.needs) {
        if (!client.knows(pair))
            return tarmac::formatted("fourcc 0x{:08x} with modifier 0x{:x} isn't advertised",
                                     pair.fourcc, pair.modifier);
    }
    return {};
}

bool is_allowed(const Case& c, Request request, const Answer& answer) {
    const auto allows = [&c](const Answer& a) { return std::ranges::contains(c.allowed, a); };
    return allows(answer) ||
           (request == Request::CreateImmed && allows({Answer::Failed, 0, {}}) &&
            answer == protocol_error(ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_WL_BUFFER));
}

Answer run(const Case& c, Request request, RawClient& client, const PlaneFiles& files) {
    auto& params = client.create_params();
    for (const PlaneRequest& plane : c.planes)
        client.add(params, files.get(plane.file), plane.index, plane.offset, plane.stride,
                   plane.modifier);
    if (!c.sampling_device.empty())
        client.set_sampling_device(params, c.sampling_device.data(), c.sampling_device.size());
    return request == Request::Create
               ? client.create(params, c.width, c.height, c.fourcc, c.flags)
               : client.create_immed(params, c.width, c.height, c.fourcc, c.flags);
}

} // namespace test
