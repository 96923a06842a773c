#pragma once

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <unistd.h>
#include <utility>
#include <vector>

#include "dmabuf/formatted.hpp"
#include "inspect/program.hpp"
#include "support/compositor_process.hpp"

namespace test {

/// A request that is refused and ends the client: the dma-buf is too small.
inline void be_refused(RawClient& client, const tarmac::Fd& dmabuf) {
    auto& params = client.create_params();
    client.add(params, dmabuf.get(), 0, 0, 4096 * 4, DRM_FORMAT_MOD_LINEAR);
    CHECK(client.create(params, 4096, 64000, DRM_FORMAT_XRGB8888).kind == Answer::Error);
}

/// Where a compositor lets itself be looked at.
class InspectedCompositor {
public:
    explicit InspectedCompositor(const Stage& stage = {.renderer = "pixman"})
        : compositor_{{"--inspect-socket", path_}, stage} {}

    CompositorProcess& get() { return compositor_; }
    const std::string& path() const { return path_; }

    /// What a subcommand says, with `options`.
    std::string say(const std::string& what, std::vector<std::string> options = {}) const {
        options.insert(options.begin(), {what, "--inspect-socket", path_});
        const Ended tool = run_inspect(std::move(options));
        INFO(tool.output);
        REQUIRE(tool.status == 0);
        return tool.output;
    }
    /// The same as JSON.
    nlohmann::json look(const std::string& what, std::vector<std::string> options = {}) const {
        options.emplace_back("--json");
        return nlohmann::json::parse(say(what, std::move(options)));
    }

private:
    std::string path_ =
        std::filesystem::temp_directory_path() / tarmac::formatted("tarmac-inspect-{}", getpid());
    CompositorProcess compositor_;
};

} // namespace test
