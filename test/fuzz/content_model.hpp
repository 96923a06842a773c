#pragma once

#include <deque>
#include <list>
#include <memory>
#include <span>
#include <vector>

#include "fuzz/content_image.hpp"

namespace fuzz {

/// Whether a client has drawn what it committed. It does so later where it is false.
using Drawn = std::shared_ptr<const bool>;

/// What must be seen of a surface, and of those that are synchronized with it. A commit is shown
/// when all before it are and all that it brings is drawn; a parent's with those of its children.
class Tree {
public:
    struct Part {
        Shown now;               ///< what is seen
        Shown latest;            ///< what the client committed last
        std::vector<Drawn> held; ///< of commits since the parent's last one
        bool has_news = false;   ///< there are such
        bool may_be_blank = false;
    };

    Tree() { parts_.emplace_back(); }
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;

    Part& root() { return parts_.front(); }
    /// A synchronized child.
    Part& add_child() { return parts_.emplace_back(); }
    void remove_child(const Part& child);
    const std::list<Part>& parts() const { return parts_; } ///< the root first

    void commit(Part& part, const Shown& shown, Drawn drawn);
    /// Takes the picture away, which waits for nothing. False where what is seen then hangs on what
    /// happens first: nothing may be committed.
    bool commit_nothing(Part& part);

    /// One of each part. Whether it may be seen now, and nothing that was shown before is seen
    /// again.
    bool may_be_seen(std::span<const Seen* const> seen);
    /// Whether it looks like all that can be shown now.
    bool is_settled(std::span<const Seen* const> seen);
    /// Nothing may be seen for a while.
    void lose();
    std::string describe() const;

private:
    struct Commit {
        struct Brought {
            Part* part;
            Shown shown;
            std::vector<Drawn> drawn;
        };
        std::vector<Brought> brought;
        bool is_ready() const;
    };

    bool is_waiting(const Part& part) const;
    std::size_t n_ready() const;
    bool matches(std::span<const Seen* const> seen, std::size_t n_applied) const;
    void apply(std::size_t n);

    std::list<Part> parts_;
    std::deque<Commit> waiting_;
};

} // namespace fuzz
