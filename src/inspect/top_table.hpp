#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "inspect/connection.hpp"

namespace tarmac::inspect {

/// A client's line in `tarmac-inspect top`.
struct TopRow {
    std::uint64_t client; ///< its id
    std::string label;
    std::uint64_t n_buffers = 0, memory = 0, copied = 0, refusals = 0;
    double commits_per_second = 0;
    std::uint64_t wait_us = 0, conversion_us = 0; ///< medians
    std::string ways;                             ///< "read", "copied,imported", …
};

/// What `tarmac-inspect top` shows of snapshots that follow each other.
class TopTable {
public:
    enum class Order : std::uint8_t { Client, Buffers, Memory, Copied, Commits, Wait, Conversion };

    /// The time that has passed since the snapshot before makes rates of numbers.
    void update(Json snapshot, std::chrono::steady_clock::time_point taken);
    void sort_by(Order order) noexcept;

    Order order() const noexcept { return order_; }
    const std::vector<TopRow>& rows() const noexcept { return rows_; }
    /// Of the buffers of a client, a line each.
    Json buffers_of(std::uint64_t client) const;
    std::size_t n_buffers() const { return snapshot_["buffers"].size(); }
    std::size_t n_refusals() const { return snapshot_["refusals"].size(); }

private:
    void sort();

    Json snapshot_ = {
        {"clients", Json::array()}, {"buffers", Json::array()}, {"refusals", Json::array()}};
    std::chrono::steady_clock::time_point taken_;
    std::vector<TopRow> rows_;
    Order order_ = Order::Memory;
};

} // namespace tarmac::inspect
