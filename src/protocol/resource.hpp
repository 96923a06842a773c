#pragma once

#include <memory>
#include <utility>
#include <wayland-server-core.h>

#include "wlr/guard.hpp"

namespace tarmac {

/// Makes a wl_resource of `client` that owns a new Object(resource, args…): the object goes when
/// the client destroys the resource or leaves. Returns nullptr, with no_memory posted, if there is
/// no memory for the resource; throws if there is none for the object.
template <class Object, class... Args>
Object* create_resource(wl_client* client, const wl_interface& interface, int version,
                        std::uint32_t id, const void* implementation, Args&&... args) {
    wl_resource* resource = wl_resource_create(client, &interface, version, id);
    if (!resource) {
        wl_client_post_no_memory(client);
        return nullptr;
    }
    std::unique_ptr<wl_resource, decltype(&wl_resource_destroy)> without_object{
        resource, wl_resource_destroy};
    auto* object = new Object(resource, std::forward<Args>(args)...);
    static_cast<void>(without_object.release());
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
