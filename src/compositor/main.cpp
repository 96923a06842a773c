#include "compositor/event_log.hpp"
#include "compositor/server.hpp"

#include <csignal>
#include <sys/resource.h>
#include <utility>

using namespace tarmac::compositor;

namespace {

/// Clients' dma-bufs take a descriptor a plane, and the usual soft limit of 1024 is for programs
/// that call select(). The limit from before.
rlim_t raise_descriptor_limit() {
    rlimit limit{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    getrlimit(RLIMIT_NOFILE, &limit);
    const rlim_t before = std::exchange(limit.rlim_cur, limit.rlim_max);
    setrlimit(RLIMIT_NOFILE, &limit);
    return before;
}

std::expected<int, std::string> run(const Options& options) {
    Inheritance inheritance{raise_descriptor_limit(), unblock_standard_error()};
    if (!options.log.empty()) {
        if (auto opened = open_log(options.log); !opened)
            return std::unexpected(opened.error());
    }
    auto server = Server::create(options, std::move(inheritance));
    if (!server)
        return std::unexpected(server.error());
    return (*server)->run();
}

} // namespace

int main(int argc, char** argv) {
    const auto options = parse_options(argc, argv);
    if (!options)
        return options.error();
    collect_logs(options->verbose);
    // Who reads our log or pastes from a client may go away at any time.
    std::signal(SIGPIPE, SIG_IGN);
    // As the log may reach a limit of the size of files.
    std::signal(SIGXFSZ, SIG_IGN);

    auto result = run(*options);
    if (!result)
        log_event("error", {{"reason", quoted(result.error())}});
    const int status = result.value_or(1);
    log_event("ended", {{"status", std::to_string(status)}});
    return status;
}
