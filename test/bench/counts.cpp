// Counts what one operation of a client costs the compositor's process, with Tarmac's handler of
// linux-dmabuf and with wlroots', in JSON: instructions as valgrind's callgrind counts them, system
// calls as strace does, and of what stays the bytes and descriptors. The renderer is faked, so that
// nobody's driver is in it. All are differences: of twice as many operations and so many.

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <tarmac/fd.hpp>
#include <unistd.h>
#include <utility>
#include <vector>

#include "bench/counted_client.hpp"
#include "bench/counted_compositor.hpp"
#include "dmabuf/formatted.hpp"
#include "support/dmabuf_source.hpp"
#include "support/render_node.hpp"

namespace bench {

namespace {

using tarmac::Fd;
using tarmac::formatted;

constexpr int Skipped = 77; ///< as Meson has it
constexpr unsigned LiveBuffers = 5000;

[[noreturn]] void fail(const std::string& why) {
    throw std::runtime_error{why};
}

/// A directory that goes with it.
class Directory {
public:
    Directory() {
        if (!mkdtemp(path_))
            fail("no temporary directory");
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    ~Directory() {
        std::remove(in("socket").c_str());
        std::remove(in("counts").c_str());
        rmdir(path_);
    }
    std::string in(const char* name) const { return std::string{path_} + "/" + name; }

private:
    char path_[sizeof "/tmp/tarmac-counts-XXXXXX"] = "/tmp/tarmac-counts-XXXXXX";
};

/// A process that is killed if it is still there.
class Process {
public:
    /// `inherited` stay open in it.
    Process(const std::vector<std::string>& command, std::initializer_list<int> inherited)
        : pid_{fork()} {
        if (pid_ < 0)
            fail("no process");
        if (pid_ > 0)
            return;
        for (const int fd : inherited)
            fcntl(fd, F_SETFD, 0);
        std::vector<char*> arguments;
        for (const std::string& argument : command)
            arguments.push_back(const_cast<char*>(argument.c_str()));
        arguments.push_back(nullptr);
        execvp(arguments[0], arguments.data());
        std::perror(arguments[0]);
        _exit(127);
    }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process() {
        if (pid_ == 0)
            return;
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }

    bool ends_well() {
        int status;
        waitpid(std::exchange(pid_, 0), &status, 0);
        return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }

private:
    pid_t pid_;
};

struct Ends {
    Fd own, other;
};
Ends make_socketpair() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        fail("no socketpair");
    return {Fd{ends[0]}, Fd{ends[1]}};
}

/// What comes from the other end, which has two minutes for it.
template <class Value>
Value receive(const Fd& fd, const char* what) {
    pollfd file{fd.get(), POLLIN, 0};
    Value value;
    if (poll(&file, 1, 120'000) != 1 || read(fd.get(), &value, sizeof value) != sizeof value)
        fail(what);
    return value;
}

Fd listen_at(const std::string& path) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::strcpy(address.sun_path, path.c_str());
    Fd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    std::remove(path.c_str());
    if (bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        listen(socket.get(), 128) != 0)
        fail("no socket");
    return socket;
}

/// Has a client do `operation` so often with a compositor that `tool` runs. What the compositor
/// says of itself, if there is no tool to count that, too.
Usage run(const Directory& directory, std::vector<std::string> tool, const std::string& handler,
          const NamedOperation& operation, unsigned count) {
    const std::string path = directory.in("socket");
    Ends control = make_socketpair(), done = make_socketpair();
    Fd listening = listen_at(path);
    static const std::string self = std::filesystem::read_symlink("/proc/self/exe");
    const bool is_counted = !tool.empty();
    std::vector<std::string> compositor = std::move(tool);
    compositor.insert(compositor.end(),
                      {self, "--compositor", handler, std::to_string(listening.get()),
                       std::to_string(control.other.get())});
    Process serving{compositor, {listening.get(), control.other.get()}};
    Process client{{self, "--client", operation.name, std::to_string(count), path,
                    std::to_string(done.other.get())},
                   {done.other.get()}};
    control.other = {};
    done.other = {};
    receive<char>(done.own, "the client hasn't done what it should");
    Usage usage;
    if (is_counted) {
        shutdown(control.own.get(), SHUT_WR);
    } else {
        if (write(control.own.get(), "?", 1) != 1)
            fail("the compositor has come to a bad end");
        usage = receive<Usage>(control.own, "the compositor has come to a bad end");
    }
    if (!serving.ends_well())
        fail("the compositor has come to a bad end");
    return usage;
}

double instructions(const Directory& directory, const std::string& handler,
                    const NamedOperation& operation, unsigned count) {
    const std::string file = directory.in("counts");
    run(directory, {"valgrind", "-q", "--tool=callgrind", "--callgrind-out-file=" + file}, handler,
        operation, count);
    std::ifstream counts{file};
    for (std::string line; std::getline(counts, line);) {
        constexpr std::string_view Key = "summary: ";
        if (line.starts_with(Key))
            return std::stod(line.substr(Key.size()));
    }
    fail("callgrind has counted nothing");
}

using Calls = std::map<std::string, double>;

Calls system_calls(const Directory& directory, const std::string& handler,
                   const NamedOperation& operation, unsigned count) {
    const std::string file = directory.in("counts");
    run(directory, {"strace", "-f", "-qq", "-c", "-U", "calls,name", "-o", file}, handler,
        operation, count);
    std::ifstream counts{file};
    Calls calls;
    for (std::string line; std::getline(counts, line);) {
        std::istringstream words{line};
        double n;
        std::string name;
        // A bare machine asks its kernel for none of the time (vDSO), User-Mode Linux does.
        if (words >> n >> name && name != "total" && name != "clock_gettime" &&
            name != "gettimeofday")
            calls[name] = n;
    }
    if (calls.empty())
        fail("strace has counted nothing");
    return calls;
}

/// The costs of one operation, as JSON.
std::string count_one(const Directory& directory, const std::string& handler,
                      const NamedOperation& operation) {
    const unsigned n = operation.count;
    const double ir = (instructions(directory, handler, operation, 2 * n) -
                       instructions(directory, handler, operation, n)) /
                      n;
    const Calls once = system_calls(directory, handler, operation, n);
    const Calls twice = system_calls(directory, handler, operation, 2 * n);
    double all = 0;
    std::string by_name;
    for (const auto& [name, calls] : twice) {
        const auto before = once.find(name);
        const double each = (calls - (before != once.end() ? before->second : 0)) / n;
        all += each;
        if (each > 0.005)
            by_name += formatted("{}\"{}\": {:.2f}", by_name.empty() ? "" : ", ", name, each);
    }
    return formatted("{{\"instructions\": {:.0f}, \"syscalls\": {:.2f}, \"calls\": {{{}}}}}", ir,
                     all, by_name);
}

/// What one operation leaves behind, as JSON.
std::string weigh_one(const Directory& directory, const std::string& handler,
                      const NamedOperation& operation, unsigned n) {
    const Usage once = run(directory, {}, handler, operation, n);
    const Usage twice = run(directory, {}, handler, operation, 2 * n);
    const auto each = [n](std::uint64_t more, std::uint64_t less) {
        return (static_cast<double>(more) - static_cast<double>(less)) / n;
    };
    return formatted("{{\"bytes\": {:.1f}, \"descriptors\": {:.3f}}}", each(twice.heap, once.heap),
                     each(twice.descriptors, once.descriptors));
}

std::string for_handlers(auto&& function) {
    std::string members;
    for (const char* handler : Handlers)
        members += formatted(", \"{}\": {}", handler, function(std::string{handler}));
    return members;
}

void count_all(const std::string& only) {
    const Directory directory;
    const auto is_wanted = [&](std::string_view name) { return only.empty() || only == name; };
    std::string counts, kept;
    for (const NamedOperation& operation : Operations) {
        if (is_wanted(operation.name))
            counts += formatted("{}\n  {{\"operation\": \"{}\"{}}}", counts.empty() ? "" : ",",
                                operation.name, for_handlers([&](const std::string& handler) {
                                    return count_one(directory, handler, operation);
                                }));
    }
    const struct {
        const char* what;
        Operation operation;
        unsigned n;
    } held[] = {{"live buffer", Operation::CreateImmed, LiveBuffers},
                {"client", Operation::Connect, 100}};
    for (const auto& [what, operation, n] : held) {
        const auto& named = Operations[static_cast<std::size_t>(operation)];
        if (is_wanted(what))
            kept += formatted("{}\n  {{\"held\": \"{}\"{}}}", kept.empty() ? "" : ",", what,
                              for_handlers([&](const std::string& handler) {
                                  return weigh_one(directory, handler, named, n);
                              }));
    }
    std::cout << formatted("{{\"counts\": [{}],\n \"memory\": [{}]}}\n", counts, kept);
}

/// Whether all answers are as they should be, and no more.
void try_all() {
    const Directory directory;
    for (const char* handler : Handlers) {
        for (const NamedOperation& operation : Operations)
            run(directory, {}, handler, operation, 4);
    }
}

const NamedOperation& operation_of(std::string_view name) {
    const auto found = std::ranges::find(Operations, name, &NamedOperation::name);
    if (found == std::end(Operations))
        fail("an unknown operation");
    return *found;
}

int start(const std::vector<std::string>& arguments) {
    const std::string mode = arguments.empty() ? "" : arguments[0];
    if (mode == "--compositor" && arguments.size() == 4)
        run_compositor(arguments[1], std::stoi(arguments[2]), std::stoi(arguments[3]));
    if (mode == "--client" && arguments.size() == 5) {
        run_client(operation_of(arguments[1]).operation,
                   static_cast<unsigned>(std::stoul(arguments[2])), arguments[3]);
        const int done = std::stoi(arguments[4]);
        char byte = 0;
        // Until the other end is closed.
        const bool is_told = write(done, &byte, 1) == 1 && read(done, &byte, 1) == 0;
        _exit(is_told ? 0 : 1);
    }
    const bool is_quick = mode == "--quick";
    if (!mode.empty() && !is_quick && (mode != "--only" || arguments.size() != 2)) {
        std::cerr << "usage: counts [--quick | --only OPERATION]\n";
        return 2;
    }
    std::string lacking = test::missing(test::Exporter::Udmabuf);
    if (lacking.empty() && access(test::RenderNode, R_OK | W_OK) != 0)
        lacking = test::RenderNode;
    if (!lacking.empty()) {
        std::cerr << "counts need " << lacking << '\n';
        return Skipped;
    }
    if (is_quick)
        try_all();
    else
        count_all(arguments.size() == 2 ? arguments[1] : "");
    return 0;
}

} // namespace

} // namespace bench

int main(int argc, char** argv) {
    try {
        return bench::start({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::cerr << "counts: " << error.what() << '\n';
        return 1;
    }
}
