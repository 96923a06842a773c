#pragma once

#include <format>
#include <string>
#include <string_view>

namespace tarmac {

[[nodiscard]] std::string formatted_with(std::string_view text, std::format_args values);

/// As std::format, whose whole machinery each file that calls it would compile again for seconds.
template <typename... Values>
[[nodiscard]] std::string formatted(std::format_string<const Values&...> text,
                                    const Values&... values) {
    return formatted_with(text.get(), std::make_format_args(values...));
}

} // namespace tarmac
