#include "c/options.hpp"

#include <optional>
#include <string>
#include <utility>

#include "c/catching.hpp"
#include "c/feedback.hpp"

namespace tarmac::c {

namespace {

static_assert(TARMAC_OVERDUE_SKIP == int{std::to_underlying(OverdueAnswer::Skip)} &&
              TARMAC_OVERDUE_DISCONNECT == int{std::to_underlying(OverdueAnswer::Disconnect)});
static_assert(TARMAC_IMMEDIATE_FAILURE_FAILED ==
                  int{std::to_underlying(ImmediateFailure::Failed)} &&
              TARMAC_IMMEDIATE_FAILURE_FATAL == int{std::to_underlying(ImmediateFailure::Fatal)});

/// Leaves the default where `value` is 0.
template <class Number>
void set(Number& number, std::uint64_t value) {
    if (value != 0)
        number = static_cast<Number>(value);
}

/// Each quota in C++ and in C.
constexpr std::pair<std::uint64_t Quotas::*, std::uint64_t tarmac_quotas::*> AllQuotas[] = {
    {&Quotas::params, &tarmac_quotas::params},
    {&Quotas::feedback_objects, &tarmac_quotas::feedback_objects},
    {&Quotas::binds, &tarmac_quotas::binds},
    {&Quotas::buffers, &tarmac_quotas::buffers},
    {&Quotas::held_commits, &tarmac_quotas::held_commits},
    {&Quotas::descriptors, &tarmac_quotas::descriptors},
    {&Quotas::mappings, &tarmac_quotas::mappings},
    {&Quotas::mapped_bytes, &tarmac_quotas::mapped_bytes},
    {&Quotas::copied_bytes, &tarmac_quotas::copied_bytes},
};
static_assert(sizeof(Quotas) == std::size(AllQuotas) * sizeof(std::uint64_t));

auto policy_of(decltype(tarmac_options::policy) call, void* data) {
    return [call, data](wl_client* client) -> std::optional<Quotas> {
        tarmac_quotas most{};
        most.size = sizeof most;
        for (const auto& [ours, theirs] : AllQuotas)
            most.*theirs = Quotas::Unlimited;
        if (!call(data, client, &most))
            return std::nullopt;
        Quotas quotas;
        for (const auto& [ours, theirs] : AllQuotas)
            quotas.*ours = most.*theirs;
        return quotas;
    };
}

auto import_listener(decltype(tarmac_options::on_import) call, void* data) {
    return [call, data](const Import& done) {
        const std::string way{done.way};
        const tarmac_import told{
            .client = done.client,
            .width = done.dmabuf.width(),
            .height = done.dmabuf.height(),
            .fourcc = done.dmabuf.fourcc(),
            .modifier = done.dmabuf.modifier(),
            .n_planes = static_cast<unsigned>(done.dmabuf.planes().size()),
            .way = way.c_str(),
            .time_ns = static_cast<std::uint64_t>(done.time.count()),
        };
        call(data, &told);
    };
}

auto refusal_listener(decltype(tarmac_options::on_refusal) call, void* data) {
    return [call, data](const Refusal& refusal) {
        const tarmac_refusal told{
            .client = refusal.client,
            .fault = fault_of(refusal.error),
            .plane = plane_of(refusal.error),
            .message = refusal.error.message.c_str(),
            .fatal = refusal.fatal,
            .code = refusal.code ? std::int64_t{*refusal.code} : -1,
        };
        call(data, &told);
    };
}

auto overdue_judge(decltype(tarmac_options::on_overdue) call, void* data) {
    return
        [call, data](wl_client* client) { return static_cast<OverdueAnswer>(call(data, client)); };
}

} // namespace

Result<LinuxDmabuf::Options> options_of(const tarmac_options& options) {
    LinuxDmabuf::Options wanted;
    if (options.quotas) {
        const auto given = as_known_here(*options.quotas, "tarmac_quotas");
        if (!given)
            return std::unexpected(given.error());
        for (const auto& [ours, theirs] : AllQuotas)
            set(wanted.quotas.*ours, (*given).*theirs);
    }
    set(wanted.version, options.version);
    if (options.feedback)
        wanted.feedback = options.feedback->feedback;
    wanted.security_contexts = options.security_contexts;
    wanted.immediate_failure = static_cast<ImmediateFailure>(options.immediate_failure);
    if (options.import_budget_ns != 0)
        wanted.import_budget = std::chrono::nanoseconds{options.import_budget_ns};
    if (options.ready_timeout_ms != 0)
        wanted.ready_timeout = std::chrono::milliseconds{options.ready_timeout_ms};
    wanted.workers = options.workers;
    if (options.policy)
        wanted.policy = policy_of(options.policy, options.data);
    if (options.on_import)
        wanted.on_import = import_listener(options.on_import, options.data);
    if (options.on_refusal)
        wanted.on_refusal = refusal_listener(options.on_refusal, options.data);
    if (options.on_overdue)
        wanted.on_overdue = overdue_judge(options.on_overdue, options.data);
    return wanted;
}

} // namespace tarmac::c
