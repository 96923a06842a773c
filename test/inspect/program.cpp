#include "inspect/program.hpp"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "support/process.hpp"

namespace test {

namespace {

namespace fs = std::filesystem;

/// Where everybody may run it: not everybody may enter the directory that it was built in.
const std::string& program() {
    static const std::string copy = [] {
        const fs::path path = fs::temp_directory_path() / ("inspect-" + std::to_string(getpid()));
        fs::copy_file(TARMAC_INSPECT, path, fs::copy_options::overwrite_existing);
        fs::permissions(path, fs::perms{0755});
        return path.string();
    }();
    return copy;
}

/// Goes last, whatever tests do.
const struct CopyGuard {
    ~CopyGuard() {
        std::error_code failed;
        fs::remove(fs::temp_directory_path() / ("inspect-" + std::to_string(getpid())), failed);
    }
} copy_guard;

void need_root() {
    if (geteuid() != 0)
        SKIP("only root can become another user, or mount something");
}

} // namespace

Ended run_inspect(std::vector<std::string> arguments, std::vector<std::string> before,
                  std::vector<std::string> environment) {
    std::vector<std::string> command = std::move(before);
    command.push_back(program());
    command.insert(command.end(), arguments.begin(), arguments.end());
    Process process{std::move(command), std::move(environment)};
    const int status = process.wait();
    return {status, process.output()};
}

nlohmann::json inspect_matrix(const std::string& seconds, std::vector<std::string> before,
                              std::vector<std::string> environment) {
    const Ended ended = run_inspect({"matrix", "--json", "--seconds", seconds}, std::move(before),
                                    std::move(environment));
    INFO(ended.output.substr(0, 1000));
    REQUIRE(ended.status == 0);
    nlohmann::json report = nlohmann::json::parse(ended.output, nullptr, false);
    REQUIRE(report.is_object());
    REQUIRE(report.at("schema") == 1);
    return report;
}

nlohmann::json renderer_in(const nlohmann::json& report, const std::string& name,
                           const std::string& driver) {
    for (const auto& renderer : report.at("renderers")) {
        const auto& device = renderer.at("device");
        const std::string its_driver =
            device.is_null() ? "" : report.at("devices").at(device.get<std::size_t>()).at("driver");
        if (renderer.at("name") == name && its_driver == driver)
            return renderer;
    }
    FAIL("no renderer " << name << " on " << driver << " in " << report.at("devices"));
    return {};
}

nlohmann::json device_in(const nlohmann::json& report, const std::string& driver) {
    for (const auto& device : report.at("devices")) {
        if (device.at("driver") == driver)
            return device;
    }
    FAIL("no device of " << driver << " in " << report.at("devices"));
    return {};
}

std::vector<std::string> in_namespace(const std::string& script) {
    need_root();
    return {"unshare", "-m", "sh", "-ec", script + "\nexec \"$@\"", "sh"};
}

std::vector<std::string> as_nobody() {
    need_root();
    return {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"};
}

} // namespace test
