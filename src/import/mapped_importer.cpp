#include <tarmac/importer.hpp>

#include "import/landed.hpp"
#include "import/map_pixels.hpp"
#include "import/mapped_buffer.hpp"

namespace tarmac {

namespace {

class MappedImporter final : public Importer {
public:
    MappedImporter(wlr_renderer* renderer, std::shared_ptr<const RendererFacts> facts, dev_t device)
        : renderer_{renderer}
        , facts_{std::move(facts)}
        , formats_{readable_formats(*facts_)}
        , device_{device} {}

    const FormatSet& formats() const noexcept override { return formats_; }
    dev_t device() const noexcept override { return device_; }
    bool imports() const noexcept override { return false; }
    std::string_view way() const noexcept override { return "mapped"; }

    Result<Landed> land(std::shared_ptr<const Dmabuf> dmabuf) override {
        const auto way =
            decide_reading(*facts_, ImageFacts::of(*dmabuf, *facts_), Colors::of(*dmabuf));
        if (!way)
            return std::unexpected(way.error());
        return Mapping::create(std::move(dmabuf)).transform([](Mapping&& mapping) {
            const std::uint64_t bytes = mapping.size_in_bytes();
            return Landed{{}, std::make_shared<Mapping>(std::move(mapping)), bytes};
        });
    }

private:
    Result<Texture> import_dmabuf(std::shared_ptr<const Dmabuf> dmabuf,
                                  const Update& update) override {
        auto pixels = map_pixels(dmabuf, *facts_);
        if (!pixels)
            return std::unexpected(pixels.error());
        if (update.previous) {
            const MappedBuffer* previous = MappedBuffer::from(update.previous->buffer());
            if (previous)
                (*pixels)->start_from(*previous->pixels, update.damage);
        }
        const std::uint64_t bytes = (*pixels)->size_in_bytes();
        return Texture{MappedBuffer::create(std::move(dmabuf), std::move(*pixels)), renderer_,
                       bytes};
    }

    wlr_renderer* renderer_;
    std::shared_ptr<const RendererFacts> facts_;
    FormatSet formats_;
    dev_t device_;
};

} // namespace

Result<std::unique_ptr<Importer>> create_mapped_importer(wlr_renderer* renderer, dev_t device) {
    auto facts = RendererFacts::of(renderer);
    if (facts->reads.empty())
        return fail(Fault::NotAvailable, "the renderer reads no pixels from memory");
    return std::make_unique<MappedImporter>(renderer, std::move(facts), device);
}

} // namespace tarmac
