#include <tarmac/importer.hpp>

#include "dmabuf/formatted.hpp"
#include "import/decision.hpp"
#include "import/imported_buffer.hpp"
#include "import/landed.hpp"
#include "wlr/loaded_wlroots.hpp"
#include "wlr/renderer_ref.hpp"

namespace tarmac {

namespace {

class RendererImporter final : public Importer {
public:
    RendererImporter(wlr_renderer* renderer, std::shared_ptr<const RendererFacts> facts,
                     dev_t device)
        : renderer_{renderer}
        , facts_{std::move(facts)}
        , formats_{importable_formats(*facts_)}
        , device_{device} {}

    const FormatSet& formats() const noexcept override {
        return renderer_.get() ? formats_ : no_formats_;
    }
    dev_t device() const noexcept override { return device_; }
    bool imports() const noexcept override { return true; }
    std::string_view way() const noexcept override { return "renderer"; }
    wlr_renderer* renderer() const noexcept override { return renderer_.get(); }

    /// Surfaces have their textures of wlroots, which finds there what is made here.
    Result<Landed> land(std::shared_ptr<const Dmabuf> dmabuf) override {
        return make(std::move(dmabuf)).transform([](Made&& made) {
            return Landed{.import = std::move(made.buffer)};
        });
    }

private:
    struct Made {
        BufferPtr buffer;
        std::unique_ptr<wlr_texture, decltype(&wlr_texture_destroy)> texture;
    };

    Result<Texture> import_dmabuf(std::shared_ptr<const Dmabuf> dmabuf, const Update&) override {
        return make(std::move(dmabuf)).transform([](Made&& made) {
            Texture texture{std::move(made.buffer), made.texture.get()};
            static_cast<void>(made.texture.release());
            return texture;
        });
    }

    Result<Made> make(std::shared_ptr<const Dmabuf> dmabuf) {
        if (!renderer_.get())
            return fail(Fault::NotAvailable, "the importer's renderer is gone");
        const Dmabuf& image = *dmabuf;
        const auto decided =
            decide_import(*facts_, ImageFacts::of(image, *facts_), Colors::of(image));
        if (!decided)
            return std::unexpected(decided.error());
        auto buffer = ImportedBuffer::create(std::move(dmabuf));
        std::unique_ptr<wlr_texture, decltype(&wlr_texture_destroy)> texture{
            wlr_texture_from_buffer(renderer_.get(), buffer.get()), wlr_texture_destroy};
        if (!texture)
            return fail(Fault::ImportFailed,
                        formatted("the renderer can't import this {}x{} {} dma-buf with modifier "
                                  "{}",
                                  image.width(), image.height(), fourcc_name(image.fourcc()),
                                  modifier_name(image.modifier())));
        return Made{std::move(buffer), std::move(texture)};
    }

    RendererRef renderer_;
    std::shared_ptr<const RendererFacts> facts_;
    FormatSet formats_;
    FormatSet no_formats_;
    dev_t device_;
};

} // namespace

Result<std::unique_ptr<Importer>> create_renderer_importer(wlr_renderer* renderer,
                                                           std::optional<dev_t> device) {
    if (auto is_right = check_loaded_wlroots(); !is_right)
        return std::unexpected(is_right.error());
    auto facts = RendererFacts::of(renderer);
    if (facts->imports.empty())
        return fail(Fault::NotAvailable, "the renderer imports no dma-bufs");
    const auto target =
        device ? Result<dev_t>{*device} : find_device(wlr_renderer_get_drm_fd(renderer));
    if (!target)
        return std::unexpected(target.error());
    return std::make_unique<RendererImporter>(renderer, std::move(facts), *target);
}

} // namespace tarmac
