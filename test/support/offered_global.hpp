#pragma once

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <optional>
#include <string>
#include <string_view>
#include <tarmac/linux_dmabuf.hpp>
#include <vector>
#include <wayland-client.h>

#include "linux-dmabuf-v1-client-protocol.h"
#include "protocol/cases.hpp"
#include "support/dmabuf_source.hpp"
#include "support/local_compositor.hpp"
#include "support/local_renderer.hpp"
#include "wlr/wlr.hpp"

namespace test {

inline const Answer Created{Answer::Created, 0, {}}, Failed{Answer::Failed, 0, {}};

/// Takes what the real importer takes, on another device, or nothing at all.
class OtherImporter final : public tarmac::Importer {
public:
    OtherImporter(tarmac::Importer& real, dev_t device, bool declines)
        : real_{real}, device_{device}, declines_{declines} {}

    const tarmac::FormatSet& formats() const noexcept override { return real_.formats(); }
    dev_t device() const noexcept override { return device_; }
    std::string_view way() const noexcept override { return "other"; }
    unsigned asked = 0;
    std::uint64_t mapped_bytes = 0;

private:
    tarmac::Result<tarmac::Texture> import_dmabuf(std::shared_ptr<const tarmac::Dmabuf> dmabuf,
                                                  const tarmac::Update&) override {
        ++asked;
        if (declines_)
            return tarmac::fail(tarmac::Fault::ImportFailed, "declined");
        auto texture = real_.import(std::move(dmabuf));
        if (!texture || mapped_bytes == 0)
            return texture;
        wlr_texture* second = wlr_texture_from_buffer(texture->get()->renderer, texture->buffer());
        return tarmac::Texture{std::move(*texture).take_buffer(), second, mapped_bytes};
    }

    tarmac::Importer& real_;
    dev_t device_;
    bool declines_;
};

/// The global in this process, with a renderer and a dma-buf, and what its clients ask of it.
struct OfferedGlobal {
    LocalCompositor compositor;
    LocalRenderer& renderer = LocalRenderer::shared();
    tarmac::Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, CardSize);
    std::vector<std::string> imports, refusals;
    std::optional<tarmac::LinuxDmabuf> global;

    wlr_compositor* surfaces = wlr_compositor_create(compositor.display(), 6, renderer.get());

    ~OfferedGlobal() {
        // Objects of clients must not outlive the renderer that their buffers' textures are of.
        wl_display_destroy_clients(compositor.display());
        global.reset();
    }

    void offer(tarmac::LinuxDmabuf::Options options,
               std::vector<tarmac::Importer*> importers = {}) {
        if (importers.empty())
            importers = {&renderer.importer()};
        options.on_import = [this](const tarmac::Import& import) {
            imports.emplace_back(import.way);
        };
        options.on_refusal = [this](const tarmac::Refusal& refusal) {
            refusals.push_back(refusal.error.message);
        };
        auto created = tarmac::LinuxDmabuf::create(compositor.display(), surfaces, importers,
                                                   std::move(options));
        REQUIRE(created);
        global = std::move(*created);
    }
    RawClient connect(unsigned version = 6) {
        return RawClient{version, compositor.connect(), compositor.pump()};
    }
    RawClient::Params& with_plane(RawClient& client) {
        auto& params = client.create_params();
        client.add(params, dmabuf.get(), 0, 0, CardStride, DRM_FORMAT_MOD_LINEAR);
        return params;
    }
    Answer create(RawClient& client, RawClient::Params& params) {
        return client.create(params, CardWidth, CardHeight, DRM_FORMAT_XRGB8888);
    }
    /// As most clients do: the params object goes as soon as it is used.
    Answer create_immed_without_params(RawClient& client) {
        auto* params = zwp_linux_dmabuf_v1_create_params(client.dmabuf());
        zwp_linux_buffer_params_v1_add(params, dmabuf.get(), 0, 0, CardStride, 0, 0);
        wl_buffer* buffer = zwp_linux_buffer_params_v1_create_immed(params, CardWidth, CardHeight,
                                                                    DRM_FORMAT_XRGB8888, 0);
        zwp_linux_buffer_params_v1_destroy(params);
        client.round_trip();
        client.round_trip();
        wl_buffer_destroy(buffer);
        return client.connection();
    }
    Answer create_immed(RawClient& client, RawClient::Params& params) {
        return client.create_immed(params, CardWidth, CardHeight, DRM_FORMAT_XRGB8888);
    }
};

} // namespace test
