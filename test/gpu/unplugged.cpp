// A GPU that is taken away, and comes back. On a machine without bochs: see doc/machine.md.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <csignal>
#include <drm_fourcc.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <wayland-client.h>

#include "gpu/stage.hpp"
#include "support/client_surface.hpp"
#include "support/hand_made_protocols.hpp"

using namespace test;

namespace {

namespace fs = std::filesystem;

/// The GPU's place on the bus. Puts it back at the end.
class Slot {
public:
    enum class Way { Unbind, Remove };

    Slot()
        : device_{fs::canonical("/sys/class/drm" / fs::path{drm_nodes_of(Gpu).card}.filename() /
                                "device")} {
        if (fs::path driver = device_ / "driver"; fs::exists(driver))
            driver_ = fs::canonical(driver);
        if (driver_.filename() != "virtio-pci")
            SKIP("the GPU is on another bus than PCI");
        if (open_drm_driver("bochs-drm"))
            SKIP("beside bochs, QEMU stops for good now and then when its GPU is taken away");
    }
    ~Slot() { put_back(); }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

    void take_away(Way way) {
        if (way == Way::Unbind)
            write(driver_ / "unbind", device_.filename());
        else
            write(device_ / "remove", "1");
    }
    void put_back() {
        if (!fs::exists(device_))
            write("/sys/bus/pci/rescan", "1");
        else if (!fs::exists(device_ / "driver"))
            write(driver_ / "bind", device_.filename());
    }

private:
    static void write(const fs::path& file, const std::string& text) {
        std::ofstream{file} << text << std::flush;
    }

    fs::path device_, driver_;
};

/// udev tells nothing while this lives, and all of it then.
struct StoppedUdev {
    StoppedUdev() { control("--stop-exec-queue"); }
    ~StoppedUdev() { control("--start-exec-queue"); }
    StoppedUdev(const StoppedUdev&) = delete;
    StoppedUdev& operator=(const StoppedUdev&) = delete;

    static void control(const char* option) {
        CHECK(Process{{"udevadm", "control", option}}.wait() == 0);
    }
};

dev_t device_of(const std::string& node) {
    struct stat status;
    REQUIRE(stat(node.c_str(), &status) == 0);
    return status.st_rdev;
}

/// A window whose pictures are one colour each.
struct Shown {
    explicit Shown(RawClient& client) : client{client} {}

    /// Doesn't wait until they are drawn: there may be no screen.
    void commit(wl_buffer* buffer) {
        test::commit(window, buffer);
        REQUIRE(client.round_trip());
    }

    RawClient& client;
    Window window{client};
};

/// How many descriptors of GPUs that are gone a process has.
std::ptrdiff_t count_gone_devices(pid_t pid) {
    return std::ranges::count_if(
        fs::directory_iterator{"/proc/" + std::to_string(pid) + "/fd"}, [](const auto& entry) {
            std::error_code is_closed_meanwhile;
            const std::string file = fs::read_symlink(entry, is_closed_meanwhile);
            return file.starts_with("/dev/dri/") && file.ends_with("(deleted)");
        });
}

constexpr Pixel Dark{40, 60, 120}, Light{210, 180, 140}, Shared{90, 200, 60};

/// Whether a window of that colour is there, give or take how renderers round; another may cover a
/// part of it.
bool shows(const CompositorProcess& compositor, const Pixel& color) {
    const Picture screen = take_screenshot(compositor.socket());
    return std::ranges::count_if(screen.pixels, [&](const Pixel& pixel) {
               return distance(pixel, color) <= 2;
           }) > PictureWidth * PictureHeight / 2;
}

void lose_and_get_back(Slot::Way way) {
    Slot slot;
    CompositorProcess compositor{{"--size", "320x240"}, gpu_stage()};
    Process& process = compositor.process();
    RawClient client = compositor.connect(4);
    Shown image{client}, memory{client};
    ColorBuffer dark{client, Dark}, light{client, Light};
    const ShmBuffer shared{client, Shared};
    image.window.show(dark.get());
    const ToldFeedback& told = client.feedback();
    REQUIRE(client.wait_until([&] { return told.times == 1; }));
    const dev_t gpu = device_of(drm_nodes_of(Gpu).render);
    REQUIRE(told.main_device == gpu);

    slot.take_away(way);
    process.await_line("tarmac: replaced renderer=pixman");
    CHECK(shows(compositor, Dark));
    REQUIRE(client.wait_until([&] { return told.times == 2; }));
    CHECK(told.main_device != gpu);
    memory.window.show(shared.get());
    image.window.show(light.get());
    CHECK(shows(compositor, Shared));
    CHECK(shows(compositor, Light));

    slot.put_back();
    process.await_line("tarmac: replaced renderer=gles2");
    CHECK(shows(compositor, Light));
    memory.window.show(shared.get());
    CHECK(shows(compositor, Shared));
    REQUIRE(client.wait_until([&] { return told.times >= 3; }));
    CHECK(told.main_device == device_of(drm_nodes_of(Gpu).render));
    CHECK(told.times == 3);
    GpuClient drawer{drm_nodes_of(Gpu).render};
    const GpuBuffer drawn = drawer.allocate(64, 48);
    drawer.draw(drawn, {Dark, Dark, Dark, Dark});
    image.window.show(drawn.announce(client));
    CHECK(shows(compositor, Dark));
}

} // namespace

TEST_CASE("windows are drawn on the CPU while the GPU is gone") {
    lose_and_get_back(Slot::Way::Unbind);
}

TEST_CASE("windows are drawn on the CPU while the GPU is removed from its bus") {
    lose_and_get_back(Slot::Way::Remove);
}

TEST_CASE("a screen comes back with its card") {
    const auto way = GENERATE(Slot::Way::Unbind, Slot::Way::Remove);
    INFO((way == Slot::Way::Unbind ? "unbound" : "removed"));
    Slot slot;
    const std::string card = drm_nodes_of(Gpu).card;
    Stage stage{.drm_device = card, .on_screen = true};
    SECTION("that an option names") {}
    SECTION("that the environment names, on a terminal") {
        stage.drm_device = {};
        stage.environment = {"WLR_DRM_DEVICES=" + card};
        stage.launcher = {"env", "-u", "WLR_BACKENDS"};
    }
    CompositorProcess compositor{{}, stage};
    Process& process = compositor.process();
    RawClient client = compositor.connect(4);
    Shown image{client}, memory{client};
    ColorBuffer dark{client, Dark}, light{client, Light};
    const ShmBuffer shared{client, Shared};
    image.window.show(dark.get());
    memory.window.show(shared.get());
    // The cursor's picture is drawn anew, too, as soon as the device is gone.
    VirtualPointer pointer{client};
    pointer.move_to(1, 1, 2, 2);
    const ToldFeedback& told = client.feedback();
    REQUIRE(client.wait_until([&] { return told.times == 1; }));

    slot.take_away(way);
    process.await_line("tarmac: replaced renderer=pixman");
    memory.commit(shared.get());
    image.commit(light.get());
    REQUIRE(client.wait_until([&] { return told.times == 2; }));

    slot.put_back();
    process.await_line("tarmac: replaced renderer=gles2");
    image.window.show(light.get());
    memory.window.show(shared.get());
    CHECK(shows(compositor, Light));
    CHECK(shows(compositor, Shared));
    CHECK(told.main_device == device_of(drm_nodes_of(Gpu).render));
    CHECK(told.times == 3);
}

TEST_CASE("a GPU comes back again and again") {
    Slot slot;
    CompositorProcess compositor{{"--size", "320x240"}, gpu_stage()};
    RawClient client = compositor.connect(4);
    Shown image{client};
    const ColorBuffer dark{client, Dark};
    image.window.show(dark.get());
    for (int i = 0; i < 2; ++i) {
        slot.take_away(Slot::Way::Unbind);
        compositor.process().await_line("tarmac: replaced renderer=pixman");
        slot.put_back();
        compositor.process().await_line("tarmac: replaced renderer=gles2");
        CHECK(shows(compositor, Dark));
    }
    // All but wlroots' explicit synchronization, which keeps the first device.
    CHECK(count_gone_devices(compositor.process().pid()) <= 1);
}

TEST_CASE("a screen that is drawn on the CPU comes back with its card") {
    Slot slot;
    CompositorProcess compositor{
        {}, {.renderer = "pixman", .drm_device = drm_nodes_of(Gpu).card, .on_screen = true}};
    RawClient client = compositor.connect(4);
    Shown memory{client};
    const ShmBuffer shared{client, Shared};
    memory.window.show(shared.get());

    slot.take_away(Slot::Way::Unbind);
    memory.commit(shared.get());
    slot.put_back();
    compositor.process().await_line("tarmac: replaced renderer=pixman");
    memory.window.show(shared.get());
    CHECK(shows(compositor, Shared));
}

TEST_CASE("a loss is noticed before anything is drawn, though udev is late") {
    Slot slot;
    CompositorProcess compositor{{"--size", "320x240"}, gpu_stage()};
    RawClient client = compositor.connect(4);
    Shown image{client}, memory{client};
    const ColorBuffer dark{client, Dark};
    const ShmBuffer shared{client, Shared};
    image.window.show(dark.get());
    {
        const StoppedUdev udev;
        slot.take_away(Slot::Way::Unbind);
        memory.window.show(shared.get());
        compositor.process().await_line("tarmac: replaced renderer=pixman");
        CHECK(shows(compositor, Dark));
        CHECK(shows(compositor, Shared));
    }
    slot.put_back();
    compositor.process().await_line("tarmac: replaced renderer=gles2");
    CHECK(shows(compositor, Dark));
}
