#include "fuzz/content_timeline.hpp"

#include <fcntl.h>
#include <xf86drm.h>

#include "fuzz/input.hpp"
#include "support/render_node.hpp"

namespace fuzz {

namespace {

int device() {
    static const tarmac::Fd opened{open(test::RenderNode, O_RDWR | O_CLOEXEC)};
    return opened.get();
}

} // namespace

Timeline::Timeline() {
    int fd = -1;
    FUZZ_CHECK(drmSyncobjCreate(device(), 0, &handle_) == 0 &&
                   drmSyncobjHandleToFD(device(), handle_, &fd) == 0,
               "there are no timelines");
    fd_ = tarmac::Fd{fd};
}

Timeline::~Timeline() {
    drmSyncobjDestroy(device(), handle_);
}

void Timeline::signal(std::uint64_t point) const {
    std::uint32_t handle = handle_;
    FUZZ_CHECK(drmSyncobjTimelineSignal(device(), &handle, &point, 1) == 0, "nothing signals");
}

std::uint64_t Timeline::signalled() const {
    std::uint32_t handle = handle_;
    std::uint64_t point = 0;
    FUZZ_CHECK(drmSyncobjQuery(device(), &handle, &point, 1) == 0, "no point can be asked for");
    return point;
}

} // namespace fuzz
