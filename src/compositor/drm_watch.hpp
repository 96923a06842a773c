#pragma once

#include "compositor/handle.hpp"

#include <functional>
#include <libudev.h>
#include <wayland-server-core.h>

namespace tarmac::compositor {

/// Calls a function when udev tells that DRM devices have come or gone. Never where there is no
/// udev. Stays where it is in memory.
class DrmWatch {
public:
    /// `on_change` is told whether something has come.
    DrmWatch(wl_event_loop* loop, std::function<void(bool)> on_change);
    DrmWatch(const DrmWatch&) = delete;
    DrmWatch& operator=(const DrmWatch&) = delete;

private:
    void receive();

    std::function<void(bool)> on_change_;
    Handle<udev, udev_unref> udev_;
    Handle<udev_monitor, udev_monitor_unref> monitor_;
    Handle<wl_event_source, wl_event_source_remove> source_;
};

} // namespace tarmac::compositor
