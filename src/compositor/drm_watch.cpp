#include "compositor/drm_watch.hpp"

#include "wlr/guard.hpp"

#include <cstdint>
#include <string_view>

namespace tarmac::compositor {

DrmWatch::DrmWatch(wl_event_loop* loop, std::function<void(bool)> on_change)
    : on_change_{std::move(on_change)}
    , udev_{udev_new()} // Not from the kernel, which tells before anybody but root may open a node.
    , monitor_{udev_ ? udev_monitor_new_from_netlink(udev_.get(), "udev") : nullptr} {
    if (!monitor_ ||
        udev_monitor_filter_add_match_subsystem_devtype(monitor_.get(), "drm", "drm_minor") < 0 ||
        udev_monitor_enable_receiving(monitor_.get()) < 0)
        return;
    source_.reset(wl_event_loop_add_fd(
        loop, udev_monitor_get_fd(monitor_.get()), WL_EVENT_READABLE,
        [](int, std::uint32_t, void* self) {
            guard([&] { static_cast<DrmWatch*>(self)->receive(); });
            return 0;
        },
        this));
}

void DrmWatch::receive() {
    const Handle<udev_device, udev_device_unref> device{
        udev_monitor_receive_device(monitor_.get())};
    const char* action = device ? udev_device_get_action(device.get()) : nullptr;
    if (action == nullptr)
        return;
    const std::string_view name{action};
    if (name == "add" || name == "remove")
        on_change_(name == "add");
}

} // namespace tarmac::compositor
