#pragma once

#include <optional>
#include <ranges>
#include <tarmac/importer.hpp>
#include <type_traits>

namespace tarmac {

/// What `import` makes with the first of `importers` that has `pair` and takes the image. Otherwise
/// why the last one didn't, but NotReady if any said so. Nothing if none has `pair`.
template <std::ranges::input_range Importers, class Import>
auto ask_in_order(Importers&& importers, FormatModifier pair, Import&& import)
    -> std::optional<std::invoke_result_t<Import&, Importer&>> {
    std::optional<std::invoke_result_t<Import&, Importer&>> made;
    for (Importer* importer : importers) {
        if (!importer->formats().contains(pair))
            continue;
        auto next = import(*importer);
        if (next || !made || made->error().fault != Fault::NotReady)
            made = std::move(next);
        if (*made)
            break;
    }
    return made;
}

} // namespace tarmac
