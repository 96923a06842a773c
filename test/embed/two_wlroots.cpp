// Linked with other_wlroots.c before the library.

#include <cstdio>
#include <tarmac/linux_dmabuf.hpp>
#include <wayland-server-core.h>

extern "C" void* wlr_compositor_create();

namespace {

bool is_noticed(const auto& made) {
    const std::string said = made ? "nothing is wrong" : made.error().message;
    std::puts(said.c_str());
    return said.contains("two versions of wlroots");
}

} // namespace

int main() {
    // Linkers leave out what isn't called.
    wlr_compositor_create();
    // A renderer of the other version's
    if (!is_noticed(tarmac::create_importer(nullptr)))
        return 1;
    wl_display* display = wl_display_create();
    const bool is_right = is_noticed(tarmac::LinuxDmabuf::create(display, nullptr, {}));
    wl_display_destroy(display);
    return is_right ? 0 : 1;
}
