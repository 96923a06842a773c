#pragma once

#include <list>
#include <string>
#include <vector>

#include "support/client_surface.hpp"
#include "support/compositor_process.hpp"
#include "support/window.hpp"

namespace bench {

/// A client that floods a compositor, and another one whose pictures must go on meanwhile. Each
/// flood ends when its last picture was shown, and fails the test unless it was.
class Flood {
public:
    explicit Flood(test::CompositorProcess& compositor);

    struct Kind {
        const char* name;
        void (Flood::*send)();
        bool needs_video = false; ///< that the compositor takes NV12
    };
    static const std::vector<Kind>& kinds();

    bool takes_video();

private:
    void send_busy_buffer();
    void send_restless_buffers();
    void send_large_images_at_once();
    void send_large_images_without_memory();
    void send_large_image_again_and_again();
    void send_large_image_to_upload();
    void send_to_synchronized_subsurface();
    void send_late_subsurfaces();

    void go_on(int pictures);
    void commit(wl_surface* surface, wl_buffer* buffer);
    /// Commits it to the window, and has the other client go on until that is shown.
    void show(wl_buffer* buffer);
    wl_buffer* make_large(const tarmac::Fd& dmabuf);
    void show_large_ones(const std::vector<tarmac::Fd>& memory, int count);

    test::RawClient client_, other_client_;
    test::Window window_, other_window_;
    test::ColorBuffer red_, green_, other_red_, other_green_;
};

} // namespace bench
