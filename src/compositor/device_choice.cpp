#include "compositor/device_choice.hpp"

#include <algorithm>
#include <cstdlib>
#include <ranges>

#include "dmabuf/formatted.hpp"

namespace tarmac::compositor {
namespace {

constexpr const char* RenderNode = "WLR_RENDER_DRM_DEVICE";
constexpr const char* Cards = "WLR_DRM_DEVICES";

void request_renderer(const std::string& name) {
    if (name == "auto")
        return;
    setenv("WLR_RENDERER", name.c_str(), 1);
    // Whoever names a renderer takes it as it is, unless the environment says otherwise.
    setenv("WLR_RENDERER_ALLOW_SOFTWARE", "1", 0);
}

#if WLR_HAS_DRM_BACKEND
bool shows_on_drm(wlr_backend* backend) {
    bool found = false;
    wlr_multi_for_each_backend(
        backend,
        [](wlr_backend* child, void* data) {
            *static_cast<bool*>(data) |= wlr_backend_is_drm(child);
        },
        &found);
    return found;
}
#else
bool shows_on_drm(wlr_backend*) {
    return false;
}
#endif

std::vector<std::string> places_of_named_cards() {
    std::vector<std::string> places;
    const char* named = getenv(Cards);
    if (named == nullptr)
        return places;
    for (const auto& path : std::string_view{named} | std::views::split(':'))
        places.push_back(device_place(std::string{std::string_view{path}}));
    return places;
}

} // namespace

std::expected<DeviceChoice, std::string> DeviceChoice::create(const Options& options) {
    DeviceChoice choice;
    choice.renderer_ = options.renderer;
    request_renderer(options.renderer);
    if (!options.drm_device.empty()) {
        auto node = DrmNode::open(options.drm_device);
        if (!node)
            return std::unexpected(node.error());
        if (!node->is_render)
            setenv(Cards, node->path.c_str(), 1);
        choice.node_ = std::move(*node);
    }
    choice.card_places_ = places_of_named_cards();
    return choice;
}

std::expected<void, std::string> DeviceChoice::choose_render_node(wlr_backend* backend) const {
    if (!node_ || (!node_->is_render && shows_on_drm(backend)))
        return {};
    if (node_->render_path.empty()) {
        return std::unexpected(
            formatted("{} has no render node, and without the DRM backend only those are of use.",
                      node_->path));
    }
    setenv(RenderNode, node_->render_path.c_str(), 1);
    return {};
}

void DeviceChoice::follow(const std::string& place) const {
    const std::string node = render_node_in(place);
    if (getenv(RenderNode) != nullptr && !node.empty())
        setenv(RenderNode, node.c_str(), 1);
}

bool DeviceChoice::allows(const std::string& place) const {
    if (names_cards())
        return std::ranges::contains(card_places_, place);
    return !node_ || node_->place == place;
}

bool DeviceChoice::is_any_there() const {
    if (names_cards())
        return std::ranges::any_of(card_places_, has_nodes_in);
    return !node_ || has_nodes_in(node_->place);
}

std::optional<int> DeviceChoice::render_fd() const noexcept {
    return node_ && node_->fd ? std::optional{node_->fd.get()} : std::nullopt;
}

bool DeviceChoice::drop_unplugged() {
    if (!node_ || !is_unplugged(node_->fd.get()))
        return false;
    node_->fd = {};
    return true;
}

bool DeviceChoice::open_returned() {
    if (!node_ || !node_->is_render || node_->fd)
        return false;
    auto returned = DrmNode::open(render_node_in(node_->place));
    if (returned)
        node_ = std::move(*returned);
    return returned.has_value();
}

} // namespace tarmac::compositor
