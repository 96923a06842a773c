// The renderer may be lost at any moment: between all that is done, and within an import.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <list>
#include <memory>
#include <optional>

#include "import/landed.hpp"
#include "linux-dmabuf-v1-client-protocol.h"
#include "support/client_surface.hpp"
#include "support/fake_writer.hpp"
#include "support/sanitizer.hpp"
#include "support/surface_role.hpp"
#include "support/tried.hpp"

using namespace test;
using namespace std::chrono_literals;

namespace {

/// What is lost, and what takes its place.
struct Loss {
    Drawing before, after;
    int times; ///< one step after the other
};

/// Imports with another one, and tells before and after each import.
class WatchedImporter final : public tarmac::Importer {
public:
    WatchedImporter(tarmac::Importer& inner, std::function<void()> step)
        : inner_{inner}, step_{std::move(step)} {}

    const tarmac::FormatSet& formats() const noexcept override { return inner_.formats(); }
    dev_t device() const noexcept override { return inner_.device(); }
    bool imports() const noexcept override { return inner_.imports(); }
    bool takes_device_buffers() const noexcept override { return inner_.takes_device_buffers(); }
    std::string_view way() const noexcept override { return inner_.way(); }
    wlr_renderer* renderer() const noexcept override { return inner_.renderer(); }
    tarmac::Result<tarmac::Landed> land(std::shared_ptr<const tarmac::Dmabuf> image) override {
        step_();
        auto landed = inner_.land(std::move(image));
        step_();
        return landed;
    }

private:
    tarmac::Result<tarmac::Texture> import_dmabuf(std::shared_ptr<const tarmac::Dmabuf> image,
                                                  const tarmac::Update& update) override {
        return inner_.import(std::move(image), update);
    }

    tarmac::Importer& inner_;
    std::function<void()> step_;
};

/// A renderer, and what imports for it.
struct Stand {
    Stand(Drawing drawing, const std::function<void()>& step) {
        // Of Mesa's there can't be dozens in a process.
        if (drawing == Drawing::Pixman)
            own.emplace(drawing);
        drawer = own ? &*own : &Drawer::shared(drawing);
        for (tarmac::Importer* importer : drawer->importers())
            importers.emplace_back(*importer, step);
    }
    std::vector<tarmac::Importer*> borrowed() {
        std::vector<tarmac::Importer*> all;
        for (WatchedImporter& importer : importers)
            all.push_back(&importer);
        return all;
    }

    std::optional<Drawer> own;
    Drawer* drawer;
    std::list<WatchedImporter> importers;
};

/// A compositor whose renderer is lost at the `n`th step and those after it.
class Stage {
public:
    Stage(const Loss& loss, int n) : shell{loss.before}, loss_{loss}, n_until_loss_{n} {
        draw_with(loss.before);
        shell.before_turn = [this] {
            // An importer at work had to live until it was done.
            while (stands_.size() > 1)
                stands_.pop_front();
            step();
        };
        shell.after_turn = [this] { step(); };
    }
    ~Stage() {
        shell.before_turn = shell.after_turn = nullptr;
        shell.clients.clear();
        wl_display_destroy_clients(shell.compositor->display());
        shell.global.reset();
    }

    LocalShell shell;

    bool has_come() const { return n_until_loss_ < 0; }
    bool awaits(const ClientSurface& surface, const std::string& sight) {
        std::string seen;
        const bool is_there = shell.await([&] {
            // Those of a renderer that isn't destroyed stay a while, and no other draws them.
            const auto shown = shell.global->shown_picture(*surface.server());
            if (!shown || !shown->texture ||
                shown->texture->renderer != stands_.back().drawer->renderer())
                return false;
            seen = describe(stands_.back().drawer->look(surface.server()));
            return seen == sight;
        });
        UNSCOPED_INFO("seen last: " << seen);
        return is_there;
    }

private:
    void step() {
        const int n = n_until_loss_--;
        if (n > 0 || n <= -loss_.times)
            return;
        wl_signal_emit_mutable(&stands_.back().drawer->renderer()->events.lost, nullptr);
        draw_with(loss_.after);
    }
    void draw_with(Drawing drawing) {
        Stand& stand = stands_.emplace_back(drawing, [this] { step(); });
        wlr_compositor_set_renderer(shell.surfaces, stand.drawer->renderer());
        REQUIRE(shell.global->set_importers(stand.borrowed()));
    }

    Loss loss_;
    int n_until_loss_;
    std::list<Stand> stands_;
};

/// Imports, commits that wait, conversions, releases and destructions, a turn for each.
void act(Stage& stage) {
    LocalShell& shell = stage.shell;
    RawClient& client = shell.connect();
    ClientSurface window{shell, client}, video{shell, client};
    const Toplevel window_role{window}, video_role{video};
    ColorBuffer red{client, Red}, white{client, White};
    ColorBuffer film{client, DRM_FORMAT_NV12, {{81}, {90, 240}}},
        later{client, DRM_FORMAT_NV12, {{235}, {128, 128}}};
    const auto turn = [&] { shell.turn(1ms); };
    auto& asked = client.create_params();
    client.add(asked, red.dmabuf().get(), 0, 0, PictureWidth * 4, DRM_FORMAT_MOD_LINEAR);
    zwp_linux_buffer_params_v1_create(asked.object, PictureWidth, PictureHeight,
                                      DRM_FORMAT_XRGB8888, 0);
    turn();
    client.feedback(window.get());
    window.commit(red.get());
    video.commit(film.get());
    turn();
    {
        const FakeWriter writer{white.dmabuf()};
        window.commit(white.get());
        turn();
        video.commit(later.get());
        turn();
    }
    turn();
    turn();
    later.destroy();
    turn();
    window.commit(red.get());
    turn();
    window.commit(nullptr);
    turn();
    CHECK(shell.await([&] { return asked.is_answered; }));
    CHECK(asked.answer.kind == Answer::Created);
    CHECK(shell.await([&] { return white.releases > 0; }));
    CHECK(client.connection() == Answer{});
    video.commit(film.get());
    CHECK(stage.awaits(video, "64x48 red"));
}

} // namespace

TEST_CASE("a renderer lost at any step costs nobody more than it") {
    const Loss loss = GENERATE(Loss{Drawing::Pixman, Drawing::Pixman, 1},
                               Loss{Drawing::Pixman, Drawing::Pixman, 2},
                               Loss{Drawing::Gles2, Drawing::Pixman, 1});
    const auto lose_at = [&](int n) {
        INFO("the step after " << n);
        Stage stage{loss, n};
        RawClient& other = stage.shell.connect();
        ClientSurface window{stage.shell, other};
        const Toplevel role{window};
        ColorBuffer green{other, Green}, blue{other, Blue};
        window.commit(green.get());
        CHECK(stage.awaits(window, "64x48 green"));
        act(stage);
        CHECK(stage.awaits(window, "64x48 green"));
        window.commit(blue.get());
        CHECK(stage.awaits(window, "64x48 blue"));
        CHECK(other.connection() == Answer{});
        return stage.has_come();
    };
    // What is made once, however often something is lost, is there after one in their midst.
    REQUIRE(lose_at(50));
    const std::size_t descriptors = count_open_fds();
    int n = 0;
    // The sanitized build is slow, and finds by some of them what it is after.
    constexpr int Step = HasAddressSanitizer ? 4 : 1;
    for (; lose_at(n) && n < 300; n += Step)
        CHECK(count_open_fds() <= descriptors);
    tried(static_cast<std::uint64_t>(n / Step * loss.times), "losses, at a step each");
    CHECK(n > 50);
    CHECK(n < 300);
}
