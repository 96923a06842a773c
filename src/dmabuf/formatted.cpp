#include "dmabuf/formatted.hpp"

namespace tarmac {

std::string formatted_with(std::string_view text, std::format_args values) {
    return std::vformat(text, values);
}

} // namespace tarmac
