#include "clients/programs.hpp"

#include <catch2/catch_test_macros.hpp>
#include <csignal>

namespace test {

void need(const std::string& what, const std::vector<std::string>& command) {
    if (Process{command}.wait() != 0)
        SKIP(what << " is missing");
}

void need_program(const std::string& name) {
    need(name, {"sh", "-c", "command -v \"$0\"", name});
}

std::string clients_file(const std::string& name) {
    return TARMAC_SOURCE "/test/clients/" + name;
}

std::string await_import(CompositorProcess& compositor, const std::string& client) {
    return compositor.process().await_line("tarmac: imported client=" + client + "[");
}

void end_unrefused(CompositorProcess& compositor) {
    compositor.process().signal(SIGTERM);
    CHECK(compositor.await_end() == 0);
    INFO(compositor.process().output());
    CHECK_FALSE(compositor.process().output().contains("tarmac: refused"));
}

} // namespace test
