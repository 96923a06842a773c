// tarmac-inspect, and what it says of clients.

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <drm_fourcc.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "client/greedy.hpp"
#include "dmabuf/formatted.hpp"
#include "inspect/inspected_compositor.hpp"
#include "inspect/looker.hpp"
#include "support/compositor_process.hpp"
#include "support/forked_process.hpp"
#include "support/image_buffer.hpp"

using namespace test;
using tarmac::Fd;
using tarmac::formatted;
using Json = nlohmann::json;

namespace {

ino_t inode_of(const Fd& fd) {
    struct stat status{};
    REQUIRE(fstat(fd.get(), &status) == 0);
    return status.st_ino;
}

} // namespace

TEST_CASE("tarmac-inspect tells of each client's buffers what they are") {
    InspectedCompositor compositor;
    RawClient first = compositor.get().connect(6), second = compositor.get().connect(6);
    const ImageBuffer rgb{first, DRM_FORMAT_XRGB8888, 64, 48};
    const ImageBuffer yuv{first, DRM_FORMAT_NV12, 128, 32};
    const ImageBuffer other{second, DRM_FORMAT_ARGB8888, 16, 16};
    const Json all = compositor.look("buffers");

    REQUIRE(all["clients"].size() == 2);
    for (const Json& client : all["clients"]) {
        CHECK(client["pid"] == getpid());
        CHECK(client["admitted"] == true);
    }
    CHECK(all["clients"][0]["imports"] == 2);
    CHECK(all["clients"][1]["imports"] == 1);
    REQUIRE(all["buffers"].size() == 3);
    const auto check = [&](const Json& buffer, const ImageBuffer& image, unsigned client) {
        CHECK(buffer["client"] == all["clients"][client]["id"]);
        CHECK(buffer["id"] == wl_proxy_get_id(reinterpret_cast<wl_proxy*>(image.get())));
        CHECK(buffer["modifier"] == "LINEAR");
        CHECK(buffer["width"] == image.whole().width);
        CHECK(buffer["height"] == image.whole().height);
        CHECK(buffer["awaits"] == "nothing");
        for (const Json& plane : buffer["planes"]) {
            CHECK(plane["inode"] == inode_of(image.dmabuf()));
            CHECK(plane["size"] == lseek(image.dmabuf().get(), 0, SEEK_END));
            CHECK(plane["exporter"] != "");
        }
    };
    check(all["buffers"][0], rgb, 0);
    check(all["buffers"][1], yuv, 0);
    check(all["buffers"][2], other, 1);
    CHECK(all["buffers"][0]["fourcc"] == tarmac::fourcc_name(DRM_FORMAT_XRGB8888));
    CHECK(all["buffers"][1]["fourcc"] == tarmac::fourcc_name(DRM_FORMAT_NV12));
    CHECK(all["buffers"][0]["planes"].size() == 1);
    CHECK(all["buffers"][1]["planes"].size() == 2);
    CHECK(all["buffers"][0]["reason"] != "");
}

TEST_CASE("tarmac-inspect tells what clients hold, and forgets those that are gone") {
    InspectedCompositor compositor;
    RawClient staying = compositor.get().connect(6);
    const ImageBuffer image{staying, DRM_FORMAT_XRGB8888, 64, 48};
    {
        RawClient going = compositor.get().connect(6);
        const ImageBuffer another{going, DRM_FORMAT_XRGB8888, 64, 48};
        CHECK(compositor.look("clients")["clients"].size() == 2);
    }
    REQUIRE(staying.round_trip());
    const Json clients = compositor.look("clients")["clients"];
    REQUIRE(clients.size() == 1);
    const auto use_of = [&](const char* resource) {
        for (const Json& use : clients[0]["uses"]) {
            if (use["resource"] == resource)
                return use;
        }
        FAIL("nothing is said of " << resource);
        return Json{};
    };
    CHECK(use_of("buffers")["held"] == 1);
    CHECK(use_of("buffers")["held_by_account"] == 1);
    CHECK(use_of("buffers")["left"] > 1000);
    CHECK(use_of("file descriptors")["held"] == 1);
    CHECK(clients[0]["times"]["import"]["count"] == 1);
}

TEST_CASE("tarmac-inspect tells what was refused, and what is") {
    InspectedCompositor compositor;
    RawClient client = compositor.get().connect(6);
    const ImageBuffer image{client, DRM_FORMAT_XRGB8888, 64, 48};
    be_refused(client, image.dmabuf());
    const Json refusals = compositor.look("refusals")["refusals"];
    REQUIRE(refusals.size() == 1);
    const auto reason = refusals[0]["reason"].get<std::string>();
    CHECK(refusals[0]["pid"] == getpid());
    CHECK(refusals[0]["fatal"] == true);

    Process follower{
        {TARMAC_INSPECT, "refusals", "--follow", "--json", "--inspect-socket", compositor.path()}};
    const auto read_reason = [&] {
        return Json::parse(follower.await_line("reason"))["reason"].get<std::string>();
    };
    CHECK(read_reason() == reason);
    RawClient another = compositor.get().connect(6);
    be_refused(another, image.dmabuf());
    CHECK(read_reason() == reason);
    follower.signal(SIGTERM);
    CHECK(follower.wait() == -SIGTERM);
}

TEST_CASE("tarmac-inspect tells what clients were told to allocate") {
    InspectedCompositor compositor;
    RawClient client = compositor.get().connect(6);
    const ToldFeedback& told = client.feedback();
    const Json feedback = compositor.look("feedback")["feedback"];
    REQUIRE(feedback.size() == 1);
    CHECK(feedback[0]["surface"] == 0);
    REQUIRE(feedback[0]["tranches"].size() == told.tranches.size());
    for (std::size_t i = 0; i < told.tranches.size(); ++i) {
        const Json& tranche = feedback[0]["tranches"][i];
        REQUIRE(tranche["formats"].size() == told.tranches[i].formats.size());
        CHECK(tranche["sampling"] == true);
        for (std::size_t k = 0; k < told.tranches[i].formats.size(); ++k) {
            const auto& [fourcc, modifier] = told.tranches[i].formats[k];
            CHECK(tranche["formats"][k]["fourcc"] == tarmac::fourcc_name(fourcc));
            CHECK(tranche["formats"][k]["modifier"] == tarmac::modifier_name(modifier));
        }
    }
}

TEST_CASE("tarmac-inspect tells of one process alone, if it is asked to") {
    InspectedCompositor compositor;
    const ForkedProcess other{[&] {
        static RawClient client = compositor.get().connect(6);
        static const ImageBuffer image{client, DRM_FORMAT_XRGB8888, 16, 16};
        return client.round_trip();
    }};
    REQUIRE(other.is_done_well(compositor.get().process()));
    RawClient client = compositor.get().connect(6);
    const ImageBuffer image{client, DRM_FORMAT_XRGB8888, 64, 48};
    client.feedback();
    RawClient refused = compositor.get().connect(6);
    be_refused(refused, image.dmabuf());

    CHECK(compositor.look("buffers")["buffers"].size() == 2);
    const auto look = [&](const std::string& what, pid_t pid) {
        return compositor.look(what, {"--pid", std::to_string(pid)});
    };
    const Json theirs = look("buffers", other.pid()), mine = look("buffers", getpid());
    REQUIRE(theirs["clients"].size() == 1);
    CHECK(theirs["clients"][0]["pid"] == other.pid());
    REQUIRE(theirs["buffers"].size() == 1);
    CHECK(theirs["buffers"][0]["width"] == 16);
    REQUIRE(mine["buffers"].size() == 1);
    CHECK(mine["buffers"][0]["width"] == 64);
    CHECK(look("feedback", getpid())["feedback"].size() == 1);
    CHECK(look("feedback", other.pid())["feedback"].empty());
    CHECK(look("refusals", getpid())["refusals"].size() == 1);
    CHECK(look("refusals", other.pid())["refusals"].empty());
    CHECK(compositor.say("clients", {"--pid", "1"}) == "No clients that use dma-bufs.\n");
}

TEST_CASE("tarmac-inspect tells of hundreds of buffers, and of what surfaces show") {
    InspectedCompositor compositor;
    RawClient client = compositor.get().connect(6);
    const Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, SmallStride * SmallSize);
    const auto made = ask_for_buffers(client, dmabuf, 300);
    REQUIRE(made == 300);
    Window window{client};
    const ImageBuffer image{client, DRM_FORMAT_XRGB8888, 64, 64};
    window.show(image.get());
    const Json all = compositor.look("buffers");
    CHECK(all["buffers"].size() == 301);
    for (const Json& buffer : all["buffers"])
        CHECK(buffer["planes"][0]["inode"] ==
              inode_of(buffer["width"] == 64 ? image.dmabuf() : dmabuf));
    REQUIRE(all["surfaces"].size() == 1);
    const Json& surface = all["surfaces"][0];
    CHECK(surface["client"] == all["clients"][0]["id"]);
    CHECK(surface["id"] == wl_proxy_get_id(reinterpret_cast<wl_proxy*>(window.surface())));
    CHECK(surface["buffer"] == wl_proxy_get_id(reinterpret_cast<wl_proxy*>(image.get())));
    CHECK(surface["way"] == "read");
    CHECK(surface["copied_bytes"] == 0);
    CHECK(surface["awaits"] == "nothing");
    REQUIRE(surface["outputs"].size() == 1);
    CHECK(surface["outputs"][0]["name"] == "HEADLESS-1");
    CHECK(surface["outputs"][0]["scanned_out"] == false);
    CHECK(surface["outputs"][0]["reason"] != "");
    CHECK(all["clients"][0]["commits"] == 1);
}

TEST_CASE("only the user may inspect a compositor, and not by the ordinary socket") {
    InspectedCompositor compositor;
    struct stat status{};
    REQUIRE(stat(compositor.path().c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0600);
    Looker looker{compositor.path()};
    CHECK(looker.client().globals() == std::vector<std::string>{"tarmac_inspect_v1"});
    const Ended tool = run_inspect(
        {"buffers", "--inspect-socket",
         std::string{std::getenv("XDG_RUNTIME_DIR")} + "/" + compositor.get().socket()});
    CHECK(tool.status == 1);
    CHECK(tool.output.contains("without tarmac_inspect_v1"));
}

TEST_CASE("tarmac-inspect says plainly where nobody lets it look") {
    CompositorProcess compositor{{}, {.renderer = "pixman"}};
    const Ended tool = run_inspect({"clients"}, {}, {compositor.environment()});
    CHECK(tool.status == 1);
    CHECK(tool.output.contains("No compositor lets itself be inspected"));
}

TEST_CASE("who doesn't read what it looks at keeps nobody waiting, and holds nothing for long") {
    InspectedCompositor compositor;
    RawClient client = compositor.get().connect(6);
    auto image = std::make_unique<ImageBuffer>(client, DRM_FORMAT_XRGB8888, 64, 48);
    Looker looker{compositor.path()};
    const ReadSnapshot snapshot{looker};
    REQUIRE(looker.client().round_trip());
    image->destroy();
    REQUIRE(client.round_trip());
    const auto held = [&] {
        return compositor.look("clients")["clients"][0]["uses"][3]["held"].get<int>();
    };
    CHECK(held() == 1);

    REQUIRE(looker.client().wait_until([&] { return !snapshot.failure.empty(); }));
    CHECK(held() == 0);
}
