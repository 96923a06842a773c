// Whoever wants all of something there is, and hides behind other processes, leaves others enough.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <functional>
#include <linux/sched.h>
#include <list>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <wayland-client.h>

#include "greedy.hpp"
#include "support/dmabuf_source.hpp"
#include "support/fake_writer.hpp"
#include "support/forked_process.hpp"
#include "support/tried.hpp"

using namespace test;
using tarmac::Fd;
using namespace std::chrono_literals;

namespace {

wl_display* display_of(const RawClient& client) {
    return wl_proxy_get_display(reinterpret_cast<wl_proxy*>(client.dmabuf()));
}

/// That a process has had.
std::chrono::duration<double> processor_time(const Process& process) {
    std::ifstream file{"/proc/" + std::to_string(process.pid()) + "/stat"};
    std::string word;
    // Behind 13 words are those of the program and of the kernel for it, in ticks.
    for (int i = 0; i < 13; ++i)
        file >> word;
    double user = 0, system = 0;
    file >> user >> system;
    return std::chrono::duration<double>{(user + system) /
                                         static_cast<double>(sysconf(_SC_CLK_TCK))};
}

/// How many buffers a process gets that asks for 120 and keeps them; -1 where it is ended.
int count_granted(const CompositorProcess& compositor, const Fd& dmabuf, int n = 120) {
    static std::list<RawClient> kept;
    RawClient& client = kept.emplace_back(6u, compositor.open_socket());
    return ask_for_buffers(client, dmabuf, n).value_or(-1);
}

/// A copy of this process that has the number `pid`, which nobody may have. Its exit status is what
/// `work` says.
int run_as(pid_t pid, const std::function<int()>& work) {
    clone_args arguments{};
    arguments.exit_signal = SIGCHLD;
    arguments.set_tid = reinterpret_cast<std::uintptr_t>(&pid);
    arguments.set_tid_size = 1;
    const long child = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (child < 0)
        SKIP("a process can't be given a number here");
    if (child == 0) {
        int status = 255;
        try {
            status = work();
        } catch (...) {
        }
        _exit(status);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

TEST_CASE("ten processes that use the connections of one have one's share") {
    CompositorProcess compositor{{}, with_few_descriptors("gles2")};
    const Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, SmallStride * SmallSize);
    int n_alone = 0;
    {
        RawClient alone = compositor.connect(6);
        n_alone = ask_for_buffers(alone, dmabuf, 250).value();
    }
    // The kernel names who connected, which is this process.
    std::list<Fd> sockets;
    for (int i = 0; i < 10; ++i)
        sockets.push_back(compositor.open_socket());
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const Fd reading{ends[0]}, writing{ends[1]};
    std::list<ForkedProcess> family;
    int n_made = 0;
    for (const Fd& socket : sockets) {
        family.emplace_back([&] {
            static RawClient client{6, socket};
            const int n = ask_for_buffers(client, dmabuf, 120).value_or(-1);
            return write(writing.get(), &n, sizeof n) == sizeof n;
        });
        REQUIRE(family.back().is_done_well(compositor.process()));
        int n = 0;
        REQUIRE(read(reading.get(), &n, sizeof n) == sizeof n);
        CHECK(n >= 0);
        n_made += n;
    }
    // Some of the connections have descriptors of their own besides.
    constexpr int Own = 24, OwnersAtMost = 6;
    CHECK(n_made <= n_alone + (OwnersAtMost - 1) * Own);
    tried(sockets.size(), "processes with connections of one");
    const ForkedProcess newcomer{[&] {
        start_and_draw(compositor);
        return true;
    }};
    CHECK(newcomer.is_done_well(compositor.process()));
}

TEST_CASE("who gets the pid of a process that is gone has a share of its own") {
    CompositorProcess compositor{{}, with_few_descriptors("gles2")};
    const Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, SmallStride * SmallSize);
    // What the first holds stays, with one that it has forked: that one has its connection.
    pid_t heir = 0, pid = 0;
    {
        int ends[2];
        REQUIRE(pipe(ends) == 0);
        const Fd reading{ends[0]}, writing{ends[1]};
        pid = fork();
        if (pid == 0) {
            int n = -1;
            try {
                n = count_granted(compositor, dmabuf);
            } catch (...) {
            }
            const pid_t child = n > 32 ? fork() : -1;
            if (child == 0) {
                for (;;)
                    pause();
            }
            static_cast<void>(write(writing.get(), &child, sizeof child));
            _exit(0);
        }
        REQUIRE(read(reading.get(), &heir, sizeof heir) == sizeof heir);
        waitpid(pid, nullptr, 0);
    }
    REQUIRE(heir > 0);
    const int n_granted = run_as(pid, [&] { return count_granted(compositor, dmabuf); });
    kill(heir, SIGKILL);
    // More than each connection of an account has that has met its share.
    CHECK(n_granted > 32);
    tried(1, "pids that come again");
    start_and_draw(compositor);
}

TEST_CASE("a process that wants all mapped memory leaves others enough") {
    CompositorProcess compositor{{}, stage_of("pixman")};
    const ForkedProcess greedy{[&] {
        constexpr int Width = 4096, Height = 4096;
        constexpr std::uint32_t Stride = Width * 4;
        static RawClient client{6, compositor.open_socket()};
        const Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, std::size_t{Stride} * Height);
        for (int i = 0; i < 1000; ++i) {
            auto& params = client.create_params();
            client.add(params, dmabuf.get(), 0, 0, Stride, DRM_FORMAT_MOD_LINEAR);
            const Answer answer = client.create(params, Width, Height, DRM_FORMAT_XRGB8888);
            if (answer.kind != Answer::Created)
                return answer.kind == Answer::Failed && i > 1;
        }
        return false;
    }};
    CHECK(greedy.is_done_well(compositor.process()));
    CHECK(compositor.process().output().contains("mapped bytes are beyond the share of process"));
    tried(1, "processes that want all mapped memory");
    start_and_draw(compositor);
}

TEST_CASE("a process that wants all feedback objects is ended, and leaves others enough") {
    CompositorProcess compositor{{}, with_few_descriptors("gles2")};
    const bool reads = GENERATE(true, false);
    const ForkedProcess greedy{[&] {
        static std::list<RawClient> clients;
        int n_ended = 0;
        for (int i = 0; i < 5; ++i) {
            RawClient& client = clients.emplace_back(6u, compositor.open_socket());
            bool is_alive = true;
            for (int k = 0; k < 9000 && is_alive; ++k) {
                zwp_linux_dmabuf_v1_get_default_feedback(client.dmabuf());
                if (reads && k % 100 == 0)
                    is_alive = client.round_trip();
                else if (!reads)
                    is_alive = wl_display_flush(display_of(client)) >= 0;
            }
            n_ended += !is_alive || !client.round_trip();
        }
        return n_ended > 0;
    }};
    tried(5, "clients that want 9,000 feedback objects each");
    for (int i = 0; i < 5; ++i)
        start_and_draw(compositor);
    CHECK(greedy.is_done_well(compositor.process()));
    start_and_draw(compositor);
}

TEST_CASE("a process that has all commits held leaves others enough") {
    // Each waits by a descriptor, of which there may be fewer.
    const auto& [limit, met] = GENERATE(table<const char*, const char*>(
        {{"1024:1024", "file descriptors"}, {"262144:262144", "held commits"}}));
    Stage stage = stage_of("gles2");
    stage.launcher = {"prlimit", std::string{"--nofile="} + limit};
    CompositorProcess compositor{{}, stage};
    const Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, SmallStride * SmallSize);
    const FakeWriter writer{dmabuf};
    const ForkedProcess greedy{[&] {
        static RawClient client{6, compositor.open_socket()};
        auto& params = client.create_params();
        client.add(params, dmabuf.get(), 0, 0, SmallStride, DRM_FORMAT_MOD_LINEAR);
        if (client.create(params, SmallSize, SmallSize, DRM_FORMAT_XRGB8888).kind !=
            Answer::Created)
            return false;
        // A surface without a role holds nothing back.
        static std::list<Window> windows;
        for (int i = 0; i < 100; ++i) {
            if (i % 10 == 0)
                windows.emplace_back(client);
            wl_surface* surface = windows.back().surface();
            for (int k = 0; k < 100; ++k) {
                wl_surface_attach(surface, params.buffer, 0, 0);
                wl_surface_damage_buffer(surface, 0, 0, SmallSize, SmallSize);
                wl_surface_commit(surface);
            }
            if (!client.round_trip())
                return false;
        }
        return true;
    }};
    for (int i = 0; i < 3; ++i)
        start_and_draw(compositor);
    CHECK(greedy.is_done_well(compositor.process()));
    CHECK(compositor.process().output().contains(std::string{met} +
                                                 " are beyond the share of process"));
    start_and_draw(compositor);
    tried(10'000, "commits that wait");
    // What waits costs next to nothing.
    const auto before = processor_time(compositor.process());
    std::this_thread::sleep_for(2s);
    CHECK((processor_time(compositor.process()) - before).count() < 1);
}
