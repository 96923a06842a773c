#pragma once

#include <ftxui/dom/elements.hpp>
#include <string>

#include "inspect/top_table.hpp"

namespace tarmac::inspect {

/// What is on the screen of `tarmac-inspect top`: clients above, and below the buffers of the one
/// that is selected.
struct TopView {
    TopTable table;
    std::uint64_t selected = 0; ///< a client's id; another once it is gone
    std::string problem;        ///< instead of what would be there

    /// Selects the client so many lines further down.
    void move(int lines);
    ftxui::Element render() const;
};

} // namespace tarmac::inspect
