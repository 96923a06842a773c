#pragma once

#include <string>

namespace bench {

/// What is counted. A turn of the compositor's event loop each, but for Connect, which has three.
enum class Operation {
    CreateImmed,        ///< the buffers stay
    CreateImmedDestroy, ///< each goes in the next one's turn
    Create,             ///< until `created`; each goes in the next one's turn
    Commit,             ///< of two buffers in turn, damaged wholly
    Connect,            ///< and default feedback; the connections stay
};

struct NamedOperation {
    Operation operation;
    const char* name;
    unsigned count; ///< that is enough to count by
};
inline constexpr NamedOperation Operations[] = {
    {Operation::CreateImmed, "create_immed", 400},
    {Operation::CreateImmedDestroy, "create_immed + destroy", 400},
    {Operation::Create, "create to created, + destroy", 400},
    {Operation::Commit, "commit of a cached buffer", 400},
    {Operation::Connect, "connect + default feedback", 50},
};

/// Does `operation` so often, and leaves what is to stay to the end of the process. Throws
/// std::exception unless the compositor answers each time as is right.
void run_client(Operation operation, unsigned count, const std::string& socket_path);

} // namespace bench
