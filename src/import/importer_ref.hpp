#pragma once

#include <memory>
#include <tarmac/importer.hpp>
#include <vector>

namespace tarmac {

/// An importer of the embedder's, who may destroy it.
class ImporterRef {
public:
    ImporterRef(Importer* importer) : importer_{importer}, life_{importer->life()} {}

    /// nullptr once it is gone.
    Importer* get() const noexcept { return life_.expired() ? nullptr : importer_; }

private:
    Importer* importer_;
    std::weak_ptr<const void> life_;
};

/// Those that are there.
inline std::vector<Importer*> living(const std::vector<ImporterRef>& importers) {
    std::vector<Importer*> result;
    for (const ImporterRef& reference : importers) {
        if (Importer* importer = reference.get())
            result.push_back(importer);
    }
    return result;
}

} // namespace tarmac
