#include "c/linux_dmabuf.hpp"

#include <string>
#include <tarmac/tarmac.h>
#include <utility>

#include "c/catching.hpp"
#include "c/feedback.hpp"
#include "c/options.hpp"

using tarmac::LinuxDmabuf;
using tarmac::Result;

namespace {

Result<std::unique_ptr<tarmac_linux_dmabuf>> create(wl_display* display, wlr_compositor* compositor,
                                                    wlr_renderer* renderer,
                                                    const tarmac_options& options) {
    auto wanted = tarmac::c::options_of(options);
    if (!wanted)
        return std::unexpected(wanted.error());
    std::vector<std::unique_ptr<tarmac_importer>> own;
    if (!options.importer) {
        auto made = tarmac::c::create_default_importer(renderer, options.device);
        if (!made)
            return std::unexpected(made.error());
        own.push_back(std::move(*made));
    }
    tarmac_importer* importer = options.importer ? options.importer : own.back().get();
    auto global = LinuxDmabuf::create(display, compositor, *importer->importer, std::move(*wanted));
    if (!global)
        return std::unexpected(global.error());
    return std::unique_ptr<tarmac_linux_dmabuf>{
        new tarmac_linux_dmabuf{std::move(own), importer, std::move(*global)}};
}

/// While it lives, `importer` is the global's; afterwards, if that has taken it. Whoever hears of
/// the change finds it, and may replace it within that, upon which the last one stays.
class Replacement {
public:
    Replacement(tarmac_linux_dmabuf& dmabuf, tarmac_importer& importer)
        : dmabuf_{dmabuf}
        , before_{std::exchange(dmabuf.importer, &importer)}
        , number_{++dmabuf.n_replacements} {
        ++dmabuf.n_replacing;
    }
    Replacement(const Replacement&) = delete;
    Replacement& operator=(const Replacement&) = delete;
    ~Replacement() {
        --dmabuf_.n_replacing;
        if (!is_taken && number_ == dmabuf_.n_replacements)
            dmabuf_.importer = before_;
    }

    bool is_taken = false;

private:
    tarmac_linux_dmabuf& dmabuf_;
    tarmac_importer* before_;
    unsigned number_;
};

Result<void> replace_importer(tarmac_linux_dmabuf& dmabuf, tarmac_importer& importer,
                              std::unique_ptr<tarmac_importer> own) {
    if (dmabuf.n_replacing == 0)
        std::erase_if(dmabuf.own_importers,
                      [&](const auto& former) { return former.get() != dmabuf.importer; });
    if (own)
        dmabuf.own_importers.push_back(std::move(own));
    Replacement replacement{dmabuf, importer};
    auto result = dmabuf.global.set_importers(*importer.importer);
    replacement.is_taken = result.has_value();
    return result;
}

} // namespace

extern "C" {

tarmac_linux_dmabuf* tarmac_linux_dmabuf_create(wl_display* display, wlr_compositor* compositor,
                                                wlr_renderer* renderer,
                                                const tarmac_options* options,
                                                tarmac_error* error) {
    return tarmac::c::created(error, [&] {
        auto known = options ? tarmac::c::as_known_here(*options, "tarmac_options")
                             : Result<tarmac_options>{};
        return known.and_then(
            [&](const tarmac_options& all) { return create(display, compositor, renderer, all); });
    });
}

void tarmac_linux_dmabuf_destroy(tarmac_linux_dmabuf* dmabuf) {
    delete dmabuf;
}

wl_global* tarmac_linux_dmabuf_get_global(const tarmac_linux_dmabuf* dmabuf) {
    return dmabuf->global.global();
}

tarmac_importer* tarmac_linux_dmabuf_get_importer(tarmac_linux_dmabuf* dmabuf) {
    return dmabuf->importer;
}

bool tarmac_linux_dmabuf_set_renderer(tarmac_linux_dmabuf* dmabuf, wlr_renderer* renderer,
                                      dev_t device, tarmac_error* error) {
    return tarmac::c::done(error, [&] {
        return tarmac::c::create_default_importer(renderer, device).and_then([&](auto&& made) {
            tarmac_importer& importer = *made;
            return replace_importer(*dmabuf, importer, std::move(made));
        });
    });
}

bool tarmac_linux_dmabuf_set_importer(tarmac_linux_dmabuf* dmabuf, tarmac_importer* importer,
                                      tarmac_error* error) {
    return tarmac::c::done(error, [&] { return replace_importer(*dmabuf, *importer, nullptr); });
}

bool tarmac_linux_dmabuf_follow(tarmac_linux_dmabuf* dmabuf, wlr_surface* surface,
                                tarmac_error* error) {
    return tarmac::c::done(error, [&] { return dmabuf->global.follow(*surface); });
}

void tarmac_linux_dmabuf_pause(tarmac_linux_dmabuf* dmabuf) {
    dmabuf->global.pause();
}

void tarmac_linux_dmabuf_resume(tarmac_linux_dmabuf* dmabuf) {
    dmabuf->global.resume();
}

bool tarmac_linux_dmabuf_offer_explicit_sync(tarmac_linux_dmabuf* dmabuf, int drm_fd,
                                             tarmac_error* error) {
    return tarmac::c::done(error, [&] { return dmabuf->global.offer_explicit_sync(drm_fd); });
}

} // extern "C"
