#include "compositor/client_log.hpp"

#include "account/process_name.hpp"
#include "compositor/event_log.hpp"
#include "dmabuf/formatted.hpp"
#include "wlr/listener.hpp"
#include "wlr/timer.hpp"

#include <optional>
#include <unordered_map>

namespace tarmac::compositor {
namespace {

constexpr unsigned MaxRefusals = 100; ///< told in a Period
constexpr std::chrono::seconds Period{10};

std::string label_of(wl_client* client) {
    pid_t pid = 0;
    wl_client_get_credentials(client, &pid, nullptr, nullptr);
    const std::string name = process_name(pid);
    return formatted("{}[{}]", name.empty() ? "unknown" : bare(name), pid);
}

/// What the log knows of a client.
struct Known {
    explicit Known(wl_client* client) : label{label_of(client)} {}
    Known(const Known&) = delete;
    Known& operator=(const Known&) = delete;

    void end_period() {
        period.reset();
        if (n_refusals > MaxRefusals)
            log_event("refused-more",
                      {{"client", label}, {"times", std::to_string(n_refusals - MaxRefusals)}});
        n_refusals = 0;
    }

    std::string label;
    unsigned long n_refusals = 0;
    std::optional<Timer> period; ///< that n_refusals counts in
    Listener gone{};
};

std::unordered_map<wl_client*, Known> the_clients;

Known& know(wl_client* client) {
    if (const auto entry = the_clients.find(client); entry != the_clients.end())
        return entry->second;
    decltype(the_clients) added;
    Known& known = added.try_emplace(client, client).first->second;
    wl_listener* gone = known.gone.prepare([client] {
        const auto left = the_clients.extract(client);
        left.mapped().end_period();
    });
    the_clients.merge(added);
    // Last, since without memory for all of that nothing is known.
    wl_client_add_destroy_late_listener(client, gone);
    return known;
}

} // namespace

std::string client_label(wl_client* client) {
    return know(client).label;
}

void log_refusal(wl_client* client, bool fatal, std::string_view reason) {
    Known& known = know(client);
    if (!known.period)
        known.period.emplace(wl_display_get_event_loop(wl_client_get_display(client)), Period,
                             [&known] { known.end_period(); });
    // That it is ended is always told.
    if (++known.n_refusals <= MaxRefusals || fatal)
        log_event(
            "refused",
            {{"client", known.label}, {"fatal", fatal ? "yes" : "no"}, {"reason", quoted(reason)}});
}

} // namespace tarmac::compositor
