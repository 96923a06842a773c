#include "wlr/surface_object.hpp"

#include <cstdint>

#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

/// Finds the resource that belongs to the current state of a surface. wlroots keeps that state
/// inside the object that the resource has for user data, and tells nobody the type: of the
/// client's objects it is the one that begins closest below the state.
class ResourceSearch {
public:
    ResourceSearch(std::string_view interface, const void* current)
        : interface_{interface}, state_{reinterpret_cast<std::uintptr_t>(current)} {}

    static wl_iterator_result look_at(wl_resource* resource, void* self) {
        static_cast<ResourceSearch*>(self)->look_at(*resource);
        return WL_ITERATOR_CONTINUE;
    }
    wl_resource* found() const { return found_; }

private:
    void look_at(wl_resource& resource) {
        const auto start = reinterpret_cast<std::uintptr_t>(wl_resource_get_user_data(&resource));
        if (wl_resource_get_class(&resource) != interface_ || start > state_ || start <= closest_)
            return;
        closest_ = start;
        found_ = &resource;
    }

    std::string_view interface_;
    std::uintptr_t state_, closest_ = 0;
    wl_resource* found_ = nullptr;
};

} // namespace

wl_resource* find_surface_object(wl_client* client, std::string_view interface,
                                 const void* current) {
    ResourceSearch search{interface, current};
    wl_client_for_each_resource(client, &ResourceSearch::look_at, &search);
    return search.found();
}

} // namespace tarmac
