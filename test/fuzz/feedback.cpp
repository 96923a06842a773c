// Feedback as embedders build it, however they do, and what clients are told of it while it
// changes: each exactly what is news to it, once a turn.

#include "fuzz/feedback_clients.hpp"
#include "fuzz/input.hpp"

using namespace tarmac;
using test::FuzzInput;
using test::KnownFeedback;

namespace {

constexpr unsigned MaxClients = 4, MaxSteps = 40;

/// Builds one, and checks it.
std::optional<KnownFeedback> make_feedback(FuzzInput& input,
                                           const std::shared_ptr<const Feedback>& table_owner,
                                           bool may_be_large) {
    auto request = test::pick_request(input, table_owner, may_be_large);
    auto expected = request.expected();
    const auto built = request.build();
    FUZZ_CHECK(built.has_value() == expected.has_value(),
               built ? "what breaks a rule is built" : built.error().message);
    if (!built)
        return std::nullopt;
    test::check_built(**built, request, *expected);
    FUZZ_CHECK((*built)->tells_same(**built, 5), "the same");
    return KnownFeedback{*built, std::make_shared<const test::ModelFeedback>(std::move(*expected))};
}

void take_step(FuzzInput& input, test::FeedbackClients& clients,
               const std::vector<KnownFeedback>& known) {
    const unsigned step = input.below(10), client = input.below(8);
    if (step == 0 || clients.n_clients() == 0) {
        if (clients.n_clients() < MaxClients)
            clients.add_client(1 + client % 6);
        return;
    }
    switch (step) {
    case 1:
        return clients.set_default(input.pick(known));
    case 2:
        return clients.renew_default(input.pick(known));
    case 3:
    case 4:
        return clients.set_for_surface(client, input.below(4), &input.pick(known));
    case 5:
        return clients.set_for_surface(client, input.below(4), nullptr);
    case 6:
        return clients.add_object(client, input.coin());
    case 7:
        return clients.destroy_surface(client, input.below(4));
    case 8:
        return clients.remove_client(client);
    default:
        return clients.settle();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    FuzzInput input{data, size};
    std::vector<KnownFeedback> known;
    // Large tables take long to tell, and few tell as much.
    bool has_large = false;
    for (unsigned n = 1 + input.below(4); n > 0; --n) {
        const auto owner = known.empty() ? nullptr : known.front().feedback;
        if (auto made = make_feedback(input, owner, !has_large)) {
            has_large |= made->feedback->table().formats().size() >= test::ManyPairs;
            known.push_back(std::move(*made));
        }
    }
    if (known.empty() || input.is_empty())
        return 0;
    for (const KnownFeedback& other : known) {
        for (unsigned version : {5, 6})
            FUZZ_CHECK(other.feedback->tells_same(*known.front().feedback, version) ==
                           other.model->tells_same(*known.front().model, version),
                       "the same content");
    }
    test::FeedbackClients clients{known.front()};
    const unsigned n_steps = has_large ? MaxSteps / 8 : MaxSteps;
    for (unsigned n = 0; n < n_steps && !input.is_empty(); ++n)
        take_step(input, clients, known);
    clients.settle();
    return 0;
}
