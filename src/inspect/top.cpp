#include "inspect/top.hpp"

#include <condition_variable>
#include <ftxui/component/component.hpp>
#include <ftxui/component/screen_interactive.hpp>
#include <iostream>
#include <mutex>
#include <thread>
#include <unistd.h>

#include "inspect/connection.hpp"
#include "inspect/entries.hpp"
#include "inspect/top_view.hpp"

namespace tarmac::inspect {

namespace {

using Order = TopTable::Order;
using Interval = std::chrono::duration<double>;

/// True if the key means something.
bool handle_key(TopView& view, const ftxui::Event& event) {
    constexpr std::pair<char, Order> Orders[] = {
        {'c', Order::Client},     {'b', Order::Buffers}, {'m', Order::Memory},
        {'o', Order::Copied},     {'s', Order::Commits}, {'w', Order::Wait},
        {'v', Order::Conversion},
    };
    for (const auto& [key, order] : Orders) {
        if (event == ftxui::Event::Character(key)) {
            view.table.sort_by(order);
            return true;
        }
    }
    if (event == ftxui::Event::ArrowDown)
        view.move(1);
    else if (event == ftxui::Event::ArrowUp)
        view.move(-1);
    else
        return false;
    return true;
}

/// Takes snapshots, one an interval, on a thread: asking waits for the compositor.
class Asking {
public:
    Asking(Connection& connection, Interval interval,
           std::function<void(std::expected<Json, std::string>)> tell)
        : thread_{[&connection, interval, tell = std::move(tell)](const std::stop_token& stop) {
            std::mutex mutex;
            std::condition_variable_any never;
            std::unique_lock lock{mutex};
            while (!stop.stop_requested()) {
                auto snapshot = connection.take_snapshot();
                const bool is_over = !snapshot;
                tell(std::move(snapshot));
                if (is_over)
                    return;
                never.wait_for(lock, stop, interval, [] { return false; });
            }
        }} {}

private:
    std::jthread thread_;
};

/// A snapshot in each line, until nobody reads them or the compositor ends.
int write_lines(Connection& connection, Interval interval) {
    for (;;) {
        const auto snapshot = connection.take_snapshot();
        if (!snapshot)
            return complain(snapshot.error());
        std::cout << json_text(*snapshot) << std::endl;
        if (!std::cout)
            return complain_unwritten();
        std::this_thread::sleep_for(interval);
    }
}

/// On the whole terminal, until a key says that it is enough.
int show(Connection& connection, Interval interval) {
    TopView view;
    auto screen = ftxui::ScreenInteractive::Fullscreen();
    const auto renderer = ftxui::Renderer([&view] { return view.render(); });
    const auto component = ftxui::CatchEvent(renderer, [&](const ftxui::Event& event) {
        if (event == ftxui::Event::Character('q') || event == ftxui::Event::Escape) {
            screen.Exit();
            return true;
        }
        return handle_key(view, event);
    });
    const auto tell = [&](std::expected<Json, std::string> snapshot) {
        screen.Post([&view, snapshot = std::move(snapshot)]() mutable {
            if (snapshot)
                view.table.update(std::move(*snapshot), std::chrono::steady_clock::now());
            else
                view.problem = snapshot.error();
            view.move(0);
        });
        screen.PostEvent(ftxui::Event::Custom);
    };
    {
        const Asking asking{connection, interval, tell};
        screen.Loop(component);
    }
    return view.problem.empty() ? 0 : complain(view.problem);
}

} // namespace

int run(const TopOptions& options) {
    if (!options.is_json && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
        return complain("top wants a terminal: for programs there is --json.");
    auto connection = Connection::open(options.socket);
    if (!connection)
        return complain(connection.error());
    return (options.is_json ? write_lines : show)(*connection, Interval{options.seconds});
}

} // namespace tarmac::inspect
