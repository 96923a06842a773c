#include <variant>

#include "inspect/look.hpp"
#include "inspect/matrix.hpp"
#include "inspect/top.hpp"

int main(int argc, char** argv) {
    const auto command = tarmac::inspect::parse_options(argc, argv);
    if (!command)
        return command.error();
    return std::visit([](const auto& options) { return run(options); }, *command);
}
