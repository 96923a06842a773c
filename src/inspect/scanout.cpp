#include "inspect/scanout.hpp"

#include <cerrno>
#include <cstring>
#include <drm_fourcc.h>
#include <memory>
#include <span>
#include <string_view>
#include <xf86drm.h>
#include <xf86drmMode.h>

namespace tarmac::inspect {

namespace {

template <class T, auto Free>
using Drm = std::unique_ptr<T, decltype([](T* object) { Free(object); })>;
using Planes = Drm<drmModePlaneRes, drmModeFreePlaneResources>;
using Plane = Drm<drmModePlane, drmModeFreePlane>;
using Properties = Drm<drmModeObjectProperties, drmModeFreeObjectProperties>;
using Property = Drm<drmModePropertyRes, drmModeFreeProperty>;
using Blob = Drm<drmModePropertyBlobRes, drmModeFreePropertyBlob>;

/// Nothing if the plane has no such property.
std::optional<std::uint64_t> property_of(int node, std::uint32_t plane, std::string_view name) {
    const Properties all{drmModeObjectGetProperties(node, plane, DRM_MODE_OBJECT_PLANE)};
    for (std::uint32_t i = 0; all && i < all->count_props; ++i) {
        const Property property{drmModeGetProperty(node, all->props[i])};
        if (property && property->name == name)
            return all->prop_values[i];
    }
    return std::nullopt;
}

void add_with_modifiers(FormatSet& formats, const drmModePropertyBlobRes& blob) {
    drmModeFormatModifierIterator pair{};
    while (drmModeFormatModifierBlobIterNext(&blob, &pair))
        formats.add({pair.fmt, pair.mod});
}

void add_plane(FormatSet& formats, int node, std::uint32_t id) {
    if (const auto blob_id = property_of(node, id, "IN_FORMATS")) {
        if (const Blob blob{drmModeGetPropertyBlob(node, static_cast<std::uint32_t>(*blob_id))})
            return add_with_modifiers(formats, *blob);
    }
    // A driver that knows no modifiers
    if (const Plane plane{drmModeGetPlane(node, id)}) {
        for (const std::uint32_t fourcc : std::span{plane->formats, plane->count_formats})
            formats.add({fourcc, DRM_FORMAT_MOD_INVALID});
    }
}

} // namespace

Scanout scanout_of(const Fd& node) {
    // Who opens a card that nobody shows pictures on becomes its master, unasked.
    if (drmIsMaster(node.get()))
        drmDropMaster(node.get());
    Scanout scanout;
    if (drmSetClientCap(node.get(), DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1) != 0) {
        scanout.problem = "it has no screens";
        return scanout;
    }
    const Planes planes{drmModeGetPlaneResources(node.get())};
    if (!planes) {
        scanout.problem = std::string{"its planes can't be read: "} + std::strerror(errno);
        return scanout;
    }
    for (const std::uint32_t id : std::span{planes->planes, planes->count_planes}) {
        if (property_of(node.get(), id, "type") == DRM_PLANE_TYPE_PRIMARY)
            add_plane(scanout.formats, node.get(), id);
    }
    if (scanout.formats.empty())
        scanout.problem = "it has no screens";
    return scanout;
}

} // namespace tarmac::inspect
