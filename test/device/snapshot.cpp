// What is told to who looks, compared with what clients in this process have done.

#include <algorithm>
#include <catch2/generators/catch_generators.hpp>
#include <ctime>
#include <fcntl.h>
#include <set>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <tarmac/snapshot.hpp>
#include <unistd.h>

#include "support/many_descriptors.hpp"
#include "support/offered_global.hpp"
#include "support/patience.hpp"
#include "support/sanitizer.hpp"

using namespace tarmac;
using namespace std::chrono_literals;
using test::CardHeight;
using test::CardSize;
using test::CardWidth;
using test::Created;
using test::Failed;
using test::OfferedGlobal;
using test::RawClient;

namespace {

std::chrono::nanoseconds time_of_thread() {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

/// Of this process, as the kernel has it.
std::string own_name() {
    char name[16] = {};
    prctl(PR_GET_NAME, name);
    return name;
}

std::uint32_t id_of(const RawClient::Params& params) {
    return wl_proxy_get_id(reinterpret_cast<wl_proxy*>(params.buffer));
}

const Snapshot::Use& use_of(const Snapshot::Client& client, std::string_view resource) {
    const auto found = std::ranges::find(client.uses, resource, &Snapshot::Use::resource);
    REQUIRE(found != client.uses.end());
    return *found;
}

struct Fixture : OfferedGlobal {
    Snapshot look() const {
        auto snapshot = global->snapshot();
        REQUIRE(snapshot);
        return std::move(*snapshot);
    }
    /// One that is answered `failed`.
    void ask_for_interlaced(RawClient& client) {
        CHECK(client.create(with_plane(client), CardWidth, CardHeight, DRM_FORMAT_XRGB8888,
                            ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_INTERLACED) == Failed);
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "clients are told with what they hold and did") {
    offer({.quotas = {.buffers = 100}});
    RawClient first = connect(), second = connect();
    CHECK(create(first, with_plane(first)) == Created);
    CHECK(create(first, with_plane(first)) == Created);
    CHECK(create(second, with_plane(second)) == Created);
    ask_for_interlaced(second);
    first.create_params();
    first.round_trip();
    const Snapshot snapshot = look();
    REQUIRE(snapshot.clients.size() == 2);
    const auto& [a, b] = std::tie(snapshot.clients[0], snapshot.clients[1]);
    CHECK(a.id != b.id);
    CHECK(a.pid == getpid());
    CHECK(a.process == own_name());
    CHECK(a.account != b.account);
    CHECK(a.is_admitted);
    CHECK(a.imports == 2);
    CHECK(b.imports == 1);
    CHECK(a.refusals == 0);
    CHECK(b.refusals == 1);
    CHECK(a.shown_commits == 0);
    CHECK(a.import.count == 2);
    CHECK(a.import.last > 0ns);
    CHECK(a.import.longest >= a.import.median);
    CHECK(a.wait.count == 0);
    CHECK(a.uses.size() == 9);
    CHECK(use_of(a, "buffers").held == 2);
    CHECK(use_of(a, "buffers").held_by_account == 2);
    // Half of what the other leaves.
    CHECK(use_of(a, "buffers").left == (100 - 1) / 2 - 2);
    CHECK(use_of(b, "buffers").left == (100 - 2) / 2 - 1);
    CHECK(use_of(a, "file descriptors").held == 2);
    CHECK(use_of(a, "binds of the global").held == 1);
    CHECK(use_of(a, "unused params objects").held == 1);
    CHECK(use_of(b, "unused params objects").held == 0);
}

TEST_CASE_METHOD(Fixture, "buffers are told with what they are of") {
    offer({});
    RawClient first = connect(), second = connect();
    auto &one = with_plane(first), &other = with_plane(second);
    REQUIRE(create(first, one) == Created);
    REQUIRE(create(second, other) == Created);
    Snapshot snapshot = look();
    REQUIRE(snapshot.buffers.size() == 2);
    const Snapshot::Buffer& told = snapshot.buffers[0];
    CHECK(told.client == snapshot.clients[0].id);
    CHECK(told.id == id_of(one));
    CHECK(snapshot.buffers[1].client == snapshot.clients[1].id);
    CHECK(snapshot.buffers[1].id == id_of(other));
    CHECK(told.image->width() == unsigned{CardWidth});
    CHECK(told.image->fourcc() == DRM_FORMAT_XRGB8888);
    CHECK(told.way == "imported");
    CHECK(told.reason.empty());
    CHECK(told.awaits == Snapshot::Awaits::Nothing);
    CHECK(told.locks == 0);
    CHECK(told.mapped_bytes == 0);

    const auto facts = describe_dmabuf(told.image->planes()[0].fd.get());
    REQUIRE(facts);
    struct stat status;
    REQUIRE(fstat(dmabuf.get(), &status) == 0);
    CHECK(facts->inode == status.st_ino);
    CHECK(facts->inode == told.image->inode(0));
    CHECK(facts->size >= CardSize);
    CHECK(facts->exporter == "udmabuf");

    wl_buffer_destroy(std::exchange(one.buffer, nullptr));
    first.round_trip();
    // What was told stays.
    CHECK(told.image->height() == unsigned{CardHeight});
    snapshot = look();
    REQUIRE(snapshot.buffers.size() == 1);
    CHECK(snapshot.buffers[0].id == id_of(other));
}

TEST_CASE("what isn't a dma-buf has no facts") {
    const Fd file{open("/dev/null", O_RDWR | O_CLOEXEC)};
    const auto facts = describe_dmabuf(file.get());
    REQUIRE_FALSE(facts);
    CHECK(facts.error().fault == Fault::NotADmabuf);
    CHECK_FALSE(describe_dmabuf(-1));
}

TEST_CASE_METHOD(Fixture,
                 "a buffer that is shown is told with its surface, and what is left of it") {
    offer({});
    RawClient client = connect();
    auto& params = with_plane(client);
    REQUIRE(create(client, params) == Created);
    wl_surface* surface = wl_compositor_create_surface(client.compositor());
    client.round_trip();
    CHECK(look().surfaces.empty());
    wl_surface_attach(surface, params.buffer, 0, 0);
    wl_surface_commit(surface);
    REQUIRE(client.round_trip());
    Snapshot snapshot = look();
    REQUIRE(snapshot.surfaces.size() == 1);
    const Snapshot::Surface shown = snapshot.surfaces[0];
    CHECK(shown.client == snapshot.clients[0].id);
    CHECK(shown.id == wl_proxy_get_id(reinterpret_cast<wl_proxy*>(surface)));
    CHECK(shown.buffer == id_of(params));
    CHECK(shown.image == snapshot.buffers[0].image);
    CHECK(shown.way == "imported");
    CHECK(shown.waiting_commits == 0);
    CHECK(shown.awaits == Snapshot::Awaits::Nothing);
    CHECK(shown.copied_bytes == 0);
    CHECK(shown.outputs.empty());
    CHECK(snapshot.buffers[0].locks > 0);
    CHECK(snapshot.clients[0].shown_commits == 1);
    CHECK(snapshot.clients[0].wait.count == 1);
    CHECK(snapshot.clients[0].wait.last == 0ns);

    wl_buffer_destroy(std::exchange(params.buffer, nullptr));
    REQUIRE(client.round_trip());
    snapshot = look();
    REQUIRE(snapshot.buffers.size() == 1);
    CHECK(snapshot.buffers[0].id == 0);
    REQUIRE(snapshot.surfaces.size() == 1);
    CHECK_FALSE(snapshot.surfaces[0].buffer);
    CHECK(snapshot.surfaces[0].image == snapshot.buffers[0].image);
    wl_surface_destroy(surface);
    REQUIRE(client.round_trip());
    snapshot = look();
    CHECK(snapshot.buffers.empty());
    CHECK(snapshot.surfaces.empty());
}

TEST_CASE_METHOD(Fixture, "a buffer that no importer took is told with the reason") {
    test::DecliningImporter declining{FormatSet{{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR}},
                                      renderer.importer().device()};
    offer({}, {&declining});
    RawClient client = connect();
    CHECK(create_immed(client, with_plane(client)) == Failed);
    const Snapshot snapshot = look();
    REQUIRE(snapshot.buffers.size() == 1);
    CHECK(snapshot.buffers[0].way.empty());
    CHECK(snapshot.buffers[0].reason == "declined");
    CHECK(snapshot.buffers[0].awaits == Snapshot::Awaits::Nothing);
    CHECK(snapshot.clients.at(0).imports == 0);
    CHECK(snapshot.refusals.at(0).reason == "declined");
}

TEST_CASE_METHOD(Fixture, "the newest hundred refusals are told, also of who is gone") {
    offer({});
    auto fatal = std::make_optional<RawClient>(6u, compositor.connect(), compositor.pump());
    RawClient client = connect();
    auto& params = fatal->create_params();
    fatal->create(params, CardWidth, CardHeight, DRM_FORMAT_XRGB8888);
    const std::uint64_t id_of_fatal = look().refusals.at(0).client;
    fatal.reset();
    client.round_trip();
    ask_for_interlaced(client);
    Snapshot snapshot = look();
    REQUIRE(snapshot.refusals.size() == 2);
    CHECK(snapshot.refusals[0].client == id_of_fatal);
    CHECK(snapshot.refusals[0].is_fatal);
    CHECK(snapshot.refusals[0].reason == "no plane was added");
    CHECK(snapshot.refusals[1].client == snapshot.clients.at(0).id);
    CHECK(snapshot.refusals[1].client != id_of_fatal);
    CHECK_FALSE(snapshot.refusals[1].is_fatal);
    CHECK(snapshot.refusals[1].reason.contains("interlaced"));
    CHECK(snapshot.refusals[1].pid == getpid());
    CHECK(snapshot.refusals[1].process == own_name());
    CHECK(snapshot.refusals[1].time - std::chrono::system_clock::now() < 1s);
    CHECK(snapshot.refusals[0].time <= snapshot.refusals[1].time);

    for (std::size_t i = 0; i < Snapshot::MaxRefusals - 1; ++i)
        ask_for_interlaced(client);
    snapshot = look();
    CHECK(snapshot.refusals.size() == Snapshot::MaxRefusals);
    CHECK(snapshot.refusals[0].reason.contains("interlaced"));
    CHECK(snapshot.clients.at(0).refusals == Snapshot::MaxRefusals);
}

TEST_CASE_METHOD(Fixture, "what clients were told is told") {
    offer({});
    RawClient silent = connect(), hearing = connect(), old = connect(3);
    wl_surface* surface = wl_compositor_create_surface(hearing.compositor());
    hearing.feedback();
    hearing.feedback(surface);
    old.round_trip();
    const auto other = FeedbackBuilder{}
                           .add_tranche({renderer.importer().device(), TrancheFlags::Sampling,
                                         FormatSet{{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR}}})
                           .build();
    REQUIRE(other);
    Snapshot snapshot = look();
    REQUIRE(snapshot.clients.size() == 3);
    const auto told_to = [&](const Snapshot::Client& client) {
        std::vector<Snapshot::Told> told;
        std::ranges::copy_if(
            snapshot.told, std::back_inserter(told),
            [&](const Snapshot::Told& entry) { return entry.client == client.id; });
        return told;
    };
    CHECK(told_to(snapshot.clients[0]).empty());
    const auto told = told_to(snapshot.clients[1]);
    REQUIRE(told.size() == 2);
    CHECK_FALSE(told[0].surface);
    CHECK(told[0].feedback == global->default_feedback());
    CHECK(told[1].surface == wl_proxy_get_id(reinterpret_cast<wl_proxy*>(surface)));
    const auto told_old = told_to(snapshot.clients[2]);
    REQUIRE(told_old.size() == 1);
    CHECK(told_old[0].feedback == global->default_feedback());

    global->set_default_feedback(*other);
    // It isn't told yet.
    snapshot = look();
    CHECK(told_to(snapshot.clients[1])[0].feedback != *other);
    hearing.round_trip();
    snapshot = look();
    CHECK(told_to(snapshot.clients[1])[0].feedback == *other);
    wl_surface_destroy(surface);
    hearing.round_trip();
    snapshot = look();
    CHECK(told_to(snapshot.clients[1]).size() == 1);
}

TEST_CASE_METHOD(Fixture, "who isn't admitted is told as such") {
    offer({.policy = [](wl_client*) { return std::nullopt; }});
    RawClient client = connect();
    client.round_trip();
    const Snapshot snapshot = look();
    REQUIRE(snapshot.clients.size() == 1);
    CHECK_FALSE(snapshot.clients[0].is_admitted);
}

TEST_CASE_METHOD(Fixture, "a client that goes while it is looked at leaves what was told") {
    offer({});
    auto client = std::make_optional<RawClient>(6u, compositor.connect(), compositor.pump());
    RawClient other = connect();
    REQUIRE(create(*client, with_plane(*client)) == Created);
    std::optional<Snapshot> snapshot = look();
    client.reset();
    other.round_trip();
    CHECK(look().clients.size() == 1);
    CHECK(look().buffers.empty());
    CHECK(describe_dmabuf(snapshot->buffers.at(0).image->planes()[0].fd.get()));
    const std::size_t before = test::count_open_fds();
    snapshot.reset();
    CHECK(other.wait_until([&] { return test::count_open_fds() < before; }));
}

TEST_CASE_METHOD(Fixture, "whose display is gone tells nothing") {
    offer({});
    LinuxDmabuf moved = std::move(*global);
    const auto snapshot = global->snapshot();
    REQUIRE_FALSE(snapshot);
    CHECK(snapshot.error().fault == Fault::NotAvailable);
    CHECK(moved.snapshot());
}

TEST_CASE_METHOD(Fixture, "a snapshot of ten thousand buffers takes no longer than a turn may") {
    constexpr unsigned Count = 10'000;
    const test::ManyMoreDescriptors many;
    // Imported, and mapped to be read, which takes a sentence each on why.
    const std::string name = GENERATE("gles2", "pixman");
    INFO(name);
    test::LocalRenderer& drawing = test::LocalRenderer::shared(name);
    wlr_compositor_set_renderer(surfaces, drawing.get());
    constexpr auto None = Quotas::Unlimited;
    offer({.quotas = {.buffers = None, .descriptors = None, .mappings = None}},
          {&drawing.importer()});
    RawClient client = connect();
    std::vector<wl_buffer*> buffers;
    for (unsigned i = 0; i < Count; ++i) {
        auto* params = zwp_linux_dmabuf_v1_create_params(client.dmabuf());
        zwp_linux_buffer_params_v1_add(params, dmabuf.get(), 0, 0, test::CardStride, 0, 0);
        buffers.push_back(zwp_linux_buffer_params_v1_create_immed(params, CardWidth, CardHeight,
                                                                  DRM_FORMAT_XRGB8888, 0));
        zwp_linux_buffer_params_v1_destroy(params);
        if (i % 64 == 0)
            REQUIRE(client.round_trip());
    }
    const std::string_view way = name == "pixman" ? "read" : "imported";
    REQUIRE(client.wait_until(
        [&] { return std::ranges::count(look().buffers, way, &Snapshot::Buffer::way) == Count; }));
    auto best = 1h + 0ns;
    for (int i = 0; i < 10; ++i) {
        const auto before = time_of_thread();
        const Snapshot snapshot = look();
        best = std::min(best, time_of_thread() - before);
        CHECK(snapshot.buffers.size() == Count);
    }
    // What users get is optimized, and looks at no access.
    const int times = LIBRARY_IS_OPTIMIZED && !test::HasAddressSanitizer ? 1 : 5;
    CHECK(best.count() < (4ms * test::slowness() * times + 0ns).count());
    for (wl_buffer* buffer : buffers)
        wl_buffer_destroy(buffer);
    client.round_trip();
}
