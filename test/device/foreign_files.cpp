// Files that clients send in the place of dma-bufs may lie in file systems of their own, which
// answer when they like.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <tarmac/dmabuf.hpp>
#include <unistd.h>

#include "dmabuf/formatted.hpp"
#include "support/dmabuf_source.hpp"
#include "support/system_calls.hpp"

using namespace tarmac;

namespace {

Result<Dmabuf> make_image(Fd file) {
    DmabufDescription image{.width = 16,
                            .height = 16,
                            .fourcc = DRM_FORMAT_XRGB8888,
                            .n_planes = 1,
                            .modifier = DRM_FORMAT_MOD_LINEAR,
                            .planes = {},
                            .color = {}};
    image.planes[0] = {std::move(file), 0, 64};
    return Dmabuf::create(std::move(image));
}

} // namespace

TEST_CASE("nothing is asked of a file's own system before the kernel says that it is a dma-buf") {
    test::SystemCalls calls{"%desc,%file"};
    Fd file{GENERATE(true, false) ? memfd_create("not a dma-buf", MFD_CLOEXEC)
                                  : open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)};
    REQUIRE(file);
    const std::string first_argument = formatted("({},", file.get());
    syscall(SYS_getppid);
    CHECK(make_image(std::move(file)).error().fault == Fault::NotADmabuf);
    syscall(SYS_getppid);
    for (const std::string& call : calls.between_marks()) {
        INFO(call);
        if (call.contains(first_argument))
            CHECK((call.starts_with("statx") && call.contains("AT_STATX_DONT_SYNC")));
    }
}

TEST_CASE("a file that isn't a dma-buf isn't one after a dma-buf was seen") {
    if (const std::string reason = test::missing(test::Exporter::Udmabuf); !reason.empty())
        SKIP(reason);
    for (int i = 0; i < 2; ++i) {
        CHECK(make_image(Fd{memfd_create("not a dma-buf", MFD_CLOEXEC)}).error().fault ==
              Fault::NotADmabuf);
        CHECK(make_image(test::allocate_dmabuf(test::Exporter::Udmabuf, 4096)));
    }
    CHECK(make_image(Fd{open("/proc/self/fdinfo/0", O_RDONLY | O_CLOEXEC)}).error().fault ==
          Fault::NotADmabuf);
}
