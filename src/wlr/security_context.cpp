#include "wlr/security_context.hpp"

#include "dmabuf/formatted.hpp"
#include "wlr/wlr.hpp"

namespace tarmac {

std::optional<std::string> sandboxed_application(wlr_security_context_manager_v1& manager,
                                                 const wl_client& client) {
    const auto* context = wlr_security_context_manager_v1_lookup_client(&manager, &client);
    // Instances of an application are no reason for it to have more.
    const char* name = !context          ? nullptr
                       : context->app_id ? context->app_id
                                         : context->instance_id;
    if (!name)
        return std::nullopt;
    return formatted("sandboxed application {} of {}", name,
                     context->sandbox_engine ? context->sandbox_engine : "an unnamed engine");
}

} // namespace tarmac
