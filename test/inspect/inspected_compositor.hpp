#pragma once

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "dmabuf/formatted.hpp"
#include "inspect/program.hpp"
#include "support/compositor_process.hpp"

namespace test {

/// Where a compositor lets itself be looked at.
class InspectedCompositor {
public:
    explicit InspectedCompositor(const char* renderer = "pixman")
        : compositor_{{"--inspect-socket", path_}, {.renderer = renderer}} {}

    CompositorProcess& get() { return compositor_; }
    const std::string& path() const { return path_; }

    /// What a subcommand says as JSON.
    nlohmann::json look(const std::string& what) const {
        const Ended tool = run_inspect({what, "--json", "--inspect-socket", path_});
        INFO(tool.output);
        REQUIRE(tool.status == 0);
        return nlohmann::json::parse(tool.output);
    }

private:
    std::string path_ =
        std::filesystem::temp_directory_path() / tarmac::formatted("tarmac-inspect-{}", getpid());
    CompositorProcess compositor_;
};

} // namespace test
