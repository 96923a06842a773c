#pragma once

#include <string>

#include "account/timings.hpp"

namespace tarmac {

/// What a client has done, for who looks: see Snapshot::Client.
struct Activity {
    std::uint64_t imports = 0, refusals = 0, shown_commits = 0;
    Timings import, wait, conversion;
    std::string process; ///< its name, once something of it was refused

    void note_import(std::chrono::nanoseconds time) noexcept {
        ++imports;
        import.note(time);
    }
    void note_shown(std::chrono::nanoseconds waited) noexcept {
        ++shown_commits;
        wait.note(waited);
    }
};

} // namespace tarmac
