#include "import/map_pixels.hpp"

namespace tarmac {

Result<std::unique_ptr<MappedPixels>> map_pixels(std::shared_ptr<const Dmabuf> dmabuf,
                                                 const RendererFacts& facts) {
    const auto way = decide_reading(facts, ImageFacts::of(*dmabuf, facts), Colors::of(*dmabuf));
    if (!way)
        return std::unexpected(way.error());
    const bool is_read = reads(facts, dmabuf->format());
    return Mapping::create(std::move(dmabuf)).transform([&](Mapping&& mapping) {
        return std::make_unique<MappedPixels>(std::move(mapping), is_read);
    });
}

} // namespace tarmac
