#pragma once

#include "inspect/connection.hpp"

struct tarmac_inspect_snapshot_v1;
struct tarmac_inspect_snapshot_v1_listener;

namespace tarmac::inspect {

/// Makes of the events of a tarmac_inspect_snapshot_v1 what `--json` shows.
class SnapshotReader {
public:
    /// Takes the object.
    explicit SnapshotReader(tarmac_inspect_snapshot_v1* snapshot);
    SnapshotReader(const SnapshotReader&) = delete;
    SnapshotReader& operator=(const SnapshotReader&) = delete;
    ~SnapshotReader();

    bool is_over() const noexcept { return is_done_ || !failure_.empty(); }
    /// Why it was not told; empty if it was.
    const std::string& failure() const noexcept { return failure_; }
    Json take() { return std::move(json_); }

private:
    static const tarmac_inspect_snapshot_v1_listener events;
    void ask() const;
    Json& newest(const char* entries) { return json_[entries].back(); }

    tarmac_inspect_snapshot_v1* snapshot_;
    Json json_;
    /// Pairs of fourcc and modifier that the newest feedback points into.
    Json table_;
    bool is_done_ = false;
    std::string failure_;
};

/// Of a refusal's arguments, of either interface.
Json refusal_json(std::uint32_t client, std::int32_t pid, const char* process,
                  std::uint32_t seconds_hi, std::uint32_t seconds_lo, std::uint32_t microseconds,
                  std::uint32_t is_fatal, const char* reason);

} // namespace tarmac::inspect
