#pragma once

#include <memory>
#include <tarmac/linux_dmabuf.hpp>
#include <vector>

#include "c/importer.hpp"

struct tarmac_linux_dmabuf {
    /// Not the caller's: the one in use, and those that it has replaced at last, which may be at
    /// work while they are replaced.
    std::vector<std::unique_ptr<tarmac_importer>> own_importers;
    tarmac_importer* importer;
    tarmac::LinuxDmabuf global;
    unsigned n_replacements = 0; ///< ever
    unsigned n_replacing = 0;    ///< of them that go on, within each other
};
