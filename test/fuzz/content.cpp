// Clients that do nothing wrong commit pictures, now and later, on several surfaces, in all colours
// and sizes, and end; the renderer is lost. At any time that is seen which a model says, and nobody
// but a client has written to its memory.

#include <array>
#include <cstdio>

#include "fuzz/content_painter.hpp"

namespace {

using namespace fuzz;
using namespace std::chrono_literals;

constexpr unsigned MostSteps = 200, MostPainters = 2, MostLosses = 2;

class Play {
public:
    explicit Play(test::FuzzInput& input) : input_{input} {
        for (auto& painter : painters_)
            painter.emplace(compositor_, input.number<std::uint8_t>());
        for (auto& painter : painters_) {
            painter->add_surface(input);
            painter->add_surface(input);
        }
    }

    void step();
    /// All that can be seen is.
    void settle();
    /// All is drawn, seen, taken away and given back.
    void end();

private:
    void turn(std::chrono::milliseconds longest = {});
    void happen(Painter& painter);
    void look();
    /// Calls function(painter, what is seen of it).
    template <class Function>
    void for_each_painter(Function&& function);
    Canvas& canvas() { return canvases()[input_.below(NCanvases)]; }
    template <class Function>
    void await(Function&& is_over);

    test::FuzzInput& input_;
    Compositor& compositor_ = Compositor::shared();
    std::array<std::optional<Painter>, MostPainters> painters_;
    std::vector<Seen> seen_; ///< of all surfaces, since the last turn
    unsigned n_losses_ = 0;
    bool is_paused_ = false;
};

void Play::step() {
    const unsigned kind = input_.below(20);
    auto& painter = painters_[input_.below(MostPainters)];
    if (!painter)
        painter.emplace(compositor_, input_.number<std::uint8_t>());
    switch (kind) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
        return painter->commit_picture(input_);
    case 5:
    case 6:
    case 7:
        return painter->commit_otherwise(input_);
    case 8:
        return painter->commit_again(input_);
    case 9:
        return painter->commit_nothing(input_);
    case 10:
    case 11:
        return canvas().finish();
    case 12:
    case 13:
        return turn();
    case 14:
    case 15:
        return settle();
    case 16:
        return painter->add_surface(input_);
    case 17:
        if (input_.below(4) == 0)
            return painter.reset();
        return painter->remove_surface(input_);
    case 18:
        return painter->destroy_buffer(canvas());
    default:
        return happen(*painter);
    }
}

/// What no client does.
void Play::happen(Painter& painter) {
    switch (input_.below(6)) {
    case 0:
        if (n_losses_++ == MostLosses)
            return;
        // Before it nobody hears of what was sent.
        compositor_.lose_renderer();
        for (auto& one : painters_) {
            if (one)
                one->lose();
        }
        return;
    case 1:
        compositor_.set_importers_again();
        return painter.lose();
    case 2:
        is_paused_ = true;
        return compositor_.pause();
    case 3:
        is_paused_ = false;
        return compositor_.resume();
    case 4:
        return canvas().begin_reading();
    default:
        return canvas().finish_reading();
    }
}

void Play::turn(std::chrono::milliseconds longest) {
    for (auto& painter : painters_) {
        if (painter)
            painter->send();
    }
    compositor_.turn(longest);
    for (auto& painter : painters_) {
        if (painter)
            painter->hear();
    }
    look();
    for_each_painter([](Painter& painter, auto seen) { painter.check_seen(seen); });
}

void Play::look() {
    std::vector<wlr_surface*> surfaces;
    for (const auto& painter : painters_) {
        if (painter)
            painter->name_surfaces(surfaces);
    }
    seen_ = compositor_.look(surfaces);
}

template <class Function>
void Play::for_each_painter(Function&& function) {
    std::span<const Seen> rest = seen_;
    for (auto& painter : painters_) {
        if (!painter)
            continue;
        function(*painter, rest.first(painter->n_surfaces()));
        rest = rest.subspan(painter->n_surfaces());
    }
}

template <class Function>
void Play::await(Function&& is_over) {
    const auto end = std::chrono::steady_clock::now() + 8s;
    for (turn(); !is_over(); turn(1ms)) {
        if (std::chrono::steady_clock::now() < end)
            continue;
        std::string text;
        for_each_painter([&](Painter& painter, auto seen) { text += painter.describe(seen); });
        FUZZ_CHECK(false, "what should come doesn't" + text);
    }
}

void Play::settle() {
    if (is_paused_)
        return;
    await([&] {
        bool is_settled = true;
        for_each_painter([&](Painter& painter, auto seen) {
            is_settled = painter.is_settled(seen) && is_settled;
        });
        return is_settled;
    });
    for (const Canvas& canvas : canvases())
        canvas.check();
}

void Play::end() {
    compositor_.resume();
    is_paused_ = false;
    for (Canvas& canvas : canvases())
        canvas.finish();
    settle();
    for (Canvas& canvas : canvases())
        canvas.finish_reading();
    for (auto& painter : painters_) {
        if (painter)
            painter->remove_all();
    }
    await([] {
        return std::ranges::none_of(canvases(),
                                    [](const Canvas& one) { return one.owner && one.is_held; });
    });
    for (auto& painter : painters_)
        painter.reset();
    compositor_.turn();
    for (Canvas& canvas : canvases())
        canvas.reset();
}

/// What there is to say at the end, beside what the fuzzer says.
struct Tally {
    std::uint64_t n_inputs = 0, n_steps = 0;
    ~Tally() {
        std::fprintf(stderr, "content: %llu steps in %llu inputs\n",
                     static_cast<unsigned long long>(n_steps),
                     static_cast<unsigned long long>(n_inputs));
    }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Tally tally;
    test::FuzzInput input{data, size};
    Play play{input};
    for (unsigned i = 0; i < MostSteps && !input.is_empty(); ++i) {
        play.step();
        ++tally.n_steps;
    }
    play.end();
    ++tally.n_inputs;
    return 0;
}
