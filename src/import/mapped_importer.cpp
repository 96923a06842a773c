#include <algorithm>
#include <linux/dma-buf.h>
#include <span>
#include <tarmac/importer.hpp>

#include "import/copy_buffer.hpp"
#include "import/landed.hpp"
#include "ready/at_once.hpp"
#include "ready/fence_watch.hpp"

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
        const Colors colors = Colors::of(*dmabuf);
        if (const auto way = decide_reading(*facts_, ImageFacts::of(*dmabuf, *facts_), colors);
            !way)
            return std::unexpected(way.error());
        if (!FenceWatch::is_idle(*dmabuf, FenceWatch::Access::Read))
            return fail_busy();
        const auto mapping = Mapping::create(dmabuf);
        if (!mapping)
            return std::unexpected(mapping.error());
        const Rendition rendition = rendition_of(*facts_, *dmabuf, colors);
        auto copy = CopyBuffer::create({dmabuf->width(), dmabuf->height()}, rendition);
        copy->show(std::move(dmabuf), rendition);
        return make(*mapping, *copy, update).transform([&] {
            const std::uint64_t bytes = CopyBuffer::size_of(copy->extent(), rendition);
            return Texture{std::move(copy), renderer_, bytes};
        });
    }

    static std::unexpected<Error> fail_busy() {
        return fail(Fault::NotReady, "somebody still writes to the dma-buf, so it can't be read "
                                     "yet: TextureBuilder::when_ready() tells when it can");
    }

    static Result<void> make(const Mapping& mapping, CopyBuffer& copy, const Update& update) {
        if (auto allocated = copy.memory()->allocate(); !allocated)
            return allocated;
        AtOnce control;
        const Region stale = start_from(update, copy, control);
        switch (render_bands(control, mapping, copy.rendition(),
                             bands_of(copy.rendition(), copy.extent(), stale), *copy.memory(),
                             copy.stride())) {
        case WorkerPool::Outcome::Done:
            return {};
        case WorkerPool::Outcome::Busy:
            return fail_busy();
        default:
            return fail(Fault::ImportFailed, "the dma-buf's exporter doesn't let it be read");
        }
    }

    /// Where `copy` then doesn't show what it should yet.
    static Region start_from(const Update& update, CopyBuffer& copy, AtOnce& control) {
        const CopyBuffer* previous =
            update.previous ? CopyBuffer::from(update.previous->buffer()) : nullptr;
        const Rect whole{0, 0, copy.width, copy.height};
        if (previous && previous->extent() == copy.extent() &&
            previous->rendition() == copy.rendition()) {
            const int dmabuf = copy.memory()->dmabuf_fd();
            if (dmabuf >= 0)
                control.sync(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
            std::copy_n(previous->memory()->data(), copy.stride() * copy.extent().height,
                        copy.memory()->data());
            if (dmabuf >= 0)
                control.sync(dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
            Region stale;
            for (const Rect& rect : update.damage)
                stale.add(clip(rect, whole));
            return stale;
        }
        return Region{whole};
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
