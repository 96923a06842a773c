#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <tarmac/texture_builder.hpp>

#include "support/local_compositor.hpp"

using namespace tarmac;

TEST_CASE("a builder names what was never set") {
    CHECK(TextureBuilder{}.build_dmabuf().error().fault == Fault::InvalidFormat);
    CHECK(TextureBuilder{}
              .set_format(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR)
              .build_dmabuf()
              .error()
              .fault == Fault::InvalidDimensions);
    const auto without_plane = TextureBuilder{}
                                   .set_size(16, 16)
                                   .set_format(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR)
                                   .build_dmabuf();
    REQUIRE_FALSE(without_plane);
    CHECK(without_plane.error().fault == Fault::Incomplete);
    CHECK(without_plane.error().plane == 0);
}

TEST_CASE("building from an lvalue leaves the builder its descriptors, from an rvalue it doesn't") {
    const std::size_t before = test::count_open_fds();
    TextureBuilder builder;
    builder.set_size(16, 16)
        .set_format(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR)
        .set_plane(0, Fd{open("/dev/null", O_RDONLY | O_CLOEXEC)}, 0, 64);

    CHECK(builder.build_dmabuf().error().fault == Fault::NotADmabuf);
    CHECK(builder.has_plane(0));
    CHECK(test::count_open_fds() == before + 1);

    CHECK(std::move(builder).build_dmabuf().error().fault == Fault::NotADmabuf);
    CHECK(test::count_open_fds() == before);
}

TEST_CASE("setting a plane again replaces it, and planes above n_planes are ignored") {
    const std::size_t before = test::count_open_fds();
    TextureBuilder builder;
    builder.set_size(16, 16).set_format(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR);
    for (int i = 0; i < 3; ++i)
        builder.set_plane(1, Fd{open("/dev/null", O_RDONLY | O_CLOEXEC)}, 0, 64);
    CHECK(test::count_open_fds() == before + 1);
    CHECK(builder.build_dmabuf().error().plane == 0);
}
