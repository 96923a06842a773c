#pragma once

#include <string>
#include <vector>

namespace bench {

/// Whether figures are wanted, which the file that TARMAC_BENCH names gets. Otherwise everything is
/// done once, shortly, so that it doesn't rot.
bool is_measuring();

/// An object of JSON, member by member.
class Json {
public:
    Json& add(const std::string& name, const std::string& text);
    Json& add(const std::string& name, const char* text) { return add(name, std::string{text}); }
    Json& add(const std::string& name, double number);
    Json& add(const std::string& name, unsigned number) {
        return add(name, static_cast<double>(number));
    }
    Json& add(const std::string& name, bool value);
    Json& add(const std::string& name, const Json& object);
    Json& add(const std::string& name, const std::vector<unsigned>& numbers);

    std::string text() const { return "{" + members_ + "}"; }

private:
    Json& add_value(const std::string& name, const std::string& value);

    std::string members_;
};

/// Adds to the list `section` of the file, which is whole after each call.
void record(const std::string& section, const Json& figure);

} // namespace bench
