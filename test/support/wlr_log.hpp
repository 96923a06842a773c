#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "wlr/wlr.hpp"

namespace test {

/// What is logged as an error while it lives. One at a time.
class ErrorLog {
public:
    ErrorLog() {
        current = this;
        wlr_log_init(WLR_ERROR,
                     [](wlr_log_importance importance, const char* format, va_list arguments) {
                         if (importance != WLR_ERROR)
                             return;
                         char line[1024];
                         std::vsnprintf(line, sizeof line, format, arguments);
                         if (current)
                             current->lines.emplace_back(line);
                         std::fprintf(stderr, "%s\n", line);
                     });
    }
    ~ErrorLog() { current = nullptr; }
    ErrorLog(const ErrorLog&) = delete;
    ErrorLog& operator=(const ErrorLog&) = delete;

    std::vector<std::string> lines;

private:
    static inline ErrorLog* current = nullptr;
};

} // namespace test
