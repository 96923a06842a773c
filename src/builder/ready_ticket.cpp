#include <optional>
#include <tarmac/texture_builder.hpp>
#include <utility>

#include "ready/fence_watch.hpp"
#include "wlr/listener.hpp"

namespace tarmac {

struct ReadyTicket::Wait {
    std::optional<FenceWatch> watch; ///< while there is an event loop
    FenceWatch::Ticket fences;
    Listener loop_gone;

    explicit Wait(wl_event_loop* loop) : watch{std::in_place, loop} {
        wl_event_loop_add_destroy_listener(loop, loop_gone.prepare([this] {
            loop_gone.disconnect();
            fences = {};
            watch.reset();
        }));
    }
};

ReadyTicket::ReadyTicket(std::unique_ptr<Wait> wait) noexcept : wait_{std::move(wait)} {}
ReadyTicket::ReadyTicket(ReadyTicket&&) noexcept = default;
ReadyTicket& ReadyTicket::operator=(ReadyTicket&&) noexcept = default;
ReadyTicket::~ReadyTicket() = default;

Result<ReadyTicket> TextureBuilder::when_ready(wl_event_loop* loop,
                                               std::function<void()> ready) const {
    return build_dmabuf().and_then([&](const Dmabuf& image) -> Result<ReadyTicket> {
        auto wait = std::make_unique<ReadyTicket::Wait>(loop);
        auto fences = wait->watch->await(image, FenceWatch::Access::Read, std::move(ready));
        if (!fences)
            return std::unexpected(fences.error());
        wait->fences = std::move(*fences);
        return ReadyTicket{std::move(wait)};
    });
}

} // namespace tarmac
