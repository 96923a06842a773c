#include "import/way_reason.hpp"

#include "dmabuf/formatted.hpp"
#include "import/decision.hpp"

namespace tarmac {

std::string reason_not_imported(const RendererFacts& facts, const Dmabuf& image) {
    if (facts.kind == RendererFacts::Kind::Pixman)
        return "the renderer is pixman, which imports nothing";
    if (facts.imports.empty())
        return "the renderer imports no dma-bufs";
    const FormatModifier pair{image.fourcc(), image.modifier()};
    if (facts.imports.contains(pair) && facts.miscolored.contains(pair))
        return formatted("the renderer imports {}, but may show it in wrong colours",
                         fourcc_name(pair.fourcc));
    auto decided = decide_import(facts, ImageFacts::of(image, facts), Colors::of(image));
    if (decided)
        return "no importer that imports took it: its driver refused, or the client named another "
               "device";
    if (!may_import(facts, pair) && facts.imports.contains(pair))
        return formatted("the renderer imports {}, but shows it further from its definition than "
                         "a conversion does",
                         fourcc_name(pair.fourcc));
    return std::move(decided.error().message);
}

} // namespace tarmac
