#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <tarmac/format_set.hpp>

#include "wlr/wlr.hpp"

using tarmac::FormatModifier;
using tarmac::FormatSet;

namespace {

constexpr FormatModifier XrgbLinear{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR};
constexpr FormatModifier XrgbImplicit{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_INVALID};
constexpr FormatModifier Nv12Linear{DRM_FORMAT_NV12, DRM_FORMAT_MOD_LINEAR};

} // namespace

TEST_CASE("a format set keeps the order of preference and every pair once") {
    FormatSet set;
    CHECK(set.empty());
    CHECK(set.add(XrgbLinear));
    CHECK(set.add(Nv12Linear));
    CHECK_FALSE(set.add(XrgbLinear));
    CHECK(set.size() == 2);
    CHECK(set.position(XrgbLinear) == 0);
    CHECK(set.position(Nv12Linear) == 1);
    CHECK(set.contains(Nv12Linear));
    CHECK_FALSE(set.contains(XrgbImplicit));
}

TEST_CASE("format sets compare by content and order") {
    CHECK(FormatSet{XrgbLinear, Nv12Linear} == FormatSet{XrgbLinear, Nv12Linear});
    CHECK(FormatSet{XrgbLinear, Nv12Linear} != FormatSet{Nv12Linear, XrgbLinear});
    CHECK(FormatSet{XrgbLinear} != FormatSet{XrgbImplicit});
}

TEST_CASE("modifiers count with all their 64 bits") {
    const FormatSet set{{DRM_FORMAT_XRGB8888, 0x0100000000000001}};
    CHECK_FALSE(set.contains({DRM_FORMAT_XRGB8888, 0x0100000000000002}));
    CHECK_FALSE(set.contains({DRM_FORMAT_XRGB8888, 0x0200000000000001}));
}

TEST_CASE("an intersection keeps the order of the left side") {
    const FormatSet both = FormatSet{XrgbImplicit, Nv12Linear, XrgbLinear}.intersect(
        FormatSet{XrgbLinear, XrgbImplicit});
    CHECK(both == FormatSet{XrgbImplicit, XrgbLinear});
}

TEST_CASE("a format set becomes one of wlroots' and back") {
    const FormatSet formats{XrgbImplicit, XrgbLinear, Nv12Linear};
    wlr_drm_format_set set{};
    REQUIRE(tarmac::add_formats(set, formats));
    CHECK(wlr_drm_format_set_has(&set, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_INVALID));
    CHECK(tarmac::to_format_set(set).has_same_pairs(formats));
    // What nobody knows is left out.
    REQUIRE(wlr_drm_format_set_add(&set, 0x12345678, DRM_FORMAT_MOD_LINEAR));
    CHECK(tarmac::to_format_set(set).has_same_pairs(formats));
    wlr_drm_format_set_finish(&set);
}
