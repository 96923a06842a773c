#include <algorithm>
#include <tarmac/format_set.hpp>

namespace tarmac {

FormatSet::FormatSet(std::initializer_list<FormatModifier> pairs) {
    for (const FormatModifier& pair : pairs)
        add(pair);
}

bool FormatSet::add(FormatModifier pair) {
    const bool is_new = positions_.try_emplace(pair, pairs_.size()).second;
    if (is_new)
        pairs_.push_back(pair);
    return is_new;
}

FormatSet FormatSet::intersect(const FormatSet& other) const {
    FormatSet common;
    for (const FormatModifier& pair : pairs_) {
        if (other.contains(pair))
            common.add(pair);
    }
    return common;
}

FormatSet FormatSet::without(const FormatSet& other) const {
    FormatSet rest;
    for (const FormatModifier& pair : pairs_) {
        if (!other.contains(pair))
            rest.add(pair);
    }
    return rest;
}

bool FormatSet::has_same_pairs(const FormatSet& other) const {
    return size() == other.size() && std::ranges::all_of(pairs_, [&](const FormatModifier& pair) {
               return other.contains(pair);
           });
}

} // namespace tarmac
