#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "support/compositor_process.hpp"
#include "support/patience.hpp"
#include "support/picture.hpp"

namespace test {

/// Makes Mesa draw into vgem's dma-bufs in clients that open no render node by themselves.
inline constexpr const char* DmabufMesa = "MESA_LOADER_DRIVER_OVERRIDE=kms_swrast";

/// Skips the test where `command` fails, which asks whether `what` is there.
void need(const std::string& what, const std::vector<std::string>& command);
void need_program(const std::string& name);

/// A file of this folder.
std::string clients_file(const std::string& name);

/// What the compositor at `socket` shows as soon as `is_shown(picture)`, or after half a minute
/// without that: clients say nowhere when their picture is whole.
template <class Predicate>
Picture await_picture(const std::string& socket, Predicate is_shown) {
    const auto end = std::chrono::steady_clock::now() + patience();
    for (;;) {
        Picture picture = take_screenshot(socket);
        if (is_shown(picture) || std::chrono::steady_clock::now() >= end)
            return picture;
    }
}
template <class Predicate>
Picture await_picture(const CompositorProcess& compositor, Predicate is_shown) {
    return await_picture(compositor.socket(), is_shown);
}

/// The first dma-buf of `client` that lands, as the compositor's log has it.
std::string await_import(CompositorProcess& compositor, const std::string& client);

/// Ends the compositor, which must have taken every buffer of its clients.
void end_unrefused(CompositorProcess& compositor);

} // namespace test
