// The whole machine is out of open files (ENFILE), now and then or for long: the compositor lives
// on, who has pictures goes on with them, and what was got until then is given back.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <drm_fourcc.h>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "linux-dmabuf-v1-client-protocol.h"
#include "support/dmabuf_source.hpp"
#include "support/image_buffer.hpp"
#include "support/kernel_parameter.hpp"
#include "support/stages.hpp"
#include "support/tried.hpp"
#include "support/window.hpp"

using namespace test;
using namespace std::chrono_literals;

namespace {

constexpr int Size = 64;
constexpr std::uint32_t Stride = 4 * Size;

/// While it lives, nobody opens a file but who may administer the system, as these tests may.
class FullFileTable : KernelParameter {
public:
    FullFileTable() : KernelParameter{"/proc/sys/fs/file-max", fewer_than_open()} {}

private:
    /// Half of them, since of sockets nobody may have more than twice the limit.
    static int fewer_than_open() {
        if (!std::filesystem::exists("/run/tarmac"))
            SKIP("on the test machine alone others may be kept from opening files");
        int n_open = 0;
        std::ifstream{"/proc/sys/fs/file-nr"} >> n_open;
        return n_open / 2 + 1;
    }
};

/// One that the limit holds for.
Stage limited(const std::string& renderer) {
    Stage stage = stage_of(renderer);
    stage.launcher = {"setpriv", "--bounding-set", "-sys_admin"};
    return stage;
}

struct Fixture {
    CompositorProcess compositor{{}, limited(GENERATE("gles2", "pixman"))};
    RawClient bystander = compositor.connect(6);
    Window window{bystander};
    ImageBuffer first{bystander, DRM_FORMAT_XRGB8888, Size, Size},
        second{bystander, DRM_FORMAT_XRGB8888, Size, Size};
    tarmac::Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, Stride* Size);

    void show_others() {
        window.show(first.get());
        window.show(second.get());
        REQUIRE(bystander.connection() == Answer{});
    }
    /// All that a client does; nobody says that it succeeds.
    static void act(RawClient& client, const tarmac::Fd& dmabuf) {
        auto& immediate = client.create_params();
        client.add(immediate, dmabuf.get(), 0, 0, Stride, DRM_FORMAT_MOD_LINEAR);
        client.create_immed(immediate, Size, Size, DRM_FORMAT_XRGB8888);
        auto& asked = client.create_params();
        client.add(asked, dmabuf.get(), 0, 0, Stride, DRM_FORMAT_MOD_LINEAR);
        const Answer answer = client.create(asked, Size, Size, DRM_FORMAT_XRGB8888);
        CHECK((answer.kind == Answer::Created || answer.kind == Answer::Failed ||
               client.connection() != Answer{}));
    }
    /// As act(), with pictures that are converted, and feedback.
    static void show(RawClient& client) {
        Window own{client};
        client.feedback(own.surface());
        client.destroy_feedback();
        for (const std::uint32_t fourcc : {DRM_FORMAT_XRGB8888, DRM_FORMAT_NV12}) {
            ImageBuffer image{client, fourcc, Size, Size};
            own.show(image.get());
        }
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "while the machine has no file left, pictures go on") {
    show_others();
    {
        RawClient client = compositor.connect(6);
        show(client);
        act(client, dmabuf);
    }
    show_others();
    const std::size_t descriptors = compositor.count_settled_fds();
    for (int i = 0; i < 20; ++i) {
        RawClient client = compositor.connect(6);
        tarmac::Fd socket;
        {
            const FullFileTable full;
            socket = compositor.open_socket();
            act(client, dmabuf);
            show_others();
            if (i == 0)
                compositor.process().await_line("failed to accept");
        }
        // Who couldn't be let in is now.
        RawClient late{6, socket};
        show(late);
        if (client.connection() == Answer{})
            show(client);
        show_others();
    }
    tried(20, "times that the file table was full for a while");
    show_others();
    CHECK(compositor.settles_at_most(descriptors));
}

TEST_CASE_METHOD(Fixture, "that the machine has no file left at any moment harms nobody for long") {
    // Skips the test where it can't be.
    static_cast<void>(FullFileTable{});
    const auto try_all = [this] {
        try {
            RawClient client = compositor.connect(6);
            act(client, dmabuf);
            show(client);
        } catch (const std::exception&) {
            return false; // It was ended, which is an answer.
        }
        return true;
    };
    show_others();
    CHECK(try_all());
    show_others();
    const std::size_t descriptors = compositor.count_settled_fds();
    {
        const std::jthread filling{[](const std::stop_token& end) {
            std::minstd_rand random{1};
            const auto wait = [&] {
                std::this_thread::sleep_for(std::chrono::microseconds{random() % 3000});
            };
            while (!end.stop_requested()) {
                {
                    const FullFileTable full;
                    wait();
                }
                wait();
            }
        }};
        for (int i = 0; i < 100; ++i) {
            try_all();
            show_others();
        }
    }
    tried(100, "clients while the file table is full at any moment");
    CHECK(try_all());
    show_others();
    CHECK(compositor.settles_at_most(descriptors));
}
