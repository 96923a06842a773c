// A GPU that is gone, for a while or for good, and one that is reset again and again.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <drm_fourcc.h>
#include <filesystem>
#include <sys/resource.h>
#include <wayland-client.h>

#include "support/image_buffer.hpp"
#include "support/stages.hpp"
#include "support/virtual_card.hpp"
#include "support/window.hpp"

using namespace std::string_literals;
using namespace test;

namespace {

namespace fs = std::filesystem;

constexpr int Width = 64, Height = 48;

using Color = std::vector<std::uint8_t>;
const Color First{10, 90, 200, 0}, Other{200, 90, 10, 0};

/// A device node that can't be opened any more, until it is put back or this goes.
class HiddenNode {
public:
    explicit HiddenNode(std::string path) : path_{std::move(path)} {
        fs::rename(path_, path_ + ".hidden");
    }
    ~HiddenNode() { put_back(); }
    HiddenNode(const HiddenNode&) = delete;
    HiddenNode& operator=(const HiddenNode&) = delete;

    void put_back() {
        std::error_code ignored;
        fs::rename(path_ + ".hidden", path_, ignored);
    }

private:
    std::string path_;
};

struct Shown {
    CompositorProcess compositor;
    RawClient client = compositor.connect(6);
    Window window{client};
    ImageBuffer image{client, DRM_FORMAT_XRGB8888, Width, Height};

    explicit Shown(const Stage& stage = {}) : compositor{{}, stage} { draw(First); }

    void draw(const Color& color) {
        image.fill(image.whole(), {color});
        window.show(image.get());
    }

    Process& process() { return compositor.process(); }
    Picture picture() const { return take_screenshot(compositor.socket()); }
};

/// Two renderers round differently.
bool is_like(const Picture& a, const Picture& b) {
    return std::ranges::equal(a.pixels, b.pixels, [](const Pixel& one, const Pixel& other) {
        return distance(one, other) <= 1;
    });
}

/// The number after `key=` in a line.
int number_in(const std::string& line, const std::string& key) {
    const auto start = line.find(" " + key + "=");
    REQUIRE(start != std::string::npos);
    return std::stoi(line.substr(start + key.size() + 2));
}

} // namespace

TEST_CASE("a device that comes back draws again") {
    Stage stage;
    SECTION("with the renderer that was asked for") {}
    SECTION("with any") {
        stage.renderer = "auto";
        stage.environment = {"WLR_RENDERER_ALLOW_SOFTWARE=1"};
    }
    Shown shown{stage};
    Process& process = shown.process();
    const Picture before = shown.picture();
    HiddenNode node{RenderNode};
    process.signal(SIGUSR1);
    CHECK(number_in(process.await_line("tarmac: lost renderer=gles2"), "pause") == 0);
    int pause = 0;
    for (int attempt = 1; attempt <= 3; ++attempt) {
        const std::string line = process.await_line("tarmac: retry");
        CHECK(number_in(line, "attempt") == attempt);
        CHECK(number_in(line, "pause") > pause);
        pause = number_in(line, "pause");
    }
    // Meanwhile clients do as always, but for what they are shown.
    ImageBuffer later{shown.client, DRM_FORMAT_XRGB8888, Width, Height};
    later.fill(later.whole(), {Other});
    wl_surface* surface = shown.window.surface();
    wl_surface_attach(surface, later.get(), 0, 0);
    wl_surface_damage_buffer(surface, 0, 0, Width, Height);
    wl_surface_commit(surface);
    REQUIRE(shown.client.round_trip());
    node.put_back();
    process.await_line("tarmac: replaced renderer=gles2");
    CHECK(shown.picture() != before);
    shown.window.show(shown.image.get());
    CHECK(shown.picture() == before);
}

TEST_CASE("without a device pictures are drawn on the CPU") {
    // The screen's card is another one than what draws, and stays.
    VirtualCard card{1};
    Shown shown{{.drm_device = card.path(),
                 .on_screen = true,
                 .environment = {"WLR_RENDER_DRM_DEVICE="s + RenderNode}}};
    const Picture before = shown.picture();
    {
        const HiddenNode node{RenderNode};
        shown.process().signal(SIGUSR1);
        shown.process().await_line("tarmac: fallback renderer=pixman");
        shown.process().await_line("tarmac: replaced renderer=pixman");
        CHECK(is_like(shown.picture(), before));
        shown.draw(Other);
        const Picture after = shown.picture();
        CHECK_FALSE(is_like(after, before));
        ImageBuffer fresh{shown.client, DRM_FORMAT_NV12, Width, Height};
        fresh.fill(fresh.whole(), {{160}, {80, 150}});
        shown.window.show(fresh.get());
        CHECK_FALSE(is_like(shown.picture(), after));
        shown.draw(First);
    }
    // It isn't for good.
    shown.process().await_line("tarmac: replaced renderer=gles2");
    CHECK(shown.picture() == before);
    shown.draw(Other);
    CHECK(shown.picture() != before);
}

TEST_CASE("screens that come while nothing can be drawn are drawn later") {
    VirtualCard card{3};
    card.plug(1, false);
    card.plug(2, false);
    Shown shown{{.drm_device = card.path(),
                 .on_screen = true,
                 .environment = {"WLR_RENDER_DRM_DEVICE="s + RenderNode}}};
    HiddenNode node{RenderNode};
    shown.process().signal(SIGUSR1);
    shown.process().await_line("tarmac: retry");
    for (const unsigned screen : {2U, 1U}) {
        card.plug(screen, true);
        shown.process().await_line("tarmac: output-waiting");
    }
    card.plug(2, false);
    CHECK(card.shown_format(1).empty());
    node.put_back();
    shown.process().await_line("tarmac: replaced");
    shown.draw(Other);
    CHECK(card.shown_format(1) == "XR24");
    CHECK(card.shown_format(2).empty());
}

TEST_CASE_METHOD(Shown, "resets that follow each other closely are answered ever later") {
    const Picture before = picture();
    int pause = -1;
    for (int i = 0; i < 4; ++i) {
        process().signal(SIGUSR1);
        const int next = number_in(process().await_line("tarmac: lost"), "pause");
        CHECK(next > pause);
        pause = next;
        // What comes again meanwhile is the same loss.
        process().signal(SIGUSR1);
        process().await_line("tarmac: replaced");
    }
    CHECK(picture() == before);
    const std::string& output = process().output();
    std::size_t losses = 0;
    for (auto at = output.find("tarmac: lost"); at != std::string::npos;
         at = output.find("tarmac: lost", at + 1))
        ++losses;
    CHECK(losses == 4);
}

TEST_CASE("where the CPU can't draw either, the screen comes back with the device") {
    VirtualCard card{1};
    Shown shown{{.drm_device = card.path(), .on_screen = true}};
    const Picture before = shown.picture();
    // No descriptors: for the renderer's device, and for buffers that the screen shows.
    const rlimit none{1, 4096};
    rlimit limit;
    REQUIRE(prlimit(shown.process().pid(), RLIMIT_NOFILE, &none, &limit) == 0);
    shown.process().signal(SIGUSR1);
    shown.process().await_line("On the CPU neither: No buffers can be made");
    REQUIRE(prlimit(shown.process().pid(), RLIMIT_NOFILE, &limit, nullptr) == 0);
    shown.process().await_line("tarmac: replaced renderer=gles2");
    CHECK(shown.picture() == before);
    shown.draw(Other);
    CHECK(shown.picture() != before);
}
