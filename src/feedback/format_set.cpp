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

} // namespace tarmac
