// tarmac-conformance: what a compositor answers to every right and wrong use of linux-dmabuf-v1.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdarg>
#include <iostream>
#include <wayland-client.h>

#include "dmabuf/formatted.hpp"
#include "protocol/cases.hpp"
#include "protocol/checks.hpp"
#include "support/dmabuf_source.hpp"

using namespace test;

namespace {

struct Totals {
    unsigned passed = 0, failed = 0, skipped = 0;

    void report(const std::string& name, const std::string& failure, const std::string& missing) {
        if (!missing.empty()) {
            ++skipped;
            std::cout << tarmac::formatted("skip  {}\t{}\n", name, missing);
        } else if (!failure.empty()) {
            ++failed;
            std::cout << tarmac::formatted("FAIL  {}\t{}\n", name, failure);
        } else {
            ++passed;
            std::cout << tarmac::formatted("ok    {}\n", name);
        }
        std::cout.flush();
    }
};

std::string describe(const std::vector<Answer>& answers) {
    std::ostringstream text;
    for (const Answer& answer : answers)
        text << (&answer == &answers.front() ? "" : " or ") << answer;
    return text.str();
}

void run_case(const Case& c, Request request, const PlaneFiles& files, Totals& totals) {
    RawClient client{version_for(c)};
    const std::string missing = missing_for(c, request, client);
    std::string failure;
    if (missing.empty()) {
        const Answer answer = run(c, request, client, files);
        if (!is_allowed(c, request, answer)) {
            std::ostringstream text;
            text << "expected " << describe(c.allowed) << ", got " << answer;
            failure = text.str();
        }
    }
    totals.report(name_of(request) + ": " + c.name, failure, missing);
}

void run_check(const Check& check, int dmabuf, Totals& totals) {
    RawClient client{check.version};
    const bool offered = client.version() == check.version;
    totals.report(check.name, offered ? check.run(client, dmabuf) : "",
                  offered ? "" : tarmac::formatted("version {} isn't offered", check.version));
}

/// The first exporter that this machine has, or the one called `name`.
std::optional<Exporter> choose_exporter(const std::string& name) {
    for (const Exporter exporter : AllExporters) {
        if (name.empty() ? missing(exporter).empty() : name_of(exporter) == name)
            return exporter;
    }
    return std::nullopt;
}

int run_all(Exporter exporter) {
    const tarmac::Fd dmabuf = allocate_dmabuf(exporter, CardSize);
    const PlaneFiles files{dmabuf};
    if (!RawClient{1}.dmabuf()) {
        std::cerr << "The compositor has no zwp_linux_dmabuf_v1.\n";
        return 2;
    }
    Totals totals;
    for (const Check& check : all_checks())
        run_check(check, dmabuf.get(), totals);
    for (const Case& c : all_cases()) {
        for (const Request request : AllRequests)
            run_case(c, request, files, totals);
    }
    // Throws if the compositor is gone.
    RawClient{1}.round_trip();
    std::cout << tarmac::formatted("{} passed, {} failed, {} skipped\n", totals.passed,
                                   totals.failed, totals.skipped);
    return totals.failed == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "Asks the compositor at $WAYLAND_DISPLAY for dma-buf wl_buffers in every right and "
        "wrong way, and compares its answers with what linux-dmabuf-v1 allows. Shows no "
        "window, and draws nothing. Needs /dev/udmabuf or another exporter of dma-bufs.",
        "tarmac-conformance"};
    std::string exporter_name;
    app.set_version_flag("--version", "tarmac-conformance " TARMAC_VERSION);
    app.add_option("--exporter", exporter_name,
                   "Where dma-bufs come from; default: the first there is")
        ->check(CLI::IsMember({"udmabuf", "system heap", "vgem", "vkms"}));
    CLI11_PARSE(app, argc, argv);

    // The errors are expected, and told as answers.
    wl_log_set_handler_client([](const char*, va_list) {});
    const auto exporter = choose_exporter(exporter_name);
    try {
        if (!exporter)
            throw std::runtime_error{"this machine exports no dma-bufs: " +
                                     missing(Exporter::Udmabuf)};
        return run_all(*exporter);
    } catch (const std::exception& error) {
        std::cerr << "tarmac-conformance: " << error.what() << '\n';
        return 2;
    }
}
