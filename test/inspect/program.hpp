#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace test {

/// What a program has written, and how it ended.
struct Ended {
    int status; ///< or minus the signal
    std::string output;
};

/// Runs tarmac-inspect to its end. `before` stands before its path: a command that runs another.
Ended run_inspect(std::vector<std::string> arguments, std::vector<std::string> before = {},
                  std::vector<std::string> environment = {});

/// What `tarmac-inspect matrix --json` says. Fails the test if it ends badly, or says nothing that
/// can be parsed.
nlohmann::json inspect_matrix(const std::string& seconds, std::vector<std::string> before = {},
                              std::vector<std::string> environment = {});

/// Of that renderer with a device of that driver; with "" on the CPU. Fails the test if there is
/// none.
nlohmann::json renderer_in(const nlohmann::json& report, const std::string& name,
                           const std::string& driver);
/// The device of that driver. Fails the test if there is none.
nlohmann::json device_in(const nlohmann::json& report, const std::string& driver);

/// The commands that run one in a mount namespace of its own, after `script` there. Skips the test
/// for who may not.
std::vector<std::string> in_namespace(const std::string& script);
/// The commands that run one as a user who owns nothing, and is in no group. Skips the test for who
/// may not.
std::vector<std::string> as_nobody();

} // namespace test
