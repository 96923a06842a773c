// Advice on scanout in this process, on outputs that look when they are told to: what happens when.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <sys/stat.h>
#include <tarmac/scene_feedback.hpp>
#include <wayland-client.h>

#include "protocol/cases.hpp"
#include "support/feedback.hpp"
#include "support/local_scene.hpp"
#include "support/patience.hpp"

using namespace tarmac;
using test::CardHeight;
using test::CardWidth;
using test::FakeOutput;
using test::ToldFeedback;

namespace {

constexpr FormatModifier ArgbLinear{DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR};

constexpr std::chrono::milliseconds SettlingTime{100};

/// Takes some of what the real one takes.
class PartialImporter final : public Importer {
public:
    PartialImporter(Importer& real, FormatSet formats, bool imports = true)
        : real_{real}, formats_{std::move(formats)}, imports_{imports} {}

    const FormatSet& formats() const noexcept override { return formats_; }
    dev_t device() const noexcept override { return real_.device(); }
    bool imports() const noexcept override { return imports_; }
    std::string_view way() const noexcept override { return "partial"; }

private:
    Result<Texture> import_dmabuf(std::shared_ptr<const Dmabuf> dmabuf,
                                  const Update& update) override {
        return real_.import(std::move(dmabuf), update);
    }

    Importer& real_;
    FormatSet formats_;
    bool imports_;
};

struct Fixture : test::LocalScene {
    std::optional<SceneFeedback> advice;
    const ToldFeedback* told = &client->feedback(surface);

    Fixture() {
        advice.emplace(*global, loop, SettlingTime);
        // The other way round, so that coming first in no list decides for the first.
        advice->follow(second->scene_output());
        advice->follow(first->scene_output());
    }

    bool await_told(unsigned times) {
        return client->wait_until([&] { return told->times >= times; });
    }
    /// What has settled by then is told.
    void let_settle() {
        const auto end = std::chrono::steady_clock::now() + 3 * SettlingTime;
        while (std::chrono::steady_clock::now() < end)
            client->round_trip();
    }
    bool is_told_of_scanout(const FakeOutput& output) const {
        const auto& tranche = told->tranches.front();
        return tranche.flags == 1 && tranche.device == output.device();
    }
    bool is_told_default() const {
        return told->tranches.size() == global->default_feedback()->tranches().size() &&
               told->tranches.front().flags == 0;
    }
};

} // namespace

TEST_CASE_METHOD(Fixture,
                 "what a surface is told of scanout is what both output and renderer have") {
    REQUIRE(told->times == 1);
    first->commit();
    client->round_trip();
    CHECK(told->times == 1);
    REQUIRE(await_told(2));
    CHECK(is_told_of_scanout(*first));
    CHECK(std::ranges::is_permutation(told->tranches.front().formats,
                                      std::vector{RgbLinear, XrgbLinear}));
    CHECK(told->tranches.size() == 1 + global->default_feedback()->tranches().size());
    // The table has the same pairs as before, so it is the same.
    struct stat table, default_table;
    REQUIRE(fstat(told->table_fd.get(), &table) == 0);
    REQUIRE(fstat(global->default_feedback()->table().fd(), &default_table) == 0);
    CHECK(table.st_ino == default_table.st_ino);
}

TEST_CASE_METHOD(Fixture, "an output that looks away and back keeps none from settling elsewhere") {
    const float grey[] = {0.5, 0.5, 0.5, 1};
    wlr_scene_rect* above = wlr_scene_rect_create(&scene->tree, 4, 4, grey);
    // Seen by the second output alone, whenever that looks.
    wlr_scene_output_set_position(&first->scene_output(), 4, 0);
    wlr_scene_buffer_set_dest_size(shown->buffer, CardWidth + 4, CardHeight);
    const auto end = std::chrono::steady_clock::now() + test::patience();
    bool is_seen = true;
    while (told->times == 1 && std::chrono::steady_clock::now() < end) {
        wlr_scene_node_set_enabled(&above->node, is_seen);
        is_seen = !is_seen;
        first->commit();
        second->commit();
        REQUIRE(client->round_trip());
    }
    CHECK(told->times == 2);
    CHECK(is_told_of_scanout(*first));
}

TEST_CASE_METHOD(Fixture, "a surface keeps the advice of one output while another shows it too") {
    first->commit();
    REQUIRE(await_told(2));
    second->commit();
    let_settle();
    CHECK(told->times == 2);
    CHECK(is_told_of_scanout(*first));
}

TEST_CASE_METHOD(Fixture,
                 "a surface that is back before another output's advice settled keeps its") {
    first->commit();
    REQUIRE(await_told(2));
    wlr_scene_output_set_position(&first->scene_output(), 1, 0);
    second->commit();
    first->commit();
    client->round_trip();
    wlr_scene_output_set_position(&first->scene_output(), 0, 0);
    first->commit();
    let_settle();
    CHECK(told->times == 2);
    CHECK(is_told_of_scanout(*first));
}

TEST_CASE_METHOD(Fixture, "a surface that is back before it settled is told nothing") {
    first->commit();
    REQUIRE(await_told(2));
    wlr_scene_node_set_enabled(&shown->buffer->node, false);
    first->commit();
    client->round_trip();
    wlr_scene_node_set_enabled(&shown->buffer->node, true);
    first->commit();
    let_settle();
    CHECK(told->times == 2);

    wlr_scene_node_set_enabled(&shown->buffer->node, false);
    first->commit();
    client->round_trip();
    CHECK(told->times == 2);
    REQUIRE(await_told(3));
    CHECK(is_told_default());
}

TEST_CASE_METHOD(Fixture,
                 "a lost output's surface has the default until another's advice settles") {
    first->commit();
    REQUIRE(await_told(2));
    second->commit();
    first.reset();
    client->round_trip();
    CHECK(told->times == 3);
    CHECK(is_told_default());
    REQUIRE(await_told(4));
    CHECK(is_told_of_scanout(*second));
    second.reset();
    let_settle();
    CHECK(told->times == 5);
    CHECK(is_told_default());
}

TEST_CASE_METHOD(Fixture, "an output that goes before its advice settled advises nobody") {
    first->commit();
    first.reset();
    let_settle();
    CHECK(told->times == 1);
}

TEST_CASE_METHOD(Fixture, "an output that scans nothing out advises nobody") {
    FakeOutput blank{loop, scene, 0, CardWidth, CardHeight, "/dev/full", {XrgbForeign}};
    advice->follow(blank.scene_output());
    blank.commit();
    let_settle();
    CHECK(told->times == 1);
    first->commit();
    REQUIRE(await_told(2));
    CHECK(is_told_of_scanout(*first));
}

TEST_CASE_METHOD(Fixture, "an output that is followed before it is on advises once it is") {
    FakeOutput late{loop, scene, 0, CardWidth, CardHeight, "/dev/full", {XrgbLinear}};
    late.disable();
    advice->follow(late.scene_output());
    late.enable();
    late.commit();
    REQUIRE(await_told(2));
    CHECK(is_told_of_scanout(late));
}

TEST_CASE_METHOD(Fixture, "what an output shows in another mode is told in one update") {
    first->commit();
    REQUIRE(await_told(2));
    REQUIRE(told->tranches.front().formats.size() == 2);
    first->disable();
    first->set_formats({XrgbLinear});
    first->enable();
    let_settle();
    CHECK(told->times == 3);
    CHECK(told->tranches.front().formats == std::vector{XrgbLinear});
    first->disable();
    first->enable();
    let_settle();
    CHECK(told->times == 3);
}

TEST_CASE_METHOD(Fixture, "a surface that goes before its advice settled is forgotten") {
    first->commit();
    client->round_trip();
    wl_surface_destroy(std::exchange(surface, nullptr));
    let_settle();
    CHECK(told->times == 1);
    first->commit();
}

TEST_CASE_METHOD(Fixture, "a new default comes behind the scanout tranche, in one update") {
    first->commit();
    REQUIRE(await_told(2));
    const ToldFeedback& by_default = client->feedback();
    const dev_t device = renderer.importer().device();
    SECTION("with formats that the output has") {
        const auto less = test::build_feedback(
            device, {{device, TrancheFlags::Sampling, {ArgbLinear, XrgbLinear}}});
        global->set_default_feedback(*less);
        client->round_trip();
        CHECK(told->times == 3);
        CHECK(is_told_of_scanout(*first));
        CHECK(told->tranches.front().formats == std::vector<FormatModifier>{XrgbLinear});
        REQUIRE(told->tranches.size() == 2);
        CHECK(told->tranches[1].flags == 0);
        CHECK(told->tranches[1].formats == std::vector<FormatModifier>{ArgbLinear, XrgbLinear});
    }
    SECTION("with another main device") {
        const auto moved =
            test::build_feedback(device + 1, {{device, TrancheFlags::Sampling, {XrgbLinear}},
                                              {device + 1, TrancheFlags::Sampling, {XrgbLinear}}});
        global->set_default_feedback(*moved);
        client->round_trip();
        CHECK(told->times == 3);
        CHECK(is_told_of_scanout(*first));
        CHECK(told->main_device == device + 1);
    }
    SECTION("with none of them") {
        global->set_default_feedback(
            *test::build_feedback(device, {{device, TrancheFlags::Sampling, {ArgbLinear}}}));
        client->round_trip();
        CHECK(told->times == 3);
        CHECK(is_told_default());
    }
    CHECK(by_default.times == 2);
    first->commit();
    let_settle();
    CHECK(told->times == 3);
}

TEST_CASE_METHOD(Fixture,
                 "new importers and what is scanned out of theirs are told in one update") {
    first->commit();
    REQUIRE(await_told(2));
    const ToldFeedback& by_default = client->feedback();
    PartialImporter fewer{renderer.importer(), {ArgbLinear, XrgbLinear}},
        others{renderer.importer(), {ArgbLinear}}, more{renderer.importer(), {RgbLinear}},
        reading{renderer.importer(), {RgbLinear, XrgbLinear}, false};
    SECTION("the same as before") {
        REQUIRE(global->set_importers(renderer.importer()));
        client->round_trip();
        CHECK(is_told_of_scanout(*first));
        CHECK(told->tranches.front().formats.size() == 2);
    }
    SECTION("fewer, beside what is read") {
        REQUIRE(global->set_importers({&fewer, &reading}));
        client->round_trip();
        CHECK(is_told_of_scanout(*first));
        CHECK(told->tranches.front().formats == std::vector{XrgbLinear});
        CHECK(told->tranches.back().formats ==
              std::vector<FormatModifier>{ArgbLinear, XrgbLinear, RgbLinear});
    }
    SECTION("of several that import") {
        REQUIRE(global->set_importers({&fewer, &more}));
        client->round_trip();
        CHECK(is_told_of_scanout(*first));
        CHECK(told->tranches.front().formats.size() == 2);
    }
    SECTION("with another default") {
        const dev_t device = renderer.importer().device();
        REQUIRE(global->set_importers(
            fewer, *test::build_feedback(
                       device, {{device, TrancheFlags::Sampling, {ArgbLinear, XrgbLinear}}})));
        client->round_trip();
        CHECK(is_told_of_scanout(*first));
        CHECK(told->tranches.size() == 2);
    }
    SECTION("none that an output could show") {
        REQUIRE(global->set_importers({&others, &reading}));
        client->round_trip();
        CHECK(is_told_default());
    }
    first->commit();
    let_settle();
    CHECK(told->times == 3);
    CHECK(by_default.times == 2);
    global.reset();
}

TEST_CASE_METHOD(Fixture, "what changes before the LinuxDmabuf goes isn't told any more") {
    const ToldFeedback& by_default = client->feedback();
    global->set_default_feedback(
        *test::build_feedback(1, {{1, TrancheFlags::Sampling, {XrgbLinear}}}));
    {
        const LinuxDmabuf gone = std::move(*global);
    }
    client->round_trip();
    CHECK(told->times == 1);
    CHECK(by_default.times == 1);
}

TEST_CASE_METHOD(Fixture, "a surface has the default again when there is nobody to advise it") {
    first->commit();
    REQUIRE(await_told(2));
    advice.reset();
    client->round_trip();
    CHECK(told->times == 3);
    CHECK(is_told_default());
}

TEST_CASE_METHOD(Fixture, "the LinuxDmabuf may be moved, and go first") {
    LinuxDmabuf moved = std::move(*global);
    first->commit();
    REQUIRE(await_told(2));
    CHECK(is_told_of_scanout(*first));
    SECTION("while a surface is advised") {}
    SECTION("while advice settles") {
        wlr_scene_node_set_enabled(&shown->buffer->node, false);
        first->commit();
    }
    {
        const LinuxDmabuf gone = std::move(moved);
    }
    FakeOutput third{loop, scene, 0, CardWidth, CardHeight, "/dev/full", {XrgbLinear}};
    advice->follow(third.scene_output());
    third.commit();
    let_settle();
    CHECK(told->times == 2);
    advice.reset();
}

TEST_CASE_METHOD(Fixture, "a surface in another's place is advised for itself") {
    first->commit();
    REQUIRE(await_told(2));
    // Gone and come between two looks, and perhaps at the same address.
    wl_surface_destroy(surface);
    client->round_trip();
    create_surface();
    told = &client->feedback(surface);
    first->commit();
    CHECK(told->times == 1);
    CHECK(await_told(2));
}
