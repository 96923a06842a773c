#include "inspect/matrix.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <unistd.h>

#include "inspect/html.hpp"
#include "inspect/json.hpp"
#include "inspect/machine.hpp"
#include "inspect/text.hpp"
#include "inspect/trial_process.hpp"

namespace tarmac::inspect {

namespace {

/// Of Mesa on a slow machine, when nothing of it has been read yet.
constexpr std::chrono::seconds LongestStart{10};

Report make_report(double seconds) {
    const auto start = Clock::now();
    const auto end =
        start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>{seconds});
    Report report;
    look_at_machine(report);
    std::vector<Renderer> renderers = renderers_to_try(report);
    std::size_t n_left = renderers.size();
    for (Renderer& renderer : renderers) {
        const auto now = Clock::now();
        const auto share = (std::max(end, now) - now) / n_left--;
        report.renderers.push_back(try_in_process(report, std::move(renderer), now + share,
                                                  std::min(now + LongestStart, end)));
    }
    report.seconds = std::chrono::duration<double>{Clock::now() - start}.count();
    return report;
}

/// Says what is wrong if it can't be.
bool write_page(const std::string& path, const Report& report) {
    std::ofstream file{path};
    file << to_html(report) << std::flush;
    if (!file)
        std::cerr << "tarmac-inspect: " << path << " can't be written: " << std::strerror(errno)
                  << '\n';
    return static_cast<bool>(file);
}

} // namespace

int run(const MatrixOptions& options) {
    const Report report = make_report(options.seconds);
    if (options.is_json)
        std::cout << to_json(report);
    else
        std::cout << to_text(report, isatty(STDOUT_FILENO) == 1);
    std::cout << std::flush;
    const bool is_page_written = options.html.empty() || write_page(options.html, report);
    return std::cout && is_page_written ? 0 : 1;
}

} // namespace tarmac::inspect
