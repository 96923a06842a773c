#pragma once

#include <memory>
#include <tarmac/linux_dmabuf.hpp>

#include "c/importer.hpp"

struct tarmac_linux_dmabuf {
    std::unique_ptr<tarmac_importer> own_importer; ///< unless the caller has one
    tarmac_importer* importer;
    tarmac::LinuxDmabuf global;
};
