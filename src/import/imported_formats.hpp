#pragma once

#include <span>
#include <tarmac/importer.hpp>

namespace tarmac {

/// What `importers` import, rather than map and read: formats whose buffers an output can be given.
inline FormatSet imported_formats(std::span<Importer* const> importers) {
    FormatSet formats;
    for (const Importer* importer : importers) {
        if (!importer->imports())
            continue;
        for (const FormatModifier& pair : importer->formats())
            formats.add(pair);
    }
    return formats;
}

} // namespace tarmac
