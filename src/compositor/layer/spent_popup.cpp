#include "compositor/layer/spent_popup.hpp"

#include "compositor/wlr_shells.hpp"

#include <string_view>

namespace tarmac::compositor {
namespace {

using namespace std::string_view_literals;

/// Called before a request reaches wlroots.
void look_at(void*, wl_protocol_logger_type type, const wl_protocol_logger_message* message) {
    if (type != WL_PROTOCOL_LOGGER_REQUEST || message->message->name != "get_popup"sv ||
        wl_resource_get_class(message->resource) != "zwlr_layer_surface_v1"sv)
        return;
    auto* popup = reinterpret_cast<wl_resource*>(message->arguments[0].o);
    wlr_layer_surface_v1* surface = wlr_layer_surface_v1_from_resource(message->resource);
    if (surface != nullptr && wl_resource_get_user_data(popup) == nullptr)
        wlr_layer_surface_v1_destroy(surface);
}

} // namespace

ProtocolLogger keep_spent_popups_off_layers(wl_display* display) {
    return ProtocolLogger{wl_display_add_protocol_logger(display, look_at, nullptr)};
}

} // namespace tarmac::compositor
