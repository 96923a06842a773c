// Linked with other_wlroots.c before the library.

#include <cstdio>
#include <tarmac/linux_dmabuf.hpp>
#include <wayland-server-core.h>

int main() {
    wl_display* display = wl_display_create();
    const auto dmabuf = tarmac::LinuxDmabuf::create(display, nullptr, {});
    wl_display_destroy(display);
    const std::string said = dmabuf ? "nothing is wrong" : dmabuf.error().message;
    std::puts(said.c_str());
    return said.contains("two versions of wlroots") ? 0 : 1;
}
