#include "fuzz/content_model.hpp"

#include <algorithm>
#include <utility>

namespace fuzz {

bool Tree::Commit::is_ready() const {
    return std::ranges::all_of(brought, [](const Brought& one) {
        return std::ranges::all_of(one.drawn, [](const Drawn& drawn) { return *drawn; });
    });
}

void Tree::remove_child(const Part& child) {
    for (Commit& commit : waiting_)
        std::erase_if(commit.brought,
                      [&](const Commit::Brought& one) { return one.part == &child; });
    parts_.remove_if([&](const Part& part) { return &part == &child; });
}

void Tree::commit(Part& part, const Shown& shown, Drawn drawn) {
    part.latest = shown;
    part.has_news = true;
    if (drawn)
        part.held.push_back(std::move(drawn));
    if (&part != &root())
        return;
    Commit& made = waiting_.emplace_back();
    for (Part& one : parts_) {
        if (std::exchange(one.has_news, false))
            made.brought.push_back({&one, one.latest, std::exchange(one.held, {})});
    }
}

bool Tree::is_waiting(const Part& part) const {
    return std::ranges::any_of(waiting_, [&](const Commit& commit) {
        return std::ranges::contains(commit.brought, &part, &Commit::Brought::part);
    });
}

bool Tree::commit_nothing(Part& part) {
    const bool is_root = &part == &root();
    if (is_root ? parts_.size() > 1 : is_waiting(part))
        return false;
    for (Commit& commit : waiting_) {
        if (is_root)
            commit.brought.front().drawn.clear();
    }
    part.held.clear();
    Shown nothing;
    nothing.told = part.latest.told;
    nothing.geometry = part.latest.geometry;
    commit(part, nothing, nullptr);
    return true;
}

std::size_t Tree::n_ready() const {
    return static_cast<std::size_t>(std::ranges::find_if_not(waiting_, &Commit::is_ready) -
                                    waiting_.begin());
}

bool Tree::matches(std::span<const Seen* const> seen, std::size_t n_applied) const {
    auto one_seen = seen.begin();
    for (const Part& part : parts_) {
        const Shown* shown = &part.now;
        for (std::size_t i = 0; i < n_applied; ++i) {
            for (const Commit::Brought& brought : waiting_[i].brought) {
                if (brought.part == &part)
                    shown = &brought.shown;
            }
        }
        const bool is_blank = part.may_be_blank && (*one_seen)->is_nothing();
        if (!is_blank && !is_seen(*shown, **one_seen))
            return false;
        ++one_seen;
    }
    return true;
}

void Tree::apply(std::size_t n) {
    for (; n > 0; --n) {
        for (const Commit::Brought& brought : waiting_.front().brought)
            brought.part->now = brought.shown;
        waiting_.pop_front();
    }
}

bool Tree::may_be_seen(std::span<const Seen* const> seen) {
    const std::size_t most = n_ready();
    for (std::size_t n = 0; n <= most; ++n) {
        if (matches(seen, n)) {
            apply(n);
            return true;
        }
    }
    return false;
}

bool Tree::is_settled(std::span<const Seen* const> seen) {
    const auto blank = [](const Part& part) { return part.may_be_blank; };
    std::vector<bool> before(parts_.size());
    std::ranges::transform(parts_, before.begin(), blank);
    for (Part& part : parts_)
        part.may_be_blank = false;
    if (matches(seen, n_ready()))
        return true;
    auto was_blank = before.begin();
    for (Part& part : parts_)
        part.may_be_blank = *was_blank++;
    return false;
}

void Tree::lose() {
    for (Part& part : parts_)
        part.may_be_blank = true;
}

std::string Tree::describe() const {
    std::string text;
    for (const Part& part : parts_) {
        text += "\n of a surface: " + to_string(part.now);
        for (const Commit& commit : waiting_) {
            for (const Commit::Brought& brought : commit.brought) {
                if (brought.part == &part)
                    text += (commit.is_ready() ? "\n or " : "\n later ") + to_string(brought.shown);
            }
        }
    }
    return text;
}

} // namespace fuzz
