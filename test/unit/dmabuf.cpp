#include <catch2/catch_test_macros.hpp>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <tarmac/dmabuf.hpp>
#include <unistd.h>

#include "dmabuf/formatted.hpp"
#include "support/local_compositor.hpp"

using namespace tarmac;

namespace {

Fd open_null() {
    return Fd{open("/dev/null", O_RDWR | O_CLOEXEC)};
}

DmabufDescription describe(Fd fd) {
    DmabufDescription image;
    image.width = 16;
    image.height = 16;
    image.fourcc = DRM_FORMAT_XRGB8888;
    image.modifier = DRM_FORMAT_MOD_LINEAR;
    image.n_planes = 1;
    image.planes[0] = {std::move(fd), 0, 64};
    return image;
}

Error error_of(DmabufDescription image) {
    auto dmabuf = Dmabuf::create(std::move(image));
    REQUIRE_FALSE(dmabuf);
    return dmabuf.error();
}

} // namespace

TEST_CASE("what is not a dma-buf is refused without asking a device") {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    const Fd writer{ends[1]};
    Fd deleted{open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)};
    REQUIRE(ftruncate(deleted.get(), 4096) == 0);
    Fd memfd{memfd_create("not-a-dmabuf", MFD_CLOEXEC)};
    REQUIRE(ftruncate(memfd.get(), 4096) == 0);

    struct {
        const char* what;
        Fd fd;
    } files[] = {
        {"/dev/null", open_null()},
        {"memfd", std::move(memfd)},
        {"pipe", Fd{ends[0]}},
        {"socket", Fd{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)}},
        {"directory", Fd{open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)}},
        {"deleted file", std::move(deleted)},
        {"O_PATH", Fd{open("/dev/null", O_PATH | O_CLOEXEC)}},
    };
    for (auto& [what, fd] : files) {
        INFO(what);
        REQUIRE(fd);
        const Error error = error_of(describe(std::move(fd)));
        CHECK(error.fault == Fault::NotADmabuf);
        CHECK(error.plane == 0);
        CHECK(error.kind() == ErrorKind::CreationFailed);
    }
}

TEST_CASE("a size out of range is named") {
    for (const auto& [width, height] :
         {std::pair{0u, 16u}, {16u, 0u}, {Dmabuf::MaxSize + 1, 16u}, {16u, UINT32_MAX}}) {
        auto image = describe(open_null());
        image.width = width;
        image.height = height;
        const Error error = error_of(std::move(image));
        CHECK(error.fault == Fault::InvalidDimensions);
        CHECK(error.message.contains(formatted("{}x{}", width, height)));
    }
}

TEST_CASE("an unknown fourcc is an unsupported format") {
    auto image = describe(open_null());
    image.fourcc = 0x12345678;
    const Error error = error_of(std::move(image));
    CHECK(error.kind() == ErrorKind::UnsupportedFormat);
    CHECK(error.message.contains("0x12345678"));
}

TEST_CASE("the number of planes must be the format's") {
    auto image = describe(open_null());
    SECTION("none") {
        image.n_planes = 0;
    }
    SECTION("more than there are") {
        image.n_planes = 5;
    }
    SECTION("fewer than the format has") {
        image.fourcc = DRM_FORMAT_NV12;
    }
    SECTION("more than the format has") {
        image.n_planes = 2;
        image.planes[1] = {open_null(), 0, 64};
    }
    SECTION("more than the format has, implicit modifier") {
        image.modifier = DRM_FORMAT_MOD_INVALID;
        image.n_planes = 2;
        image.planes[1] = {open_null(), 0, 64};
    }
    SECTION("one without a descriptor") {
        image.fourcc = DRM_FORMAT_YUV420;
        image.n_planes = 3;
        image.planes[2] = {open_null(), 0, 64};
    }
    CHECK(error_of(std::move(image)).fault == Fault::Incomplete);
}

TEST_CASE("a refused image closes its descriptors") {
    const std::size_t before = test::count_open_fds();
    CHECK_FALSE(Dmabuf::create(describe(open_null())));
    CHECK(test::count_open_fds() == before);
}
