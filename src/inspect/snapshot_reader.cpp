#include "inspect/snapshot_reader.hpp"

#include <chrono>
#include <cstring>
#include <format>
#include <span>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <tarmac/fd.hpp>
#include <tarmac/feedback.hpp>
#include <tarmac/pixel_format.hpp>
#include <utility>

#include "dmabuf/formatted.hpp"
#include "tarmac-inspect-v1-client-protocol.h"

namespace tarmac::inspect {

namespace {

constexpr std::uint32_t EntriesAtOnce = 16;

constexpr const char* Awaits[] = {"nothing", "import", "mapping", "fence", "acquire point",
                                  "copy",    "upload", "other",   "tree"};
constexpr const char* Steps[] = {"import", "wait", "conversion"};

constexpr std::uint64_t join(std::uint32_t high, std::uint32_t low) noexcept {
    return std::uint64_t{high} << 32 | low;
}

/// A newer compositor may know more.
template <std::size_t N>
const char* name_in(const char* const (&names)[N], std::uint32_t index) {
    return index < N ? names[index] : "something else";
}

std::string device_name(const wl_array* array) {
    dev_t device = 0;
    if (array->size == sizeof device)
        std::memcpy(&device, array->data, sizeof device);
    return formatted("{}:{}", major(device), minor(device));
}

Json pair_json(std::uint32_t fourcc, std::uint64_t modifier) {
    return {{"fourcc", fourcc_name(fourcc)}, {"modifier", modifier_name(modifier)}};
}

/// What the table holds: see zwp_linux_dmabuf_feedback_v1.format_table.
Json read_table(const Fd& file, std::uint32_t size) {
    struct Entry {
        std::uint32_t fourcc, padding;
        std::uint64_t modifier;
    };
    Json pairs = Json::array();
    void* memory = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (memory == MAP_FAILED)
        return pairs;
    for (const Entry& entry : std::span{static_cast<const Entry*>(memory), size / sizeof(Entry)})
        pairs.push_back(pair_json(entry.fourcc, entry.modifier));
    munmap(memory, size);
    return pairs;
}

SnapshotReader& reader(void* data) {
    return *static_cast<SnapshotReader*>(data);
}

} // namespace

Json refusal_json(std::uint32_t client, std::int32_t pid, const char* process,
                  std::uint32_t seconds_hi, std::uint32_t seconds_lo, std::uint32_t microseconds,
                  std::uint32_t is_fatal, const char* reason) {
    const auto since_1970 = std::chrono::seconds{join(seconds_hi, seconds_lo)} +
                            std::chrono::microseconds{microseconds};
    const std::chrono::sys_time<std::chrono::microseconds> time{since_1970};
    return {{"time", std::format("{:%FT%TZ}", time)},
            {"client", client},
            {"pid", pid},
            {"process", process},
            {"fatal", is_fatal != 0},
            {"reason", reason}};
}

const tarmac_inspect_snapshot_v1_listener SnapshotReader::events = {
    .client =
        [](void* data, auto*, std::uint32_t id, std::int32_t pid, const char* process,
           const char* account, std::uint32_t is_admitted, std::uint32_t imports_hi,
           std::uint32_t imports_lo, std::uint32_t refusals_hi, std::uint32_t refusals_lo,
           std::uint32_t commits_hi, std::uint32_t commits_lo) {
            reader(data).json_["clients"].push_back({{"id", id},
                                                     {"pid", pid},
                                                     {"process", process},
                                                     {"account", account},
                                                     {"admitted", is_admitted != 0},
                                                     {"imports", join(imports_hi, imports_lo)},
                                                     {"refusals", join(refusals_hi, refusals_lo)},
                                                     {"commits", join(commits_hi, commits_lo)},
                                                     {"uses", Json::array()},
                                                     {"times", Json::object()}});
        },
    .use =
        [](void* data, auto*, const char* resource, std::uint32_t held_hi, std::uint32_t held_lo,
           std::uint32_t account_hi, std::uint32_t account_lo, std::uint32_t left_hi,
           std::uint32_t left_lo) {
            reader(data).newest("clients")["uses"].push_back(
                {{"resource", resource},
                 {"held", join(held_hi, held_lo)},
                 {"held_by_account", join(account_hi, account_lo)},
                 {"left", join(left_hi, left_lo)}});
        },
    .timing =
        [](void* data, auto*, std::uint32_t step, std::uint32_t count_hi, std::uint32_t count_lo,
           std::uint32_t last, std::uint32_t median, std::uint32_t longest) {
            reader(data).newest("clients")["times"][name_in(Steps, step)] = {
                {"count", join(count_hi, count_lo)},
                {"last_us", last},
                {"median_us", median},
                {"longest_us", longest}};
        },
    .buffer =
        [](void* data, auto*, std::uint32_t client, std::uint32_t id, std::uint32_t width,
           std::uint32_t height, std::uint32_t fourcc, std::uint32_t modifier_hi,
           std::uint32_t modifier_lo, const char* way, const char* reason, std::uint32_t awaits,
           std::uint32_t waits_for, std::uint32_t mapped_hi, std::uint32_t mapped_lo,
           std::uint32_t locks) {
            reader(data).json_["buffers"].push_back(
                {{"client", client},
                 {"id", id},
                 {"width", width},
                 {"height", height},
                 {"fourcc", fourcc_name(fourcc)},
                 {"modifier", modifier_name(join(modifier_hi, modifier_lo))},
                 {"way", way},
                 {"reason", reason},
                 {"awaits", name_in(Awaits, awaits)},
                 {"waits_for_us", waits_for},
                 {"mapped_bytes", join(mapped_hi, mapped_lo)},
                 {"locks", locks},
                 {"planes", Json::array()}});
        },
    .plane =
        [](void* data, auto*, std::uint32_t offset, std::uint32_t stride, std::uint32_t inode_hi,
           std::uint32_t inode_lo, std::uint32_t size_hi, std::uint32_t size_lo,
           const char* exporter) {
            reader(data).newest("buffers")["planes"].push_back({{"offset", offset},
                                                                {"stride", stride},
                                                                {"inode", join(inode_hi, inode_lo)},
                                                                {"size", join(size_hi, size_lo)},
                                                                {"exporter", exporter}});
        },
    .surface =
        [](void* data, auto*, std::uint32_t client, std::uint32_t id, std::uint32_t buffer,
           const char* way, std::uint32_t copied_hi, std::uint32_t copied_lo, std::uint32_t waiting,
           std::uint32_t awaits, std::uint32_t waits_for) {
            reader(data).json_["surfaces"].push_back({{"client", client},
                                                      {"id", id},
                                                      {"buffer", buffer},
                                                      {"way", way},
                                                      {"copied_bytes", join(copied_hi, copied_lo)},
                                                      {"waiting_commits", waiting},
                                                      {"awaits", name_in(Awaits, awaits)},
                                                      {"waits_for_us", waits_for},
                                                      {"outputs", Json::array()}});
        },
    .output =
        [](void* data, auto*, const char* name, std::uint32_t is_scanned_out, const char* reason) {
            reader(data).newest("surfaces")["outputs"].push_back(
                {{"name", name}, {"scanned_out", is_scanned_out != 0}, {"reason", reason}});
        },
    .refusal =
        [](void* data, auto*, std::uint32_t client, std::int32_t pid, const char* process,
           std::uint32_t seconds_hi, std::uint32_t seconds_lo, std::uint32_t microseconds,
           std::uint32_t is_fatal, const char* reason) {
            reader(data).json_["refusals"].push_back(refusal_json(
                client, pid, process, seconds_hi, seconds_lo, microseconds, is_fatal, reason));
        },
    .feedback =
        [](void* data, auto*, std::uint32_t client, std::uint32_t surface, wl_array* main_device,
           std::int32_t table, std::uint32_t size) {
            reader(data).table_ = read_table(Fd{table}, size);
            reader(data).json_["feedback"].push_back({{"client", client},
                                                      {"surface", surface},
                                                      {"main_device", device_name(main_device)},
                                                      {"tranches", Json::array()}});
        },
    .tranche =
        [](void* data, auto*, wl_array* device, std::uint32_t flags) {
            reader(data).newest("feedback")["tranches"].push_back(
                {{"device", device_name(device)},
                 {"scanout", has(static_cast<TrancheFlags>(flags), TrancheFlags::Scanout)},
                 {"sampling", has(static_cast<TrancheFlags>(flags), TrancheFlags::Sampling)},
                 {"formats", Json::array()}});
        },
    .indices =
        [](void* data, auto*, wl_array* indices) {
            SnapshotReader& self = reader(data);
            Json& formats = self.newest("feedback")["tranches"].back()["formats"];
            const std::span all{static_cast<const std::uint16_t*>(indices->data),
                                indices->size / sizeof(std::uint16_t)};
            for (const std::uint16_t index : all) {
                if (index < self.table_.size())
                    formats.push_back(self.table_[index]);
            }
        },
    .more = [](void* data, auto*) { reader(data).ask(); },
    .done = [](void* data, auto*) { reader(data).is_done_ = true; },
    .failed = [](void* data, auto*, const char* reason) { reader(data).failure_ = reason; },
};

SnapshotReader::SnapshotReader(tarmac_inspect_snapshot_v1* snapshot) : snapshot_{snapshot} {
    for (const char* entries : {"clients", "buffers", "surfaces", "refusals", "feedback"})
        json_[entries] = Json::array();
    tarmac_inspect_snapshot_v1_add_listener(snapshot_, &events, this);
    ask();
}

SnapshotReader::~SnapshotReader() {
    tarmac_inspect_snapshot_v1_destroy(snapshot_);
}

void SnapshotReader::ask() const {
    tarmac_inspect_snapshot_v1_read(snapshot_, EntriesAtOnce);
}

} // namespace tarmac::inspect
