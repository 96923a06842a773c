#include "c/importer.hpp"

#include <tarmac/importer_list.hpp>
#include <tarmac/tarmac.h>

#include "c/catching.hpp"
#include "wlr/wlr.hpp"

namespace {

using tarmac::Importer;
using tarmac::Result;

Result<std::unique_ptr<tarmac_importer>> wrapped(Result<std::unique_ptr<Importer>> importer) {
    return std::move(importer).transform(
        [](auto&& made) { return std::make_unique<tarmac_importer>(std::move(made)); });
}

std::optional<dev_t> device_or_none(dev_t device) {
    return device != 0 ? std::optional{device} : std::nullopt;
}

} // namespace

namespace tarmac::c {

Result<std::unique_ptr<tarmac_importer>> create_default_importer(wlr_renderer* renderer,
                                                                 dev_t device) {
    return wrapped(create_importer(renderer, device_or_none(device)));
}

} // namespace tarmac::c

extern "C" {

dev_t tarmac_find_device(int drm_fd, tarmac_error* error) {
    dev_t found = 0;
    tarmac::c::done(error, [&] {
        return tarmac::find_device(drm_fd).transform([&](dev_t device) { found = device; });
    });
    return found;
}

tarmac_importer* tarmac_importer_create(wlr_renderer* renderer, dev_t device, tarmac_error* error) {
    return tarmac::c::created(error,
                              [&] { return tarmac::c::create_default_importer(renderer, device); });
}

tarmac_importer* tarmac_importer_create_for_renderer(wlr_renderer* renderer, dev_t device,
                                                     tarmac_error* error) {
    return tarmac::c::created(error, [&] {
        return wrapped(tarmac::create_renderer_importer(renderer, device_or_none(device)));
    });
}

tarmac_importer* tarmac_importer_create_mapped(wlr_renderer* renderer, dev_t device,
                                               tarmac_error* error) {
    return tarmac::c::created(error, [&] {
        const auto told = device != 0 ? Result<dev_t>{device}
                                      : tarmac::find_device(wlr_renderer_get_drm_fd(renderer));
        return told.and_then(
            [&](dev_t known) { return wrapped(tarmac::create_mapped_importer(renderer, known)); });
    });
}

tarmac_importer* tarmac_importer_create_list(tarmac_importer* const* importers, size_t n_importers,
                                             tarmac_error* error) {
    return tarmac::c::created(error, [&] {
        auto list = std::make_unique<tarmac::ImporterList>();
        for (tarmac_importer* member : std::span{importers, n_importers})
            list->add(*member->importer);
        return wrapped(std::move(list));
    });
}

void tarmac_importer_destroy(tarmac_importer* importer) {
    delete importer;
}

dev_t tarmac_importer_get_device(const tarmac_importer* importer) {
    return importer->importer->device();
}

bool tarmac_importer_add_formats(const tarmac_importer* importer, wlr_drm_format_set* set) {
    return tarmac::add_formats(*set, importer->importer->formats());
}

bool tarmac_importer_has_format(const tarmac_importer* importer, uint32_t fourcc,
                                uint64_t modifier) {
    return importer->importer->formats().contains({fourcc, modifier});
}

} // extern "C"
