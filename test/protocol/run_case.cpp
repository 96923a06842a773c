#include <algorithm>
#include <format>

#include "protocol/cases.hpp"

namespace test {

std::string name_of(Request request) {
    return request == Request::Create ? "create" : "create_immed";
}

std::string missing_for(const Case& c, Request request, RawClient& client) {
    const unsigned least = std::max({1u, request == Request::CreateImmed ? 2u : 1u,
                                     c.sampling_device.empty() ? 1u : 6u});
    if (client.version() < std::max(c.version, least))
        return std::format("version {} isn't offered", std::max(c.version, least));
    for (const auto& pair : c.needs) {
        if (!client.knows(pair))
            return std::format("fourcc 0x{:08x} with modifier 0x{:x} isn't advertised", pair.fourcc,
                               pair.modifier);
    }
    return {};
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
