#include <drm_fourcc.h>
#include <span>
#include <tarmac/importer.hpp>

#include "dmabuf/device.hpp"
#include "dmabuf/formatted.hpp"
#include "import/copy_buffer.hpp"
#include "import/landed.hpp"
#include "ready/at_once.hpp"
#include "ready/fence_watch.hpp"
#include "wlr/loaded_wlroots.hpp"
#include "wlr/renderer_ref.hpp"

namespace tarmac {

namespace {

class MappedImporter final : public Importer {
public:
    MappedImporter(wlr_renderer* renderer, std::shared_ptr<const RendererFacts> facts, dev_t device)
        : renderer_{renderer}
        , facts_{std::move(facts)}
        , formats_{formats_from(*facts_, device)}
        , device_{device}
        , takes_device_buffers_{can_map_buffers(device).value_or(true)} {}

    const FormatSet& formats() const noexcept override {
        return renderer_.get() ? formats_ : no_formats_;
    }
    dev_t device() const noexcept override { return device_; }
    bool imports() const noexcept override { return false; }
    bool takes_device_buffers() const noexcept override { return takes_device_buffers_; }
    std::string_view way() const noexcept override { return "mapped"; }
    wlr_renderer* renderer() const noexcept override { return renderer_.get(); }

    Result<Landed> land(std::shared_ptr<const Dmabuf> dmabuf) override {
        const auto way = decide(*dmabuf);
        if (!way)
            return std::unexpected(way.error());
        return Landed{.import = {}, .is_drawn_in_place = *way == Way::ReadInPlace};
    }

private:
    Result<Texture> import_dmabuf(std::shared_ptr<const Dmabuf> dmabuf,
                                  const Update& update) override {
        if (const auto way = decide(*dmabuf); !way)
            return std::unexpected(way.error());
        if (!FenceWatch::is_idle(*dmabuf, FenceWatch::Access::Read))
            return fail_busy();
        const auto mapping = Mapping::create(dmabuf);
        if (!mapping)
            return std::unexpected(mapping.error());
        const Rendition rendition = rendition_of(*facts_, *dmabuf, Colors::of(*dmabuf));
        auto copy = CopyBuffer::create({dmabuf->width(), dmabuf->height()}, rendition);
        copy->show(std::move(dmabuf), rendition);
        return make(*mapping, *copy, update).transform([&] {
            const std::uint64_t bytes = CopyBuffer::size_of(copy->extent(), rendition);
            return Texture{std::move(copy), renderer_.get(), bytes};
        });
    }

    Result<Way> decide(const Dmabuf& dmabuf) const {
        if (!renderer_.get())
            return fail(Fault::NotAvailable, "the importer's renderer is gone");
        return decide_reading(*facts_, ImageFacts::of(dmabuf, *facts_, memory_kind(dmabuf)),
                              Colors::of(dmabuf));
    }

    /// What clients leave to a GPU's driver isn't linear, so the implicit layout isn't offered for
    /// being read; who knows it of the renderer may use memory that is.
    static FormatSet formats_from(const RendererFacts& facts, dev_t device) {
        const FormatSet all = readable_formats(facts);
        if (is_linear(facts, DRM_FORMAT_MOD_INVALID) && !is_gpu(device))
            return all;
        const FormatSet imported = importable_formats(facts);
        FormatSet offered;
        for (const FormatModifier& pair : all) {
            if (pair.modifier != DRM_FORMAT_MOD_INVALID || imported.contains(pair))
                offered.add(pair);
        }
        return offered;
    }

    static std::unexpected<Error> fail_busy() {
        return fail(Fault::NotReady, "somebody still writes to the dma-buf, so it can't be read "
                                     "yet: TextureBuilder::when_ready() tells when it can");
    }

    static Result<void> make(const Mapping& mapping, CopyBuffer& copy, const Update& update) {
        const CopyBuffer* base = base_of(update, copy);
        const Rect whole{0, 0, copy.width, copy.height};
        Region stale;
        if (!base)
            stale.add(whole);
        else
            for (const Rect& rect : update.damage)
                stale.add(clip(rect, whole));
        // Told apart from what can't be read.
        if (auto allocated = copy.memory()->allocate(); !allocated)
            return allocated;
        AtOnce control;
        switch (render_bands(control, mapping, copy.rendition(),
                             bands_of(copy.rendition(), copy.extent(), stale), *copy.memory(),
                             copy.stride(), base ? base->memory().get() : nullptr)) {
        case WorkerPool::Outcome::Done:
            return {};
        case WorkerPool::Outcome::Busy:
            return fail_busy();
        default:
            return fail(Fault::ImportFailed, "the dma-buf's exporter doesn't let it be read");
        }
    }

    /// What `copy` may begin as, nullptr if there is nothing like it.
    static const CopyBuffer* base_of(const Update& update, const CopyBuffer& copy) {
        const CopyBuffer* previous =
            update.previous ? CopyBuffer::from(update.previous->buffer()) : nullptr;
        const bool is_alike = previous && previous->extent() == copy.extent() &&
                              previous->rendition() == copy.rendition();
        return is_alike ? previous : nullptr;
    }

    RendererRef renderer_;
    std::shared_ptr<const RendererFacts> facts_;
    FormatSet formats_;
    FormatSet no_formats_;
    dev_t device_;
    bool takes_device_buffers_;
};

} // namespace

Result<std::unique_ptr<Importer>> create_mapped_importer(wlr_renderer* renderer, dev_t device) {
    if (auto is_right = check_loaded_wlroots(); !is_right)
        return std::unexpected(is_right.error());
    auto facts = RendererFacts::of(renderer);
    if (facts->reads.empty())
        return fail(Fault::NotAvailable, "the renderer reads no pixels from memory");
    return std::make_unique<MappedImporter>(renderer, std::move(facts), device);
}

} // namespace tarmac
