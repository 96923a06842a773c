// What clients hold, and whom it is charged to.

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <list>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account/client_account.hpp"
#include "account/identity.hpp"

using namespace tarmac;
using Catch::Matchers::ContainsSubstring;

namespace {

using Charges = std::vector<ClientAccount::Charge>;

struct Fixture {
    std::vector<std::string> lines;
    std::shared_ptr<Ledger> ledger = make({});

    std::shared_ptr<Ledger> make(const Quotas& quotas) {
        return std::make_shared<Ledger>(
            quotas, [this](const std::string& sentence) { lines.push_back(sentence); });
    }
    std::shared_ptr<ClientAccount> connect(const std::string& name) const {
        return std::make_shared<ClientAccount>(ledger->account(name));
    }
    /// As many of `resource` as it gets, one by one.
    static Charges take_all(ClientAccount& client, Resource resource) {
        Charges charges;
        while (auto charge = client.charge(resource))
            charges.push_back(std::move(*charge));
        return charges;
    }
};

} // namespace

TEST_CASE("an account may have half of what is left to it") {
    STATIC_CHECK(is_within_share(0, 10, 5));
    STATIC_CHECK_FALSE(is_within_share(0, 10, 6));
    STATIC_CHECK(is_within_share(4, 6, 1));
    STATIC_CHECK_FALSE(is_within_share(5, 5, 1));
    // Of what it holds beyond that nothing is taken away.
    STATIC_CHECK_FALSE(is_within_share(8, 0, 1));
    STATIC_CHECK(is_within_share(8, 0, 0) == false);
    STATIC_CHECK(is_within_share(0, 0, 0));
    STATIC_CHECK_FALSE(is_within_share(0, 0, 1));
    STATIC_CHECK_FALSE(is_within_share(1, UINT64_MAX - 1, UINT64_MAX));
    STATIC_CHECK(is_within_share(0, UINT64_MAX, UINT64_MAX / 2));
}

TEST_CASE_METHOD(Fixture, "each account finds half of what those before it left") {
    ledger = make({.mappings = 1024});
    std::list<std::shared_ptr<ClientAccount>> clients;
    std::list<Charges> charges;
    for (std::size_t expected : {512u, 256u, 128u, 64u, 32u, 16u, 8u, 4u, 2u, 1u}) {
        const auto client = clients.emplace_back(connect(std::to_string(expected)));
        CHECK(charges.emplace_back(take_all(*client, Resource::Mappings)).size() == expected);
    }
    charges.clear();
    CHECK(take_all(*clients.back(), Resource::Mappings).size() == 512);
}

TEST_CASE_METHOD(Fixture, "a connection may be bound to less than its share") {
    ledger = make({.descriptors = 1024, .mappings = 64});
    const auto bound = connect("one"), other = connect("one");
    auto before = bound->charge(Resource::Mappings, 4);
    Quotas most = Quotas::unlimited();
    most.mappings = 6;
    most.descriptors = 3;
    bound->set_bounds(most);
    CHECK_FALSE(bound->charge(Resource::Mappings, 3));
    CHECK(take_all(*bound, Resource::Mappings).size() == 2);
    CHECK(take_all(*bound, Resource::Descriptors).size() == 3);
    CHECK(take_all(*other, Resource::Mappings).size() == 28);
    most.mappings = 2;
    bound->set_bounds(most);
    CHECK_FALSE(bound->charge(Resource::Mappings));
    before = ClientAccount::Charge{};
    CHECK(take_all(*bound, Resource::Mappings).size() == 2);
    most.mappings = Quotas::Unlimited;
    bound->set_bounds(most);
    CHECK(take_all(*bound, Resource::Mappings).size() == 32);
}

TEST_CASE_METHOD(Fixture, "what no machine has is beyond every bound") {
    ledger = make({.mapped_bytes = Quotas::Unlimited});
    const auto client = connect("one");
    CHECK_FALSE(client->charge(Resource::MappedBytes, std::uint64_t{1} << 55));
    CHECK(client->charge(Resource::MappedBytes, (std::uint64_t{1} << 55) - 1));
}

TEST_CASE_METHOD(Fixture,
                 "images are given back to keep a connection to its bounds, if that helps") {
    std::optional<ClientAccount::Charge> image;
    int n_asked = 0;
    const auto client = std::make_shared<ClientAccount>(ledger->account("one"), [&] {
        ++n_asked;
        return std::exchange(image, std::nullopt).has_value();
    });
    Quotas most = Quotas::unlimited();
    most.mappings = 4;
    client->set_bounds(most);
    image = client->charge(Resource::Mappings, 3).value();
    CHECK_FALSE(client->charge(Resource::Mappings, 5));
    CHECK(n_asked == 0);
    CHECK(client->charge(Resource::Mappings, 2));
    CHECK(n_asked == 1);
}

TEST_CASE_METHOD(Fixture, "connections of one account have one share of everything") {
    constexpr std::pair<Resource, std::uint64_t Quotas::*> resources[] = {
        {Resource::Params, &Quotas::params},
        {Resource::FeedbackObjects, &Quotas::feedback_objects},
        {Resource::Binds, &Quotas::binds},
        {Resource::Buffers, &Quotas::buffers},
        {Resource::HeldCommits, &Quotas::held_commits},
        {Resource::Mappings, &Quotas::mappings},
        {Resource::MappedBytes, &Quotas::mapped_bytes},
        {Resource::CopiedBytes, &Quotas::copied_bytes},
    };
    Quotas quotas;
    for (const auto& [resource, total] : resources)
        quotas.*total = 100;
    ledger = make(quotas);
    const auto first = connect("process 1"), second = connect("process 1"),
               other = connect("process 2");
    for (const auto& [resource, total] : resources) {
        const auto taken = take_all(*first, resource);
        CHECK(taken.size() == 50);
        CHECK_FALSE(second->charge(resource));
        CHECK(other->charge(resource, 25));
    }
}

TEST_CASE_METHOD(Fixture, "each connection has descriptors of its own first") {
    ledger = make({.descriptors = 384});
    std::list<std::shared_ptr<ClientAccount>> clients;
    std::list<Charges> charges;
    // Of one process: what is set aside for half of twelve connections, and half of the rest.
    for (int i = 0; i < 8; ++i) {
        const auto client = clients.emplace_back(connect("process 1"));
        charges.push_back(take_all(*client, Resource::Descriptors));
    }
    std::size_t n_held = 0;
    for (const auto& each : charges)
        n_held += each.size();
    CHECK(n_held == 6 * OwnDescriptors + 48);
    // Processes that have one connection each.
    for (int i = 0; i < 6; ++i) {
        const auto client = clients.emplace_back(connect(std::to_string(i)));
        charges.push_back(take_all(*client, Resource::Descriptors));
        CHECK(charges.back().size() >= OwnDescriptors);
    }
    CHECK(take_all(*connect("one too many"), Resource::Descriptors).empty());
    // What a connection had counts as long as it holds any of it.
    clients.pop_front();
    clients.pop_front();
    auto& own = *std::next(charges.begin());
    REQUIRE(own.size() == OwnDescriptors);
    own.erase(own.begin(), std::prev(own.end()));
    CHECK(take_all(*connect("one too many"), Resource::Descriptors).empty());
    own.clear();
    CHECK(take_all(*connect("one too many"), Resource::Descriptors).size() == OwnDescriptors);
}

TEST_CASE_METHOD(Fixture, "many accounts that take all that they can leave each client something") {
    std::list<std::shared_ptr<ClientAccount>> clients;
    std::list<Charges> charges;
    for (int i = 0; i < 20; ++i) {
        const auto client = clients.emplace_back(connect(std::to_string(i)));
        for (const Resource resource : {Resource::Params, Resource::FeedbackObjects,
                                        Resource::Binds, Resource::Buffers, Resource::HeldCommits})
            charges.push_back(take_all(*client, resource));
    }
    const auto newcomer = connect("newcomer");
    CHECK(newcomer->charge({{Resource::Params, 8},
                            {Resource::FeedbackObjects, 8},
                            {Resource::Binds, 8},
                            {Resource::Buffers, 8},
                            {Resource::HeldCommits, 8}}));
}

TEST_CASE_METHOD(Fixture, "charges outlive the client, and its account with them") {
    ledger = make({.buffers = 4});
    auto charge = connect("process 1")->charge(Resource::Buffers, 2);
    REQUIRE(charge);
    CHECK_FALSE(connect("process 1")->charge(Resource::Buffers));
    CHECK(connect("process 2")->charge(Resource::Buffers));
    *charge = {};
    CHECK(connect("process 1")->charge(Resource::Buffers, 2));
}

TEST_CASE_METHOD(Fixture, "of several resources all are charged or none") {
    ledger = make({.buffers = 4, .mappings = 2});
    const auto client = connect("process 1");
    CHECK_FALSE(client->charge({{Resource::Buffers, 2}, {Resource::Mappings, 2}}));
    CHECK(client->charge({{Resource::Buffers, 2}, {Resource::Mappings, 1}}));
}

TEST_CASE_METHOD(Fixture, "that a share is met is said once for each account and resource") {
    ledger = make({.buffers = 4, .mappings = 4});
    const auto client = connect("process 1\n"), same = connect("process 1\n"),
               other = connect("process 2");
    for (int i = 0; i < 3; ++i) {
        CHECK_FALSE(client->charge(Resource::Buffers, 3));
        CHECK_FALSE(same->charge(Resource::Buffers, 3));
    }
    REQUIRE(lines.size() == 1);
    CHECK(lines[0] == "3 more buffers are beyond the share of process 1?, which holds 0 and may "
                      "have half of the 4 that others leave");
    CHECK_FALSE(client->charge(Resource::Mappings, 3));
    CHECK_FALSE(other->charge(Resource::Mappings, 3));
    CHECK(lines.size() == 3);
}

TEST_CASE_METHOD(Fixture, "that a connection's bound is met is said besides") {
    ledger = make({.buffers = 4});
    const auto client = connect("process 1"), same = connect("process 1");
    auto most = Quotas::unlimited();
    most.buffers = 0;
    client->set_bounds(most);
    for (int i = 0; i < 3; ++i)
        CHECK_FALSE(client->charge(Resource::Buffers));
    REQUIRE(lines.size() == 1);
    CHECK_THAT(lines[0], ContainsSubstring("this connection"));
    CHECK_FALSE(same->charge(Resource::Buffers, 3));
    REQUIRE(lines.size() == 2);
    CHECK_THAT(lines[1], ContainsSubstring("the share of process 1"));
    same->set_bounds(most);
    CHECK_FALSE(same->charge(Resource::Buffers));
    CHECK(lines.size() == 3);
}

TEST_CASE_METHOD(Fixture, "a client that can give something back makes room") {
    ledger = make({.buffers = 4});
    Charges held;
    int n_asked = 0;
    const auto client = std::make_shared<ClientAccount>(ledger->account("process 1"), [&] {
        ++n_asked;
        const bool can = !held.empty();
        if (can)
            held.pop_back();
        return can;
    });
    held = take_all(*client, Resource::Buffers);
    REQUIRE(held.size() == 2);
    n_asked = 0;
    CHECK(client->charge(Resource::Buffers));
    CHECK(n_asked == 1);
    // For as much as it may never have, it needn't make room.
    CHECK_FALSE(client->charge(Resource::Buffers, 3));
    CHECK(n_asked == 1);
}

TEST_CASE_METHOD(Fixture, "what is told to be left is what a connection gets") {
    ledger = make({.buffers = 1024, .descriptors = 256});
    const auto one = connect("one"), sibling = connect("one"), other = connect("other");
    const auto check_all = [&] {
        for (const auto& client : {one, sibling, other}) {
            for (const Resource resource : {Resource::Buffers, Resource::Descriptors}) {
                INFO(name_of(resource));
                const std::uint64_t left = client->left(resource);
                REQUIRE(left > 0);
                CHECK(client->charge(resource, left));
                CHECK_FALSE(client->charge(resource, left + 1));
            }
        }
    };
    // Before it has descriptors of its own, too.
    CHECK(one->left(Resource::Descriptors) > OwnDescriptors);
    check_all();
    auto held = one->charge(Resource::Buffers, 100), more = sibling->charge(Resource::Buffers, 7);
    auto files = one->charge(Resource::Descriptors, 30);
    check_all();
    CHECK(one->held(Resource::Buffers) == 100);
    CHECK(sibling->held(Resource::Buffers) == 7);
    // A 512th is each connection's own, and 24 descriptors are.
    CHECK(one->own_held(Resource::Buffers) == 2);
    CHECK(one->account().held(Resource::Buffers) == 98 + 5);
    CHECK(one->own_held(Resource::Descriptors) == OwnDescriptors);
    CHECK(one->account().held(Resource::Descriptors) == 30 - OwnDescriptors);
    CHECK(other->account().held(Resource::Buffers) == 0);
    held = std::unexpected(Error{});
    CHECK(one->held(Resource::Buffers) == 0);
    CHECK(one->account().held(Resource::Buffers) == 5);
    Quotas most = Quotas::unlimited();
    most.buffers = 9;
    sibling->set_bounds(most);
    CHECK(sibling->left(Resource::Buffers) == 2);
    most.buffers = 3;
    sibling->set_bounds(most);
    CHECK(sibling->left(Resource::Buffers) == 0);
    const auto all = take_all(*one, Resource::Buffers);
    CHECK(one->left(Resource::Buffers) == 0);
}

TEST_CASE("a limit of the system that is next to nothing leaves next to nothing") {
    rlimit before;
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
    for (rlim_t limit : {0u, 1u, 2u, 3u}) {
        const rlimit few{limit, before.rlim_max};
        REQUIRE(setrlimit(RLIMIT_NOFILE, &few) == 0);
        const Quotas quotas{.mappings = limit};
        REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
        CHECK(quotas.descriptors == limit / 8 * 3);
        const auto client =
            std::make_shared<ClientAccount>(std::make_shared<Ledger>(quotas)->account("client"));
        CHECK_FALSE(client->charge(Resource::Descriptors));
        CHECK_FALSE(client->charge(Resource::Mappings, 2));
    }
}

TEST_CASE("an application is known by the cgroup that systemd names after it") {
    const std::string user = "/user.slice/user-1000.slice/user@1000.service";
    const std::string app = user + "/app.slice/app-gnome-org.example.Player-1234.scope";
    CHECK(application_cgroup("0::" + app + "\n") == app);
    CHECK(application_cgroup("0::" + app + "/inner\n") == app);
    CHECK(application_cgroup("12:pids:/x\n1:name=systemd:" + app + "\n0::/\n") == app);
    const std::string service = user + "/app.slice/app-org.example.Editor@1.service";
    CHECK(application_cgroup("0::" + service + "\n") == service);
    // Of several programs, or of none.
    CHECK(application_cgroup("0::" + user + "/app.slice/app-graphical.slice/x.service\n").empty());
    CHECK(application_cgroup("0::" + user + "/session.slice/session-2.scope\n").empty());
    CHECK(application_cgroup("5:cpu:" + app + "\n").empty());
    CHECK(application_cgroup("0::/\n").empty());
    CHECK(application_cgroup("").empty());
}

TEST_CASE("a process is known by when it was started too") {
    CHECK(start_time("17 (sh) S 1 17 17 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 9 10\n") ==
          4711);
    CHECK(start_time("17 (a) b (c) S 1 17 17 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 12 9\n") == 12);
    CHECK(start_time("17 (sh") == 0);
    CHECK(start_time("") == 0);

    CHECK_FALSE(account_name(getpid()));
    CHECK_FALSE(account_name(0));
    const pid_t child = fork();
    if (child == 0) {
        for (;;)
            pause();
    }
    const auto name = account_name(child);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    REQUIRE(name);
    CHECK_THAT(*name, ContainsSubstring("process " + std::to_string(child)));
    // Whoever gets that pid next is another.
    CHECK(account_name(child) != name);
}
