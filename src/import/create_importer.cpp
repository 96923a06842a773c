#include <tarmac/importer_list.hpp>

#include "wlr/loaded_wlroots.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

Result<std::unique_ptr<Importer>> create_importer(wlr_renderer* renderer,
                                                  std::optional<dev_t> device) {
    if (auto is_right = check_loaded_wlroots(); !is_right)
        return std::unexpected(is_right.error());
    const auto target =
        device ? Result<dev_t>{*device} : find_device(wlr_renderer_get_drm_fd(renderer));
    if (!target)
        return std::unexpected(target.error());
    auto list = std::make_unique<ImporterList>();
    auto importing = create_renderer_importer(renderer, *target);
    auto mapping = create_mapped_importer(renderer, *target);
    if (!importing && !mapping)
        return fail(Fault::NotAvailable,
                    "the renderer neither imports dma-bufs nor reads pixels from memory");
    // Memory of cameras and processes is read all the same: of another device, or of none.
    if (!device && !importing && !(*mapping)->takes_device_buffers())
        mapping = create_mapped_importer(renderer, find_device(-1).value_or(*target));
    if (importing)
        list->add(std::move(*importing));
    if (mapping)
        list->add(std::move(*mapping));
    return list;
}

} // namespace tarmac
