#include "compositor/event_log.hpp"

#include "account/process_name.hpp"

#include <cstdio>
#include <format>
#include <wayland-server-core.h>

namespace tarmac::compositor {
namespace {

bool is_printable(char c) {
    return c >= 0x20 && c < 0x7f;
}

} // namespace

void log_event(std::string_view name, std::initializer_list<EventField> fields) {
    std::string line = std::format("tarmac: {}", name);
    for (const auto& [key, value] : fields)
        line += std::format(" {}={}", key, value);
    line += '\n';
    std::fwrite(line.data(), 1, line.size(), stderr);
    std::fflush(stderr);
}

std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            result += '\\';
            result += c;
        } else if (c == '\n') {
            result += "\\n";
        } else if (is_printable(c)) {
            result += c;
        } else {
            result += std::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    return result += '"';
}

std::string bare(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == ' ')
            continue;
        result += is_printable(c) && c != '"' && c != '\\' ? c : '?';
    }
    return result;
}

std::string client_label(wl_client* client) {
    pid_t pid = 0;
    wl_client_get_credentials(client, &pid, nullptr, nullptr);
    const std::string name = process_name(pid);
    return std::format("{}[{}]", name.empty() ? "unknown" : bare(name), pid);
}

} // namespace tarmac::compositor
