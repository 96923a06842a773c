#include "inspect/report.hpp"

#include <algorithm>

namespace tarmac::inspect {

std::string title_of(const Report& report, std::size_t device) {
    const Device& named = report.devices[device];
    const auto count = std::ranges::count(report.devices, named.driver, &Device::driver);
    return count > 1 ? named.driver + " " + std::to_string(device + 1) : named.driver;
}

std::string title_of(const Report& report, const Renderer& renderer) {
    if (renderer.device)
        return renderer.name + " on " + title_of(report, *renderer.device);
    return renderer.name == "pixman" ? renderer.name : renderer.name + " on the CPU";
}

std::string title_with_memory(const Report& report, const Renderer& renderer) {
    const std::string title = title_of(report, renderer);
    return renderer.has_own_memory ? title + " (own memory)" : title;
}

} // namespace tarmac::inspect
