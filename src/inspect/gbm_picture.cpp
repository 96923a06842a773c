#include "inspect/gbm_picture.hpp"

#include <algorithm>
#include <drm_fourcc.h>
#include <gbm.h>
#include <memory>

#include "dmabuf/formatted.hpp"
#include "inspect/node.hpp"

namespace tarmac::inspect {

namespace {

using Bo = std::unique_ptr<gbm_bo, decltype([](gbm_bo* bo) { gbm_bo_destroy(bo); })>;

/// One a process, which tries one renderer; nullptr if there is none.
gbm_device* device_of(const Maker& maker) {
    static const auto node = open_node(maker.node.path);
    static gbm_device* device = node ? gbm_create_device(node->get()) : nullptr;
    return device;
}

Bo allocate(gbm_device* device, Extent extent, FormatModifier format) {
    if (format.modifier == DRM_FORMAT_MOD_INVALID)
        return Bo{gbm_bo_create(device, extent.width, extent.height, format.fourcc,
                                GBM_BO_USE_RENDERING)};
    if (format.modifier == DRM_FORMAT_MOD_LINEAR)
        return Bo{gbm_bo_create(device, extent.width, extent.height, format.fourcc,
                                GBM_BO_USE_RENDERING | GBM_BO_USE_LINEAR)};
    return Bo{gbm_bo_create_with_modifiers2(device, extent.width, extent.height, format.fourcc,
                                            &format.modifier, 1, GBM_BO_USE_RENDERING)};
}

/// False if the driver doesn't let it be written.
bool fill(gbm_bo* bo, const Sample& sample) {
    std::uint32_t stride = 0;
    void* map = nullptr;
    auto* memory = static_cast<std::uint8_t*>(gbm_bo_map(
        bo, 0, 0, sample.extent.width, sample.extent.height, GBM_BO_TRANSFER_WRITE, &stride, &map));
    if (!memory)
        return false;
    const std::uint32_t row = std::min(stride, sample.planes[0].stride);
    for (std::uint32_t y = 0; y < sample.extent.height; ++y)
        std::copy_n(&sample.bytes[std::size_t{y} * sample.planes[0].stride], row,
                    memory + std::size_t{y} * stride);
    gbm_bo_unmap(bo, map);
    return true;
}

std::unexpected<Error> fail_picture(const Maker& maker, const char* what, FormatModifier format) {
    return fail(Fault::ImportFailed,
                formatted("the driver {} {} {} with modifier {}", maker.name, std::string{what},
                          fourcc_name(format.fourcc), modifier_name(format.modifier)));
}

} // namespace

Result<TextureBuilder> make_gbm_picture(const Maker& maker, const Sample& sample,
                                        FormatModifier format) {
    gbm_device* device = device_of(maker);
    const Bo bo{device && sample.n_planes == 1 ? allocate(device, sample.extent, format) : nullptr};
    if (!bo)
        return fail_picture(maker, "allocates no picture of", format);
    if (!fill(bo.get(), sample))
        return fail_picture(maker, "doesn't let the CPU write a picture of", format);
    TextureBuilder builder;
    const int n_planes = gbm_bo_get_plane_count(bo.get());
    builder.set_size(sample.extent.width, sample.extent.height)
        .set_format(format.fourcc, format.modifier)
        .set_n_planes(static_cast<unsigned>(n_planes));
    for (int i = 0; i < n_planes; ++i)
        builder.set_plane(static_cast<unsigned>(i), Fd{gbm_bo_get_fd_for_plane(bo.get(), i)},
                          gbm_bo_get_offset(bo.get(), i), gbm_bo_get_stride_for_plane(bo.get(), i));
    return builder;
}

} // namespace tarmac::inspect
