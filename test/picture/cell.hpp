#pragma once

#include <set>
#include <string>
#include <vector>

#include "picture/gallery.hpp"

namespace test {

/// A format of an exporter with a renderer: cards of it that hang in a gallery, against what they
/// should look like.
class Cell {
public:
    /// `style` and `layout` must outlive this.
    Cell(const Style& style, const FormatLayout& layout, std::string exporter)
        : style_{style}, layout_{layout}, exporter_{std::move(exporter)} {}

    const FormatLayout& layout() const { return layout_; }

    /// Hangs `card`, which lies in `files`, unless it is refused.
    Import hang(Gallery& gallery, Card card, std::uint64_t modifier,
                std::span<const tarmac::Fd> files, int x, int y);
    void compare(const Picture& screen);
    void fail(const std::string& problem) { problems_.push_back(problem); }
    /// Something else than a way in that is right too.
    void note(const std::string& outcome) { ways_.insert(outcome); }

    /// Fails the test for what isn't right, and reports the cell.
    void report() const;

private:
    struct Hung {
        Card card;
        std::string way;
        int x, y;
    };

    void compare(const Card& card, const std::string& way, const Picture& got);

    const Style& style_;
    const FormatLayout& layout_;
    std::string exporter_;
    std::vector<Hung> hung_;
    std::set<std::string> ways_;
    std::vector<std::string> problems_;
    int worst_ = 0;
};

/// The card's size, in words.
std::string describe(const Card& card);

} // namespace test
