#include <sys/stat.h>
#include <tarmac/importer.hpp>

#include "dmabuf/device.hpp"

namespace tarmac {

Result<dev_t> find_device(int drm_fd) {
    struct stat status;
    if (drm_fd >= 0 && fstat(drm_fd, &status) == 0)
        return status.st_rdev;
    if (const auto device = find_readable_device())
        return *device;
    for (const char* path : {"/dev/udmabuf", "/dev/dma_heap/system"}) {
        if (stat(path, &status) == 0)
            return status.st_rdev;
    }
    return fail(Fault::NotAvailable, "the machine has no render node, and neither /dev/udmabuf nor "
                                     "/dev/dma_heap/system");
}

} // namespace tarmac
