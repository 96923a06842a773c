#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "inspect/connection.hpp"

namespace tarmac::inspect {

// What people are shown of the entries of a snapshot: see tarmac-inspect(1) for these.

/// Names are clients' choice: what could do something to a terminal is a `?`.
std::string text(const Json& value);
/// For programs: what isn't UTF-8 of these is replaced. An `indent` of -1 makes one line.
std::string json_text(const Json& json, int indent = -1);
/// "mpv[1234]", of a client or a refusal.
std::string label_of(const Json& entry);
/// "XR24", of a buffer.
std::string fourcc_of(const Json& buffer);
/// What a buffer waits for, and why it isn't shown the best way.
std::string sentence_of(const Json& buffer);
/// Bytes of the dma-bufs that a buffer lies in.
std::uint64_t memory_of(const Json& buffer);
/// The same without those whose inodes are in `known`, to which it adds the others.
std::uint64_t memory_of(const Json& buffer, std::set<std::uint64_t>& known);
std::string exporters_of(const Json& buffer);
/// What a client holds of that.
std::uint64_t held_by(const Json& client, std::string_view resource);
/// Microseconds; 0 if it was never done.
std::uint64_t median_of(const Json& client, const char* step);

/// "8294400" becomes "7.9M".
std::string short_bytes(std::uint64_t bytes);
/// "16700" becomes "16.7ms", 0 "-".
std::string short_time(std::uint64_t microseconds);
/// With commas.
std::string joined(const std::set<std::string>& names);

/// What entries refer to, found at once.
class Index {
public:
    explicit Index(const Json& snapshot);

    /// Of a client, which may have gone while the snapshot was told.
    std::string label(const Json& client_id) const;
    /// Where a buffer is seen: "HEADLESS-1", with a * where it is scanned out.
    std::string outputs(const Json& buffer) const;

private:
    using Id = std::uint64_t;
    std::map<Id, std::string> labels_;
    std::map<std::pair<Id, Id>, std::set<std::string>> outputs_;
};

} // namespace tarmac::inspect
