#include "inspect/look.hpp"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

#include "inspect/connection.hpp"
#include "inspect/entries.hpp"
#include "inspect/listings.hpp"

namespace tarmac::inspect {

namespace {

/// What a subcommand shows: for people, and as JSON these entries of the snapshot.
struct View {
    void (*print)(std::ostream& out, const Json& snapshot);
    std::vector<const char*> entries;
};

View view_of(LookOptions::What what) {
    switch (what) {
    case LookOptions::What::Buffers:
        return {print_buffers, {"clients", "buffers", "surfaces"}};
    case LookOptions::What::Clients:
        return {print_clients, {"clients"}};
    case LookOptions::What::Refusals:
        return {print_refusals, {"refusals"}};
    case LookOptions::What::Feedback:
        break;
    }
    return {print_feedback, {"clients", "feedback"}};
}

/// What clients of that process have of it.
Json narrowed(const Json& snapshot, int pid) {
    std::set<std::uint64_t> ids;
    for (const Json& client : snapshot["clients"]) {
        if (client["pid"] == pid)
            ids.insert(client["id"].get<std::uint64_t>());
    }
    // A refusal may be older than the newest client.
    const auto is_wanted = [&](const Json& entry) {
        return entry.contains("pid") ? entry["pid"] == pid
                                     : ids.contains(entry["client"].get<std::uint64_t>());
    };
    Json narrow;
    for (const auto& [name, entries] : snapshot.items()) {
        narrow[name] = Json::array();
        std::ranges::copy_if(entries, std::back_inserter(narrow[name]), is_wanted);
    }
    return narrow;
}

void print(const LookOptions& options, const Json& snapshot) {
    const View view = view_of(options.what);
    if (!options.is_json)
        return view.print(std::cout, snapshot);
    Json shown;
    for (const char* name : view.entries)
        shown[name] = snapshot[name];
    std::cout << json_text(shown, 2) << '\n';
}

} // namespace

int run(const LookOptions& options) {
    auto connection = Connection::open(options.socket);
    if (!connection)
        return complain(connection.error());
    if (options.follows) {
        return complain(connection->follow_refusals([&](const Json& refusal) {
            if (options.pid && refusal["pid"] != *options.pid)
                return;
            std::cout << (options.is_json ? json_text(refusal) : refusal_line(refusal))
                      << std::endl;
        }));
    }
    const auto snapshot = connection->take_snapshot();
    if (!snapshot)
        return complain(snapshot.error());
    print(options, options.pid ? narrowed(*snapshot, *options.pid) : *snapshot);
    std::cout.flush();
    return std::cout ? 0 : complain_unwritten();
}

} // namespace tarmac::inspect
