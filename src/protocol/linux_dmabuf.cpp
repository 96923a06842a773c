#include <algorithm>
#include <tarmac/linux_dmabuf.hpp>

#include "protocol/linux_dmabuf_state.hpp"

namespace tarmac {

Result<LinuxDmabuf> LinuxDmabuf::create(wl_display* display, Importer& importer) {
    return create(display, importer, Options{});
}

Result<LinuxDmabuf> LinuxDmabuf::create(wl_display* display, Importer& importer, Options options) {
    options.version = std::clamp(options.version, 1u, MaxVersion);
    if (!options.feedback) {
        auto feedback = Feedback::create(
            importer.device(), {{importer.device(), TrancheFlags::Sampling, importer.formats()}});
        if (!feedback)
            return std::unexpected(feedback.error());
        options.feedback = std::move(*feedback);
    }
    auto state = std::make_shared<State>(importer, std::move(options));
    if (auto announced = state->announce(display); !announced)
        return std::unexpected(announced.error());
    return LinuxDmabuf{std::move(state)};
}

LinuxDmabuf::LinuxDmabuf(std::shared_ptr<State> state) noexcept : state_{std::move(state)} {}
LinuxDmabuf::LinuxDmabuf(LinuxDmabuf&&) noexcept = default;
LinuxDmabuf& LinuxDmabuf::operator=(LinuxDmabuf&&) noexcept = default;
LinuxDmabuf::~LinuxDmabuf() = default;

void LinuxDmabuf::set_default_feedback(std::shared_ptr<const Feedback> feedback) {
    state_->set_default_feedback(std::move(feedback));
}

void LinuxDmabuf::set_surface_feedback(wl_resource* surface,
                                       std::shared_ptr<const Feedback> feedback) {
    state_->set_surface_feedback(surface, std::move(feedback));
}

} // namespace tarmac
