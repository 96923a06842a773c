// The tests that GTK brings of its own dma-bufs, textures and subsurfaces, in the compositor.

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "clients/programs.hpp"

using namespace test;

namespace {

/// Where GTK's tests may write, with the locale en_US.UTF-8 that they want: all that they use of it
/// is in C.UTF-8.
class Workplace {
public:
    Workplace() {
        std::filesystem::create_directories(path_);
        std::filesystem::create_directory_symlink("/usr/lib/locale/C.utf8", path_ / "en_US.UTF-8");
    }
    ~Workplace() { std::filesystem::remove_all(path_); }
    Workplace(const Workplace&) = delete;
    Workplace& operator=(const Workplace&) = delete;

    std::string path() const { return path_; }

private:
    std::filesystem::path path_ = std::filesystem::temp_directory_path() / "tarmac-test-gtk-tests";
};

} // namespace

TEST_CASE("GTK's own tests pass with the compositor as their display") {
    const std::string folder = "/usr/libexec/installed-tests/gtk-4.0/gdk/";
    // memorytexture and texture-threads show nobody anything.
    const char* const names[] = {"dmabuf-support", "dmabufformats", "dmabuftexture",
                                 "gltexture",      "subsurface",    "texture"};
    for (const std::string name : names)
        need_program(folder + name);
    const Workplace workplace;
    CompositorProcess compositor;
    for (const std::string name : names) {
        Process test{{"env", "--chdir", workplace.path(), folder + name, "--tap"},
                     {compositor.environment(), "LOCPATH=" + workplace.path(), SynchronousMesa,
                      DmabufMesa, "GDK_BACKEND=wayland", "NODEVICE_SELECT=1",
                      "VK_DRIVER_FILES=/usr/share/vulkan/icd.d/lvp_icd.json"}};
        const int status = test.wait();
        INFO(name << '\n' << test.output());
        CHECK(status == 0);
        CHECK_FALSE(test.output().contains("# SKIP"));
    }
    end_unrefused(compositor);
}
