#pragma once

#include <string>
#include <tarmac/fd.hpp>

#include "support/picture.hpp"

namespace test {

/// The monitor of the QEMU that this machine runs in. Skips the test on other machines.
class Qmp {
public:
    Qmp();

    /// What the screen of QEMU's device `id` really shows.
    Picture screendump(const std::string& id);

private:
    /// Waits for what became of it: a line of JSON.
    std::string execute(const std::string& command, const std::string& arguments = "{}");
    std::string read_line();

    tarmac::Fd port_;
    std::string received_;
    int last_id_ = 0;
};

} // namespace test
