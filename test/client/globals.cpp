// What the compositor offers, and to whom.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <filesystem>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "dmabuf/formatted.hpp"
#include "security-context-v1-client-protocol.h"
#include "support/stages.hpp"

using namespace test;
using tarmac::Fd;

namespace {

const std::vector<std::string> ForAll = {
    "ext_idle_notifier_v1",
    "wl_compositor",
    "wl_data_device_manager",
    "wl_fixes",
    "wl_output",
    "wl_seat",
    "wl_shm",
    "wl_subcompositor",
    "wp_alpha_modifier_v1",
    "wp_color_representation_manager_v1",
    "wp_content_type_manager_v1",
    "wp_cursor_shape_manager_v1",
    "wp_fractional_scale_manager_v1",
    "wp_presentation",
    "wp_single_pixel_buffer_manager_v1",
    "wp_viewporter",
    "xdg_activation_v1",
    "xdg_toplevel_icon_manager_v1",
    "xdg_wm_base",
    "xdg_wm_dialog_v1",
    "zwp_idle_inhibit_manager_v1",
    "zwp_linux_dmabuf_v1",
    "zwp_pointer_constraints_v1",
    "zwp_primary_selection_device_manager_v1",
    "zwp_relative_pointer_manager_v1",
    "zwp_text_input_manager_v3",
    "zxdg_decoration_manager_v1",
    "zxdg_exporter_v1",
    "zxdg_exporter_v2",
    "zxdg_importer_v1",
    "zxdg_importer_v2",
    "zxdg_output_manager_v1",
};

/// Not for clients in a security context.
const std::vector<std::string> Privileged = {
    "ext_data_control_manager_v1",
    "ext_foreign_toplevel_image_capture_source_manager_v1",
    "ext_foreign_toplevel_list_v1",
    "ext_image_copy_capture_manager_v1",
    "ext_output_image_capture_source_manager_v1",
    "wp_security_context_manager_v1",
    "zwlr_data_control_manager_v1",
    "zwlr_layer_shell_v1",
    "zwlr_output_power_manager_v1",
    "zwlr_screencopy_manager_v1",
    "zwlr_virtual_pointer_manager_v1",
    "zwp_input_method_manager_v2",
    "zwp_virtual_keyboard_manager_v1",
};

/// What depends on the renderer and its device.
const std::vector<std::string> Dependent = {"wp_color_manager_v1",
                                            "wp_linux_drm_syncobj_manager_v1"};

std::vector<std::string> offered_to(const RawClient& client) {
    std::vector<std::string> globals = client.globals();
    std::ranges::sort(globals);
    std::erase_if(globals,
                  [](const std::string& name) { return std::ranges::contains(Dependent, name); });
    return globals;
}

/// Through which clients come into a security context.
class SandboxSocket {
public:
    explicit SandboxSocket(RawClient& client) {
        REQUIRE(pipe(ends_) == 0);
        address_ = {.sun_family = AF_UNIX, .sun_path = {}};
        std::filesystem::remove(path_);
        path_.copy(address_.sun_path, path_.size());
        const Fd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        REQUIRE(bind(socket.get(), reinterpret_cast<sockaddr*>(&address_), sizeof address_) == 0);
        REQUIRE(listen(socket.get(), 1) == 0);
        auto* manager = static_cast<wp_security_context_manager_v1*>(
            client.bind_global(&wp_security_context_manager_v1_interface, 1));
        wp_security_context_v1* context =
            wp_security_context_manager_v1_create_listener(manager, socket.get(), ends_[0]);
        wp_security_context_v1_set_sandbox_engine(context, "org.example.test");
        wp_security_context_v1_commit(context);
        wp_security_context_v1_destroy(context);
        wp_security_context_manager_v1_destroy(manager);
        REQUIRE(client.round_trip());
    }
    ~SandboxSocket() {
        close(ends_[0]);
        close(ends_[1]);
        std::filesystem::remove(path_);
    }
    SandboxSocket(const SandboxSocket&) = delete;
    SandboxSocket& operator=(const SandboxSocket&) = delete;

    Fd connect() const {
        Fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        REQUIRE(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address_),
                          sizeof address_) == 0);
        return fd;
    }

private:
    const std::string path_ = std::filesystem::temp_directory_path() /
                              tarmac::formatted("tarmac-test-{}.socket", getpid());
    int ends_[2];
    sockaddr_un address_;
};

} // namespace

TEST_CASE("clients are offered what is known here, and no more") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    INFO(renderer);
    CompositorProcess compositor{{}, stage_of(renderer)};
    const RawClient client = compositor.connect(6);
    std::vector<std::string> expected = ForAll;
    std::ranges::copy(Privileged, std::back_inserter(expected));
    std::ranges::sort(expected);
    CHECK(offered_to(client) == expected);
    // Colours other than sRGB, where they can be drawn.
    CHECK(std::ranges::contains(client.globals(), std::string{"wp_color_manager_v1"}) ==
          (renderer == "vulkan"));
}

TEST_CASE("clients in a security context aren't offered what concerns others") {
    CompositorProcess compositor;
    RawClient outside = compositor.connect(6);
    const SandboxSocket sandbox{outside};
    const RawClient inside{6, sandbox.connect()};
    std::vector<std::string> expected = ForAll;
    std::ranges::sort(expected);
    CHECK(offered_to(inside) == expected);
}

TEST_CASE("wl_drm is offered to old clients where that is asked for") {
    CompositorProcess compositor{{"--wl-drm"}};
    const RawClient client = compositor.connect(6);
    CHECK(std::ranges::contains(client.globals(), std::string{"wl_drm"}));
}
