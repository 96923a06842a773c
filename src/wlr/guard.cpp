#include "wlr/guard.hpp"

#include <exception>

#include "wlr/wlr.hpp"

namespace tarmac {

void log_undone() noexcept {
    try {
        throw;
    } catch (const std::exception& error) {
        wlr_log(WLR_ERROR, "linux-dmabuf: something is left undone: %s", error.what());
    } catch (...) {
        wlr_log(WLR_ERROR, "linux-dmabuf: something is left undone");
    }
}

void post_no_memory(wl_client* client) noexcept {
    // libwayland posts to the client's wl_display, which goes first.
    constexpr std::uint32_t DisplayId = 1;
    if (wl_client_get_object(client, DisplayId))
        wl_client_post_no_memory(client);
}

} // namespace tarmac
