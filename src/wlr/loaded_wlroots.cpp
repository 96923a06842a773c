#include "wlr/loaded_wlroots.hpp"

#include <dlfcn.h>

#include "dmabuf/formatted.hpp"
#include "wlr/wlr.hpp"

extern "C" {
#include <wlr/version.h>
}

namespace tarmac {

namespace {

struct Place {
    const void* start = nullptr; ///< of the library or program; nullptr if nobody knows
    std::string_view name = "a program";
};

Place place_of(const void* function) noexcept {
    Dl_info info;
    if (dladdr(function, &info) == 0 || !info.dli_fname)
        return {};
    return {info.dli_fbase, info.dli_fname};
}

} // namespace

Result<void> check_loaded_wlroots() {
    // Only the newer one of two has it, both have the other function, and the program's own comes
    // first.
    const Place newest = place_of(reinterpret_cast<const void*>(&wlr_version_get_minor));
    const Place used = place_of(reinterpret_cast<const void*>(&wlr_compositor_create));
    if (newest.start != used.start)
        return fail(Fault::NotAvailable,
                    formatted("the process has two versions of wlroots, {} and {}: link it with "
                              "wlroots {}.{}, as libtarmac is",
                              used.name, newest.name, WLR_VERSION_MAJOR, WLR_VERSION_MINOR));
    if (wlr_version_get_major() != WLR_VERSION_MAJOR ||
        wlr_version_get_minor() != WLR_VERSION_MINOR)
        return fail(Fault::NotAvailable,
                    formatted("wlroots {}.{} is loaded, and libtarmac was built for {}.{}",
                              wlr_version_get_major(), wlr_version_get_minor(), WLR_VERSION_MAJOR,
                              WLR_VERSION_MINOR));
    return {};
}

} // namespace tarmac
