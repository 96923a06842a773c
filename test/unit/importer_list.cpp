// Importers that are one.

#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <tarmac/importer_list.hpp>

#include "support/local_compositor.hpp"

using namespace tarmac;
using test::DecliningImporter;

namespace {

constexpr FormatModifier XrgbLinear{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR};
constexpr FormatModifier Nv12Linear{DRM_FORMAT_NV12, DRM_FORMAT_MOD_LINEAR};

} // namespace

TEST_CASE("a list has what its members have, in their order") {
    DecliningImporter first{{XrgbLinear}, 7, false}, second{{Nv12Linear, XrgbLinear}, 8};
    ImporterList list;
    CHECK(list.members().empty());
    CHECK(list.formats().empty());
    CHECK(list.device() == 0);
    CHECK_FALSE(list.imports());
    CHECK_FALSE(list.takes_device_buffers());
    list.add(first);
    CHECK(list.imports());
    CHECK_FALSE(list.takes_device_buffers());
    list.add(second);
    CHECK(list.members() == std::vector<Importer*>{&first, &second});
    CHECK(list.formats() == FormatSet{XrgbLinear, Nv12Linear});
    CHECK(list.device() == 7);
    CHECK(list.takes_device_buffers());
}

TEST_CASE("a list in a list is its members, whoever owns it") {
    DecliningImporter first{{XrgbLinear}}, last{{XrgbLinear}};
    auto own = std::make_unique<DecliningImporter>(FormatSet{Nv12Linear});
    Importer* const middle = own.get();
    auto inner = std::make_unique<ImporterList>();
    inner->add(first);
    inner->add(std::move(own));
    ImporterList outer;
    outer.add(std::move(inner));
    outer.add(last);
    CHECK(outer.members() == std::vector<Importer*>{&first, middle, &last});
    ImporterList moved = std::move(outer);
    CHECK(moved.members() == std::vector<Importer*>{&first, middle, &last});
}
