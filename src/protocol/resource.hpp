#pragma once

#include <utility>
#include <wayland-server-core.h>

namespace tarmac {

/// Makes a wl_resource of `client` that owns a new Object(resource, args…): the object goes when
/// the client destroys the resource or leaves. Returns nullptr, with no_memory posted, if there is
/// no memory for the resource.
template <class Object, class... Args>
Object* create_resource(wl_client* client, const wl_interface& interface, int version,
                        std::uint32_t id, const void* implementation, Args&&... args) {
    wl_resource* resource = wl_resource_create(client, &interface, version, id);
    if (!resource) {
        wl_client_post_no_memory(client);
        return nullptr;
    }
    auto* object = new Object(resource, std::forward<Args>(args)...);
    wl_resource_set_implementation(resource, implementation, object, [](wl_resource* destroyed) {
        delete static_cast<Object*>(wl_resource_get_user_data(destroyed));
    });
    return object;
}

/// The object of a resource that create_resource<Object>() made.
template <class Object>
Object& object_of(wl_resource* resource) {
    return *static_cast<Object*>(wl_resource_get_user_data(resource));
}

/// The implementation of every `destroy` request.
inline void destroy_resource(wl_client*, wl_resource* resource) {
    wl_resource_destroy(resource);
}

} // namespace tarmac
