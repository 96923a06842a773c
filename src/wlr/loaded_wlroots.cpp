#include "wlr/loaded_wlroots.hpp"

#include <link.h>

#include "dmabuf/formatted.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

/// The names of the libraries of wlroots that are loaded; none where it is part of the program.
std::vector<std::string> loaded_libraries() {
    std::vector<std::string> names;
    const auto look = [](dl_phdr_info* info, std::size_t, void* found) {
        std::string_view name = info->dlpi_name ? info->dlpi_name : "";
        name.remove_prefix(name.rfind('/') + 1);
        if (name.starts_with("libwlroots-"))
            static_cast<std::vector<std::string>*>(found)->emplace_back(name);
        return 0;
    };
    dl_iterate_phdr(look, &names);
    return names;
}

} // namespace

Result<void> check_loaded_wlroots() {
    const auto names = loaded_libraries();
    if (names.size() > 1)
        return fail(Fault::NotAvailable,
                    formatted("the process has two versions of wlroots, {} and {}: link it with "
                              "wlroots {}.{}, as libtarmac is",
                              names[0], names[1], WLR_VERSION_MAJOR, WLR_VERSION_MINOR));
#if TARMAC_WLROOTS_SINCE(20)
    if (wlr_version_get_major() != WLR_VERSION_MAJOR ||
        wlr_version_get_minor() != WLR_VERSION_MINOR)
        return fail(Fault::NotAvailable,
                    formatted("wlroots {}.{} is loaded, and libtarmac was built for {}.{}",
                              wlr_version_get_major(), wlr_version_get_minor(), WLR_VERSION_MAJOR,
                              WLR_VERSION_MINOR));
#endif
    return {};
}

std::string wlroots_version() {
#if TARMAC_WLROOTS_SINCE(20)
    return formatted("{}.{}.{}", wlr_version_get_major(), wlr_version_get_minor(),
                     wlr_version_get_micro());
#else
    return WLR_VERSION_STR;
#endif
}

} // namespace tarmac
