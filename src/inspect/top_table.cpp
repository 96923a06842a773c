#include "inspect/top_table.hpp"

#include <algorithm>
#include <map>

#include "inspect/entries.hpp"

namespace tarmac::inspect {

namespace {

/// Of a client's buffers together.
struct Buffers {
    std::uint64_t n = 0, memory = 0;
    std::set<std::uint64_t> dmabufs{}; ///< that are counted already
    std::set<std::string> ways{};
};

std::map<std::uint64_t, Buffers> buffers_by_client(const Json& snapshot) {
    std::map<std::uint64_t, Buffers> all;
    for (const Json& buffer : snapshot["buffers"]) {
        Buffers& buffers = all[buffer["client"]];
        ++buffers.n;
        buffers.memory += memory_of(buffer, buffers.dmabufs);
        if (const std::string way = text(buffer["way"]); !way.empty())
            buffers.ways.insert(way);
    }
    return all;
}

} // namespace

void TopTable::update(Json snapshot, std::chrono::steady_clock::time_point taken) {
    std::map<std::uint64_t, std::uint64_t> commits_before;
    for (const Json& client : snapshot_["clients"])
        commits_before.emplace(client["id"], client["commits"]);
    const std::chrono::duration<double> passed = taken - taken_;
    auto all_buffers = buffers_by_client(snapshot);
    rows_.clear();
    for (const Json& client : snapshot["clients"]) {
        const std::uint64_t id = client["id"];
        const Buffers& buffers = all_buffers[id];
        TopRow& row = rows_.emplace_back();
        row.client = id;
        row.label = label_of(client);
        row.n_buffers = buffers.n;
        row.memory = buffers.memory;
        row.copied = held_by(client, "bytes of copies");
        row.refusals = client["refusals"];
        row.wait_us = median_of(client, "wait");
        row.conversion_us = median_of(client, "conversion");
        row.ways = joined(buffers.ways);
        // One that wasn't there before has no rate yet.
        if (const auto before = commits_before.find(id);
            before != commits_before.end() && passed.count() > 0)
            row.commits_per_second =
                static_cast<double>(client["commits"].get<std::uint64_t>() - before->second) /
                passed.count();
    }
    snapshot_ = std::move(snapshot);
    taken_ = taken;
    sort();
}

void TopTable::sort_by(Order order) noexcept {
    order_ = order;
    sort();
}

void TopTable::sort() {
    // Names and ids rise, what may be too much falls.
    const auto key_of = [this](const TopRow& row) {
        switch (order_) {
        case Order::Client:
            break;
        case Order::Buffers:
            return static_cast<double>(row.n_buffers);
        case Order::Memory:
            return static_cast<double>(row.memory);
        case Order::Copied:
            return static_cast<double>(row.copied);
        case Order::Commits:
            return row.commits_per_second;
        case Order::Wait:
            return static_cast<double>(row.wait_us);
        case Order::Conversion:
            return static_cast<double>(row.conversion_us);
        }
        return 0.0;
    };
    std::ranges::sort(rows_, {}, &TopRow::client);
    std::ranges::stable_sort(rows_, std::ranges::greater{}, key_of);
}

Json TopTable::buffers_of(std::uint64_t client) const {
    Json buffers = Json::array();
    for (const Json& buffer : snapshot_["buffers"]) {
        if (buffer["client"] == client)
            buffers.push_back(buffer);
    }
    return buffers;
}

} // namespace tarmac::inspect
