#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <tarmac/linux_dmabuf.hpp>
#include <vector>

#include "fuzz/connection.hpp"
#include "fuzz/content_image.hpp"
#include "support/drawn_buffer.hpp"

struct wlr_surface;

namespace fuzz {

/// A compositor in this process that draws with a renderer of wlroots'. It is made once.
class Compositor {
public:
    static Compositor& shared();

    Connection connect() { return fuzz::connect(display_); }
    void turn(std::chrono::milliseconds longest = {});

    /// nullptr if there is none of that id.
    static wlr_surface* find_surface(wl_client* client, std::uint32_t id);
    /// Its commits may wait from now on, which those of a surface without a role can't.
    static void give_role(wlr_surface* surface);

    void lose_renderer();
    void set_importers_again();
    void pause() { global_->pause(); }
    void resume() { global_->resume(); }

    /// What is seen of surfaces, each for itself before black. It is there until the next look.
    std::vector<Seen> look(const std::vector<wlr_surface*>& surfaces);

private:
    Compositor();
    void make_importers();
    std::vector<tarmac::Importer*> importers() const;

    wl_display* display_;
    wlr_renderer* renderer_;
    wlr_compositor* compositor_;
    std::unique_ptr<tarmac::Importer> importing_, mapping_;
    std::optional<tarmac::LinuxDmabuf> global_;
    /// The pictures of surfaces, one below the other.
    test::DrawnBuffer* target_;
    std::vector<std::uint32_t> pixels_;
};

} // namespace fuzz
