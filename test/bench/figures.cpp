#include "bench/figures.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>

#include "dmabuf/formatted.hpp"

namespace bench {

using tarmac::formatted;

bool is_measuring() {
    return std::getenv("TARMAC_BENCH") != nullptr;
}

Json& Json::add_value(const std::string& name, const std::string& value) {
    members_ += formatted("{}\"{}\": {}", members_.empty() ? "" : ", ", name, value);
    return *this;
}

Json& Json::add(const std::string& name, const std::string& text) {
    std::string quoted;
    for (const char c : text) {
        if (c == '"' || c == '\\')
            quoted += '\\';
        quoted += c < ' ' ? ' ' : c;
    }
    return add_value(name, '"' + quoted + '"');
}

Json& Json::add(const std::string& name, double number) {
    return add_value(name, formatted("{:.9g}", number));
}

Json& Json::add(const std::string& name, bool value) {
    return add_value(name, value ? "true" : "false");
}

Json& Json::add(const std::string& name, const Json& object) {
    return add_value(name, object.text());
}

Json& Json::add(const std::string& name, const std::vector<unsigned>& numbers) {
    std::string list;
    for (const unsigned number : numbers)
        list += formatted("{}{}", list.empty() ? "" : ", ", number);
    return add_value(name, '[' + list + ']');
}

void record(const std::string& section, const Json& figure) {
    static std::map<std::string, std::string> sections;
    if (!is_measuring())
        return;
    std::string& list = sections[section];
    list += formatted("{}\n  {}", list.empty() ? "" : ",", figure.text());
    std::string all;
    for (const auto& [name, figures] : sections)
        all += formatted("{}\"{}\": [{}]", all.empty() ? "" : ",\n ", name, figures);
    std::ofstream{std::getenv("TARMAC_BENCH")} << '{' << all << "}\n";
    // For whoever waits
    std::cout << section << ": " << figure.text() << std::endl;
}

} // namespace bench
