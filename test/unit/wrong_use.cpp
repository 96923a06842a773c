// Calls that can't be meant are answered with an error, and nothing has changed then.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <tarmac/importer_list.hpp>
#include <tarmac/linux_dmabuf.hpp>

#include "support/local_compositor.hpp"
#include "support/raw_client.hpp"
#include "wlr/listener.hpp"
#include "wlr/wlr.hpp"

using namespace tarmac;
using test::DecliningImporter;
using test::RawClient;

namespace {

constexpr FormatModifier XrgbLinear{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR};

/// A list as an embedder may write one.
class OwnList final : public Importer {
public:
    const FormatSet& formats() const noexcept override { return formats_; }
    dev_t device() const noexcept override { return 0; }
    std::string_view way() const noexcept override { return "own list"; }
    std::vector<Importer*> members() override { return listed; }

    std::vector<Importer*> listed;

private:
    Result<Texture> import_dmabuf(std::shared_ptr<const Dmabuf>, const Update&) override {
        return fail(Fault::ImportFailed, "a list imports nothing");
    }

    FormatSet formats_{XrgbLinear};
};

struct Fixture {
    wlr_renderer* renderer = wlr_pixman_renderer_create();
    wlr_renderer* other_renderer = wlr_pixman_renderer_create();
    test::LocalCompositor compositor;
    wlr_compositor* surfaces = wlr_compositor_create(compositor.display(), 6, renderer);
    DecliningImporter any{{XrgbLinear}}, right{{XrgbLinear}}, wrong{{XrgbLinear}};

    Fixture() {
        right.of_renderer = renderer;
        wrong.of_renderer = other_renderer;
    }
    ~Fixture() {
        wlr_renderer_destroy(renderer);
        wlr_renderer_destroy(other_renderer);
    }
    Result<LinuxDmabuf> create(std::vector<Importer*> importers) const {
        return LinuxDmabuf::create(compositor.display(), surfaces, std::move(importers));
    }
};

bool is_refused(const auto& result) {
    return !result && result.error().kind() == ErrorKind::NotAvailable;
}

} // namespace

TEST_CASE_METHOD(Fixture, "a display has one LinuxDmabuf at a time") {
    test::LocalCompositor other;
    std::optional<LinuxDmabuf> first{std::move(*create({&any}))};
    CHECK(is_refused(create({&any})));
    CHECK(LinuxDmabuf::create(other.display(), nullptr, any));
    LinuxDmabuf moved = std::move(*first);
    first.reset();
    CHECK(is_refused(create({&any})));
    moved = std::move(*LinuxDmabuf::create(other.display(), nullptr, any));
    CHECK(create({&any}));
}

TEST_CASE_METHOD(Fixture, "importers are of the wlr_compositor's renderer, or of none") {
    CHECK(is_refused(create({&right, &wrong})));
    ImporterList list;
    list.add(any);
    list.add(wrong);
    CHECK(list.renderer() == other_renderer);
    CHECK(is_refused(create({&list})));
    auto dmabuf = create({&any, &right});
    REQUIRE(dmabuf);
    RawClient client{6, compositor.connect(), compositor.pump()};
    const auto& told = client.feedback();
    CHECK(is_refused(dmabuf->set_importers(wrong)));
    client.round_trip();
    CHECK(told.times == 1);
    wlr_compositor_set_renderer(surfaces, other_renderer);
    CHECK(is_refused(dmabuf->set_importers(right)));
    client.round_trip();
    CHECK(told.times == 1);
    CHECK(dmabuf->set_importers(wrong));
    client.round_trip();
    CHECK(told.times == 2);
    // As long as there is none, it may become any.
    wlr_compositor_set_renderer(surfaces, nullptr);
    CHECK(dmabuf->set_importers(right));
}

TEST_CASE_METHOD(Fixture, "what an importer says it consists of is looked at, however deep") {
    OwnList own;
    CHECK(is_refused(create({&own})));
    own.listed = {&any, nullptr};
    CHECK(is_refused(create({&own})));
    OwnList inner;
    inner.listed = {&own};
    own.listed = {&any, &inner};
    CHECK(is_refused(create({&own})));
    ImporterList list;
    list.add(wrong);
    own.listed = {&list};
    const auto of_another = create({&inner});
    REQUIRE(is_refused(of_another));
    CHECK(of_another.error().message.contains("\"declining\""));
    own.listed = {&right};
    CHECK(create({&inner}));
}

TEST_CASE_METHOD(Fixture, "who has nothing to import with is told so") {
    CHECK(is_refused(create({})));
    CHECK(is_refused(create({nullptr})));
    DecliningImporter none{{}};
    CHECK(is_refused(create({&none})));
    wlr_renderer* gone = wlr_pixman_renderer_create();
    const auto importer = create_mapped_importer(gone, 1);
    REQUIRE(importer);
    CHECK((*importer)->renderer() == gone);
    ImporterList list;
    list.add(**importer);
    CHECK_FALSE(list.formats().empty());
    wlr_renderer_destroy(gone);
    CHECK((*importer)->renderer() == nullptr);
    CHECK((*importer)->formats().empty());
    CHECK(is_refused(create({importer->get()})));
    CHECK(is_refused(create({&list})));
    CHECK(list.formats().empty());
}

TEST_CASE_METHOD(Fixture, "without its display, or moved from, a LinuxDmabuf does nothing") {
    wl_display* display = wl_display_create();
    auto dmabuf = LinuxDmabuf::create(display, wlr_compositor_create(display, 6, nullptr), any);
    REQUIRE(dmabuf);
    CHECK(dmabuf->global());
    std::optional<LinuxDmabuf> moved;
    Listener heard;
    SECTION("without its display") {
        wl_display_destroy(std::exchange(display, nullptr));
    }
    SECTION("moved from") {
        moved = std::move(*dmabuf);
    }
    heard.connect(dmabuf->default_feedback_changed(), [] { FAIL_CHECK("nothing is told"); });
    CHECK_FALSE(dmabuf->global());
    CHECK_FALSE(dmabuf->default_feedback());
    CHECK(is_refused(dmabuf->offer_explicit_sync()));
    CHECK(dmabuf->set_importers(any));
    dmabuf->set_default_feedback(nullptr);
    dmabuf->set_surface_feedback(nullptr, nullptr);
    // The listener outlives it.
    dmabuf = fail(Fault::NotAvailable, "gone");
    if (display)
        wl_display_destroy(display);
}
