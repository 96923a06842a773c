// Advice to clients whose surfaces a screen could show by itself, and whether it then does.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <vector>
#include <wayland-client.h>

#include "support/compositor_process.hpp"
#include "support/dmabuf_source.hpp"
#include "support/patience.hpp"
#include "support/virtual_card.hpp"
#include "support/window.hpp"

using namespace test;
using tarmac::FormatModifier;

namespace {

constexpr std::uint32_t ScanoutFlag = 1;

wl_buffer* make_buffer_of(RawClient& client, const tarmac::Fd& dmabuf, int width, int height,
                          std::uint32_t fourcc = DRM_FORMAT_XRGB8888,
                          std::uint32_t bytes_per_pixel = 4) {
    auto& params = client.create_params();
    client.add(params, dmabuf.get(), 0, 0, static_cast<std::uint32_t>(width) * bytes_per_pixel,
               DRM_FORMAT_MOD_LINEAR);
    const Answer answer = client.create(params, width, height, fourcc);
    REQUIRE(answer == Answer{Answer::Created, 0, {}});
    return params.buffer;
}

/// All of its pixels are 0.
wl_buffer* test_buffer(RawClient& client, int width, int height,
                       std::uint32_t fourcc = DRM_FORMAT_XRGB8888,
                       std::uint32_t bytes_per_pixel = 4) {
    const auto size = static_cast<std::size_t>(width * height) * bytes_per_pixel;
    return make_buffer_of(client, allocate_dmabuf(Exporter::Udmabuf, size), width, height, fourcc,
                          bytes_per_pixel);
}

/// A wl_output that knows its name.
class NamedOutput {
public:
    NamedOutput(RawClient& client, unsigned nth)
        : output_{static_cast<wl_output*>(client.bind_global(&wl_output_interface, 4, nth))} {
        static constexpr wl_output_listener events = {
            .geometry = [](void*, wl_output*, std::int32_t, std::int32_t, std::int32_t,
                           std::int32_t, std::int32_t, const char*, const char*, std::int32_t) {},
            .mode = [](void*, wl_output*, std::uint32_t, std::int32_t, std::int32_t,
                       std::int32_t) {},
            .done = [](void*, wl_output*) {},
            .scale = [](void*, wl_output*, std::int32_t) {},
            .name = [](void* self, wl_output*,
                       const char* name) { static_cast<NamedOutput*>(self)->name_ = name; },
            .description = [](void*, wl_output*, const char*) {},
        };
        wl_output_add_listener(output_, &events, this);
        client.round_trip();
    }
    ~NamedOutput() { wl_output_destroy(output_); }
    NamedOutput(const NamedOutput&) = delete;
    NamedOutput& operator=(const NamedOutput&) = delete;

    wl_output* get() const { return output_; }
    const std::string& name() const { return name_; }

private:
    wl_output* output_;
    std::string name_;
};

/// Two screens, a compositor on them, and a client with a window.
struct Screens {
    VirtualCard card{2};
    CompositorProcess compositor{{}, {.drm_device = card.path(), .on_screen = true}};
    RawClient client = compositor.connect(6);
    Window window{client};
    const ToldFeedback& told = client.feedback(window.surface());

    std::vector<wl_output*> outputs;

    ~Screens() {
        for (wl_output* output : outputs)
            wl_output_destroy(output);
    }

    wl_output* output(unsigned nth) {
        return outputs.emplace_back(
            static_cast<wl_output*>(client.bind_global(&wl_output_interface, 1, nth)));
    }

    /// A buffer as large as the window is to be.
    wl_buffer* make_buffer(std::uint32_t fourcc, std::uint32_t bytes_per_pixel) {
        return test_buffer(client, window.width() ? window.width() : 320,
                           window.height() ? window.height() : 240, fourcc, bytes_per_pixel);
    }
    wl_buffer* make_buffer() { return make_buffer(DRM_FORMAT_XRGB8888, 4); }

    bool await_told(unsigned times) {
        return client.wait_until([&] { return told.times >= times; });
    }
    bool is_told_of_scanout() const {
        return !told.tranches.empty() && (told.tranches.front().flags & ScanoutFlag) != 0;
    }
};

/// Shows pictures for longer than the settling time.
void show_for_a_second(Window& window, wl_buffer* buffer) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{1};
    while (std::chrono::steady_clock::now() < end)
        window.show(buffer);
}

} // namespace

TEST_CASE_METHOD(Screens, "a surface that fills a screen is told what the screen shows by itself") {
    REQUIRE(told.times == 1);
    CHECK_FALSE(is_told_of_scanout());
    const std::size_t drawn = told.tranches.size();

    window.set_fullscreen(output(0));
    window.show(make_buffer());
    REQUIRE(await_told(2));
    REQUIRE(told.tranches.size() == drawn + 1);
    const ToldFeedback::Tranche& scanout = told.tranches.front();
    CHECK(scanout.flags == ScanoutFlag);
    CHECK(scanout.device == card.device());
    CHECK(std::ranges::contains(scanout.formats,
                                FormatModifier{DRM_FORMAT_RGB565, DRM_FORMAT_MOD_LINEAR}));
    // The renderer draws more than the screen can show.
    CHECK(scanout.formats.size() < told.tranches[1].formats.size());

    window.unset_fullscreen();
    window.show(make_buffer());
    REQUIRE(await_told(3));
    CHECK(told.tranches.size() == drawn);
    CHECK_FALSE(is_told_of_scanout());
}

TEST_CASE_METHOD(Screens, "a screen shows a surface that fills it without a copy") {
    window.set_fullscreen(output(1));
    window.show(make_buffer());
    REQUIRE(await_told(2));
    // The compositor itself never draws in this format.
    window.show(make_buffer(DRM_FORMAT_RGB565, 2));
    CHECK(card.shown_format(1) == "RG16");
    CHECK(card.shown_format(0) == "XR24");

    window.unset_fullscreen();
    window.show(make_buffer(DRM_FORMAT_RGB565, 2));
    // The window may be on the other screen now, and that one draws first.
    const auto end = std::chrono::steady_clock::now() + patience();
    while (card.shown_format(1) != "XR24" && std::chrono::steady_clock::now() < end)
        window.show(make_buffer(DRM_FORMAT_RGB565, 2));
    CHECK(card.shown_format(1) == "XR24");
}

TEST_CASE_METHOD(Screens, "nothing is told to a surface that stays in a window") {
    window.show(make_buffer());
    show_for_a_second(window, make_buffer());
    CHECK(told.times == 1);
}

TEST_CASE_METHOD(Screens, "nothing is told to a surface that fills a screen for a moment") {
    for (int i = 0; i < 5; ++i) {
        window.set_fullscreen();
        window.show(make_buffer());
        window.unset_fullscreen();
        window.show(make_buffer());
    }
    show_for_a_second(window, make_buffer());
    CHECK(told.times == 1);
}

TEST_CASE_METHOD(Screens, "a surface that moves to a like screen is told nothing new") {
    window.set_fullscreen(output(0));
    window.show(make_buffer());
    REQUIRE(await_told(2));
    window.set_fullscreen(output(1));
    show_for_a_second(window, make_buffer());
    CHECK(told.times == 2);
    CHECK(card.shown_format(1) == "XR24");
    window.show(make_buffer(DRM_FORMAT_RGB565, 2));
    CHECK(card.shown_format(0) == "XR24");
    CHECK(card.shown_format(1) == "RG16");
}

TEST_CASE_METHOD(Screens, "a surface that isn't all there is to see is no candidate") {
    SECTION("because something shines through it") {
        window.set_maximized();
        show_for_a_second(window, make_buffer(DRM_FORMAT_ARGB8888, 4));
        CHECK(told.times == 1);
        window.show(make_buffer());
        CHECK(await_told(2));
    }
    SECTION("because another window is above it") {
        window.set_fullscreen(output(0));
        window.show(make_buffer());
        REQUIRE(await_told(2));
        RawClient other_client = compositor.connect(6);
        Window other{other_client};
        other.show(test_buffer(other_client, 64, 64));
        REQUIRE(await_told(3));
        CHECK_FALSE(is_told_of_scanout());
    }
}

TEST_CASE_METHOD(Screens, "a surface that fills a screen is told of a new renderer once") {
    const ToldFeedback& by_default = client.feedback();
    window.set_fullscreen(output(0));
    window.show(make_buffer());
    REQUIRE(await_told(2));
    compositor.process().signal(SIGUSR1);
    compositor.process().await_line("tarmac: replaced");
    show_for_a_second(window, make_buffer());
    CHECK(told.times == 3);
    CHECK(is_told_of_scanout());
    CHECK(by_default.times == 2);
}

TEST_CASE_METHOD(Screens, "every feedback object of a surface is told, and the default's isn't") {
    const ToldFeedback& second = client.feedback(window.surface());
    const ToldFeedback& by_default = client.feedback();
    window.set_fullscreen();
    window.show(make_buffer());
    REQUIRE(await_told(2));
    client.round_trip();
    CHECK(second.times == 2);
    CHECK(by_default.times == 1);
    // Made later, told the same at once.
    const ToldFeedback& late = client.feedback(window.surface());
    CHECK(late.times == 1);
    CHECK(late.tranches.front().flags == ScanoutFlag);
}

TEST_CASE_METHOD(Screens, "a surface whose screen is unplugged is told the default at once") {
    window.set_fullscreen(output(1));
    window.show(make_buffer());
    REQUIRE(await_told(2));
    CHECK(is_told_of_scanout());
    card.plug(1, false);
    REQUIRE(await_told(3));
    CHECK_FALSE(is_told_of_scanout());

    card.plug(0, false);
    card.plug(1, true);
    card.plug(0, true);
    // Fullscreen still, on the screen that is there.
    REQUIRE(client.wait_until([&] { return window.width() > 0; }));
    show_for_a_second(window, make_buffer());
    REQUIRE(await_told(4));
    CHECK(is_told_of_scanout());
}

namespace {

/// A compositor on the screens of two cards, and a client.
struct TwoCards {
    VirtualCard first{1}, second{1};
    CompositorProcess compositor{
        {},
        {.drm_device = "",
         .on_screen = true,
         .environment = {"WLR_DRM_DEVICES=" + first.path() + ":" + second.path()}}};
    RawClient client = compositor.connect(6);
    Window window{client};
};

} // namespace

TEST_CASE_METHOD(
    TwoCards, "a surface on a second card's screen, which wlroots draws to, is told the default") {
    const ToldFeedback& told = client.feedback(window.surface());
    const NamedOutput a{client, 0}, b{client, 1};
    const bool is_in_order = a.name() == first.connector();
    window.set_fullscreen((is_in_order ? a : b).get());
    window.show(test_buffer(client, window.width(), window.height()));
    REQUIRE(client.wait_until([&] { return told.times == 2; }));
    CHECK(told.tranches.front().flags == ScanoutFlag);
    CHECK(told.tranches.front().device == first.device());

    window.set_fullscreen((is_in_order ? b : a).get());
    show_for_a_second(window, test_buffer(client, window.width(), window.height()));
    REQUIRE(client.wait_until([&] { return told.times == 3; }));
    CHECK(told.tranches.front().flags != ScanoutFlag);
}

TEST_CASE("where scanout is switched off, nothing is told of it") {
    VirtualCard card{1};
    CompositorProcess compositor{{},
                                 {.drm_device = card.path(),
                                  .on_screen = true,
                                  .environment = {"WLR_SCENE_DISABLE_DIRECT_SCANOUT=1"}}};
    RawClient client = compositor.connect(6);
    Window window{client};
    const ToldFeedback& told = client.feedback(window.surface());
    window.set_fullscreen();
    show_for_a_second(window, test_buffer(client, window.width(), window.height()));
    CHECK(told.times == 1);
}

TEST_CASE_METHOD(TwoCards,
                 "a picture that fills a screen in another size is shown on every card's screen") {
    constexpr int Side = 64;
    const std::vector<std::uint8_t> white(Side * Side * 4, 255);
    wl_buffer* buffer = make_buffer_of(client, make_dmabuf(Exporter::Udmabuf, white), Side, Side);
    for (unsigned nth = 0; nth < 2; ++nth) {
        const NamedOutput output{client, nth};
        window.set_fullscreen(output.get());
        window.set_size(window.width(), window.height());
        for (int i = 0; i < 3; ++i)
            window.show(buffer);
        const Picture screen = take_screenshot(compositor.socket());
        CHECK(std::ranges::count(screen.pixels, Pixel{255, 255, 255}) ==
              window.width() * window.height());
    }
}

TEST_CASE_METHOD(TwoCards, "a picture that can only be read is shown on every card's screen") {
    for (unsigned nth = 0; nth < 2; ++nth) {
        const NamedOutput output{client, nth};
        window.set_fullscreen(output.get());
        const int width = window.width(), height = window.height();
        const std::vector<std::uint8_t> white(static_cast<std::size_t>(width * height) * 4, 255);
        for (const VirtualCard* card : {&first, &second}) {
            const tarmac::Fd device{open(card->path().c_str(), O_RDWR | O_CLOEXEC)};
            const tarmac::Fd dmabuf = make_read_only_dmabuf(device, white);
            wl_buffer* buffer = make_buffer_of(client, dmabuf, width, height);
            window.show(buffer);
            // What fills a screen is scanned out from its second frame on.
            window.show(buffer);
            const Picture screen = take_screenshot(compositor.socket());
            CHECK(std::ranges::count(screen.pixels, Pixel{255, 255, 255}) == width * height);
        }
    }
}

TEST_CASE("a surface that has gone leaves its feedback silent") {
    VirtualCard card{1};
    CompositorProcess compositor{{}, {.drm_device = card.path(), .on_screen = true}};
    RawClient client = compositor.connect(6);
    wl_surface* surface = wl_compositor_create_surface(client.compositor());
    const ToldFeedback& told = client.feedback(surface);
    wl_surface_destroy(surface);
    {
        Window window{client};
        window.set_fullscreen();
        const ToldFeedback& other = client.feedback(window.surface());
        window.show(test_buffer(client, window.width(), window.height()));
        REQUIRE(client.wait_until([&] { return other.times == 2; }));
    }
    client.round_trip();
    CHECK(told.times == 1);
    CHECK(compositor.process().is_running());
}
