// The event log, whoever reads it or doesn't.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/mount.h>
#include <unistd.h>

#include "dmabuf/formatted.hpp"
#include "linux-dmabuf-v1-client-protocol.h"
#include "support/compositor_process.hpp"
#include "support/image_buffer.hpp"
#include "support/tried.hpp"

using namespace test;
using tarmac::Fd;

namespace {

const Stage Plain{.renderer = "pixman", .drm_device = ""};

/// A file that goes with this.
class LogFile {
public:
    explicit LogFile(
        const std::filesystem::path& directory = std::filesystem::temp_directory_path())
        : path_{directory / tarmac::formatted("tarmac-test-{}.log", getpid())} {}
    ~LogFile() { std::filesystem::remove(path_); }
    const std::string& path() const { return path_; }

    std::vector<std::string> lines() const {
        std::ifstream file{path_};
        std::vector<std::string> lines;
        for (std::string line; std::getline(file, line);)
            lines.push_back(line);
        return lines;
    }

private:
    std::string path_;
};

/// A file system of its own, with room for few pages, that goes with this.
class SmallDisk {
public:
    SmallDisk() {
        std::filesystem::create_directory(path_);
        REQUIRE(mount("none", path_.c_str(), "tmpfs", 0, "size=64k") == 0);
    }
    ~SmallDisk() {
        umount2(path_.c_str(), MNT_DETACH);
        std::filesystem::remove(path_);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_ =
        std::filesystem::temp_directory_path() / tarmac::formatted("tarmac-test-{}", getpid());
};

bool is_event(const std::string& line) {
    return line.starts_with("tarmac: ") && line.rfind("tarmac: ") == 0;
}

} // namespace

TEST_CASE("a log that nobody reads stops nothing, and tells later what it lacks") {
    CompositorProcess compositor;
    RawClient client = compositor.connect(6);
    const ImageBuffer image{client, DRM_FORMAT_XRGB8888, 64, 64};
    const auto import = [&] {
        auto& params = client.create_params();
        client.add(params, image.dmabuf().get(), 0, 0, 64 * 4, DRM_FORMAT_MOD_LINEAR);
        REQUIRE(client.create(params, 64, 64, DRM_FORMAT_XRGB8888) ==
                Answer{Answer::Created, 0, {}});
        wl_buffer_destroy(std::exchange(params.buffer, nullptr));
        client.destroy_params(params);
    };
    // More lines than a pipe has room for.
    for (int i = 0; i < 1000; ++i)
        import();
    // Who comes back reads all that there was room for, and how much is missing.
    compositor.process().await_line("tarmac: imported");
    import();
    CHECK(is_event(compositor.process().await_line("tarmac: dropped lines=")));
    CHECK(is_event(compositor.process().await_line("tarmac: imported")));
}

TEST_CASE("of one client so many refusals are told, and how many were left out") {
    CompositorProcess compositor;
    std::optional<RawClient> client{std::in_place, 6u, compositor.open_socket()};
    RawClient other = compositor.connect(6);
    const Fd null{open("/dev/null", O_RDWR | O_CLOEXEC)};
    std::vector<RawClient::Params*> sent;
    for (int i = 0; i < 300; ++i) {
        auto& params = *sent.emplace_back(&client->create_params());
        client->add(params, null.get(), 0, 0, 256, DRM_FORMAT_MOD_LINEAR);
        zwp_linux_buffer_params_v1_create(params.object, 64, 64, DRM_FORMAT_XRGB8888, 0);
    }
    REQUIRE(client->wait_until([&] { return sent.back()->is_answered; }));
    auto& params = other.create_params();
    other.add(params, null.get(), 0, 0, 256, DRM_FORMAT_MOD_LINEAR);
    REQUIRE(other.create(params, 64, 64, DRM_FORMAT_XRGB8888) == Answer{Answer::Failed, 0, {}});

    // What is left to tell is told when it goes.
    const std::size_t n_refused = sent.size() + 1;
    client.reset();
    unsigned long n_told = 0, n_left_out = 0;
    while (n_told + n_left_out < n_refused) {
        const std::string line = compositor.process().await_line("tarmac: refused");
        const auto times = line.find(" times=");
        if (times == line.npos)
            ++n_told;
        else
            n_left_out += std::stoul(line.substr(times + 7));
    }
    CHECK(n_told >= 101);
    CHECK(n_left_out > 0);
}

TEST_CASE("no library waits for who reads standard error, and children do") {
    // Of the command, which has replaced the shell, and of its parent.
    Process process = start_compositor(
        {"--startup", "grep flags /proc/self/fdinfo/2 /proc/$PPID/fdinfo/2", "--exit-with-client"},
        Plain);
    const auto blocks = [](const std::string& line) {
        return (std::stoi(line.substr(line.find('\t')), nullptr, 8) & O_NONBLOCK) == 0;
    };
    CHECK(blocks(process.await_line("/proc/self/fdinfo/2:flags:")));
    CHECK_FALSE(blocks(process.await_line("/fdinfo/2:flags:")));
    CHECK(process.wait() == 0);
}

TEST_CASE("a log file has every line, and standard error what the startup command writes") {
    const LogFile log;
    for (int i = 0; i < 2; ++i) {
        Process process = start_compositor(
            {"--log", log.path(), "--startup", "printf glued >&2; exit 3", "--exit-with-client"},
            Plain);
        CHECK(process.wait() == 3);
        CHECK(process.output() == "glued");
    }
    const std::vector<std::string> lines = log.lines();
    CHECK(std::ranges::all_of(lines, is_event));
    // The second one's follow those of the first.
    CHECK(std::ranges::count_if(lines, [](const std::string& line) {
              return line.starts_with("tarmac: ready");
          }) == 2);
    CHECK(lines.back() == "tarmac: ended status=3");
}

TEST_CASE("a log file that can't grow ends nothing, and goes on with a new line") {
    const LogFile log;
    const std::string grow_by_ten =
        "size=$(stat -c %s $LOG); prlimit --pid $PPID --fsize=$((size + 10)):unlimited; "
        "kill -USR1 $PPID; until [ $(stat -c %s $LOG) -gt $size ]; do :; done; "
        "prlimit --pid $PPID --fsize=unlimited:unlimited";
    Stage stage = Plain;
    stage.environment = {"LOG=" + log.path()};
    Process process = start_compositor(
        {"--log", log.path(), "--startup", grow_by_ten, "--exit-with-client"}, stage);
    CHECK(process.wait() == 0);
    const std::vector<std::string> lines = log.lines();
    CHECK(std::ranges::contains(lines, "tarmac: lo"));
    // The new renderer's buffers are files as well: wlroots says that they can't grow.
    CHECK(std::ranges::all_of(lines, [](const std::string& line) {
        return is_event(line) || line.starts_with("wlroots: error: ");
    }));
    CHECK(lines.back() == "tarmac: ended status=0");
    tried(1, "files that can't grow");
}

TEST_CASE("a log on a disk that is full ends nothing, and tells later what it lacks") {
    if (geteuid() != 0)
        SKIP("a disk can be filled where one may be mounted");
    const SmallDisk disk;
    const LogFile log{disk.path()};
    // Ten bytes are all that is left, and a line takes more.
    const std::string fill =
        "cat /dev/zero > $DISK/rest; "
        "head -c $((4085 - $(stat -c %s $LOG))) /dev/zero | tr '\\0' x >> $LOG; echo >> $LOG; "
        "kill -USR1 $PPID; until [ $(stat -c %s $LOG) = 4096 ]; do :; done; "
        "kill -USR1 $PPID; rm $DISK/rest; "
        "until grep -q 'dropped lines=' $LOG; do kill -USR1 $PPID; done";
    Stage stage = Plain;
    stage.environment = {"LOG=" + log.path(), "DISK=" + disk.path().string()};
    Process process =
        start_compositor({"--log", log.path(), "--startup", fill, "--exit-with-client"}, stage);
    CHECK(process.wait() == 0);
    CHECK(log.lines().back() == "tarmac: ended status=0");
    tried(1, "disks that are full");
}

TEST_CASE("a log that can't be written is said to be so") {
    Process process = start_compositor({"--log", "/nowhere/log"}, Plain);
    CHECK(process.wait() == 1);
    CHECK(process.output().contains("The log /nowhere/log can't be written: No such file"));
}
