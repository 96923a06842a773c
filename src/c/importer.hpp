#pragma once

#include <memory>
#include <optional>
#include <sys/types.h>
#include <tarmac/importer.hpp>

struct tarmac_importer {
    explicit tarmac_importer(std::unique_ptr<tarmac::Importer> one) : importer{std::move(one)} {}

    std::unique_ptr<tarmac::Importer> importer;
};

namespace tarmac::c {

/// What tarmac_importer_create() makes; a `device` of 0 is none.
Result<std::unique_ptr<tarmac_importer>> create_default_importer(wlr_renderer* renderer,
                                                                 dev_t device);

} // namespace tarmac::c
