#include "fuzz/wire_clients.hpp"

#include <cctype>
#include <drm_fourcc.h>
#include <string_view>
#include <wayland-client-protocol.h>

#include "color-representation-v1-client-protocol.h"
#include "fuzz/wire_memory.hpp"
#include "fuzz/wire_server.hpp"
#include "linux-dmabuf-v1-client-protocol.h"
#include "linux-drm-syncobj-v1-client-protocol.h"
#include "viewporter-client-protocol.h"
#include "xdg-shell-client-protocol.h"

namespace fuzz {

namespace {

/// Numbers that mean something to somebody.
constexpr std::uint32_t Numbers[] = {
    0,
    1,
    2,
    3,
    4,
    5,
    16,
    32,
    64,
    128,
    256,
    1024,
    4096,
    16384,
    16640,
    65535,
    65536,
    65537,
    0x7fffffff,
    0x80000000,
    0xffffffff,
    0xffffff00, // -1 as wl_fixed_t
    0x8000,     // 128
    0x4000,     // 64
    DRM_FORMAT_XRGB8888,
    DRM_FORMAT_ARGB8888,
    DRM_FORMAT_NV12,
    DRM_FORMAT_YUYV,
    DRM_FORMAT_RGB565,
    DRM_FORMAT_MOD_INVALID >> 32,
    DRM_FORMAT_MOD_INVALID & 0xffffffff,
    I915_FORMAT_MOD_X_TILED >> 32,
};

constexpr const wl_interface* BoundAtStart[] = {
    &wl_compositor_interface,
    &zwp_linux_dmabuf_v1_interface,
    &wl_shm_interface,
    &wl_subcompositor_interface,
    &wp_viewporter_interface,
    &wp_color_representation_manager_v1_interface,
    &wp_linux_drm_syncobj_manager_v1_interface,
    &xdg_wm_base_interface,
};

unsigned since(const wl_message& request) {
    unsigned version = 0;
    for (const char* at = request.signature; std::isdigit(static_cast<unsigned char>(*at)); ++at)
        version = version * 10 + static_cast<unsigned>(*at - '0');
    return std::max(version, 1u);
}

/// Once in a while any id.
std::optional<std::uint32_t> object_for(const Client& client, const wl_interface* interface,
                                        bool may_be_null, test::FuzzInput& input) {
    const auto choice = input.number<std::uint8_t>();
    if (choice >= 0xfc)
        return number(input);
    if (may_be_null && choice % 4 == 3)
        return 0;
    const std::uint32_t found = interface ? client.find(*interface, choice)
                                          : client.objects()[choice % client.objects().size()].id;
    if (found == 0 && !may_be_null)
        return std::nullopt;
    return found;
}

/// What was made last is what there is most to do with.
const Object& pick_object(const std::vector<Object>& objects, test::FuzzInput& input) {
    constexpr std::size_t NLatest = 6;
    const std::size_t choice = input.number<std::uint8_t>();
    if (choice < 0x80)
        return objects[objects.size() - 1 - choice % std::min(objects.size(), NLatest)];
    return objects[(choice - 0x80) % objects.size()];
}

} // namespace

std::uint32_t number(test::FuzzInput& input) {
    const auto choice = input.number<std::uint8_t>();
    return choice < 0xe0 ? Numbers[choice % std::size(Numbers)] : input.number<std::uint32_t>();
}

std::optional<std::vector<Argument>> Clients::arguments_of(const Client& client,
                                                           const wl_message& request,
                                                           unsigned version,
                                                           test::FuzzInput& input) {
    const Memory& memory = Memory::shared();
    std::vector<Argument> arguments;
    bool may_be_null = false;
    const wl_interface* const* type = request.types;
    for (const char* at = request.signature; *at; ++at) {
        if (std::isdigit(static_cast<unsigned char>(*at)))
            continue;
        if (*at == '?') {
            may_be_null = true;
            continue;
        }
        switch (*at) {
        case 'n': {
            const auto choice = input.number<std::uint8_t>();
            NewObject made{*type ? *type : &wl_callback_interface, version};
            if (choice >= 0xfe)
                made.id = number(input);
            arguments.emplace_back(made);
            break;
        }
        case 'o': {
            const auto id = object_for(client, *type, may_be_null, input);
            if (!id)
                return std::nullopt;
            arguments.emplace_back(*id);
            break;
        }
        case 's':
            arguments.emplace_back(std::string_view{"text"});
            break;
        case 'a':
            arguments.emplace_back(input.bytes(input.below(4) ? sizeof(dev_t) : input.below(20)));
            break;
        case 'h': {
            const auto choice = input.number<std::uint8_t>();
            const bool wants_timeline =
                *type == nullptr && request.name == std::string_view{"import_timeline"};
            const int timeline = memory.timeline_fd();
            arguments.emplace_back(PassedFd{
                wants_timeline && timeline >= 0 && choice < 0xf0 ? timeline : memory.fd(choice)});
            break;
        }
        default:
            arguments.emplace_back(request.name == std::string_view{"ack_configure"} &&
                                           input.number<std::uint8_t>() < 0xf0
                                       ? client.serial()
                                       : number(input));
        }
        ++type;
        may_be_null = false;
    }
    return arguments;
}

void Clients::write_request(test::FuzzInput& input) {
    Client* client = choose(input);
    if (!client)
        return;
    const auto& objects = client->objects();
    const Object object = pick_object(objects, input);
    if (object.interface->method_count == 0 || object.interface == &wl_registry_interface)
        return;
    const unsigned opcode = input.below(static_cast<unsigned>(object.interface->method_count));
    const wl_message& request = object.interface->methods[opcode];
    // What a version doesn't have ends the client: libwayland sees to that, so seldom.
    if (since(request) > object.version && input.number<std::uint8_t>() < 0xf8)
        return;
    const std::string_view name = request.name;
    const bool is_end = name == "destroy" || name == "release";
    // The others would have little to do without it.
    if (is_end && object.interface == &wl_compositor_interface)
        return;
    const auto arguments = arguments_of(*client, request, object.version, input);
    if (!arguments || objects.size() > MostObjects)
        return;
    if (is_end)
        client->forget(object.id);
    client->write(object.id, opcode, *arguments);
    count_request();
}

Client* Clients::choose(test::FuzzInput& input) {
    const auto choice = input.number<std::uint8_t>();
    std::optional<Client>& client = clients_[choice % MostClients];
    if (!client || !client->is_connected())
        connect(client, 8 - choice / MostClients % 8);
    return client && client->is_connected() ? &*client : nullptr;
}

/// Most clients have the newest version.
void Clients::connect(std::optional<Client>& client, unsigned version) {
    client.reset();
    if (n_connections_++ >= MostConnections)
        return;
    client.emplace(server_.connect());
    turn();
    for (const wl_interface* interface : BoundAtStart) {
        const bool is_dmabuf = interface == &zwp_linux_dmabuf_v1_interface;
        client->bind(*interface,
                     is_dmabuf && version <= ZWP_LINUX_DMABUF_V1_GET_DEFAULT_FEEDBACK_SINCE_VERSION
                         ? version
                         : static_cast<unsigned>(interface->version));
    }
    client->write(client->find(wl_compositor_interface), WL_COMPOSITOR_CREATE_SURFACE,
                  {NewObject{&wl_surface_interface, 6}});
    n_requests_ += std::size(BoundAtStart) + 1;
}

void Clients::end_one(test::FuzzInput& input) {
    std::optional<Client>& client = clients_[input.below(MostClients)];
    if (!client)
        return;
    // With bytes that are no request, now and then.
    if (const unsigned n = input.below(8); n > 4)
        client->write_bytes(input.bytes(n));
    client->flush(input.below(64));
    if (input.below(4) == 0)
        turn();
    client->close();
}

void Clients::send_all() {
    for (std::optional<Client>& client : clients_) {
        if (client)
            client->flush();
    }
}

void Clients::turn() {
    n_unsent_ = 0;
    send_all();
    server_.turn();
    for (std::optional<Client>& client : clients_) {
        if (client)
            client->receive();
    }
}

void Clients::count_request() {
    ++n_requests_;
    if (++n_unsent_ >= MostUnsent)
        turn();
}

} // namespace fuzz
