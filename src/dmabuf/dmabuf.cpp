#include <atomic>
#include <cerrno>
#include <cstring>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <fstream>
#include <linux/magic.h>
#include <string>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <tarmac/dmabuf.hpp>
#include <tarmac/dmabuf_facts.hpp>
#include <unistd.h>

#include "dmabuf/exporter.hpp"
#include "dmabuf/formatted.hpp"

namespace tarmac {

namespace {

/// A dma-buf.
struct Memory {
    ino_t inode;
    std::uint64_t size; ///< bytes
};

/// The file system that all dma-bufs lie in, and nothing else, once one has been seen.
std::atomic<dev_t> dmabuf_file_system = 0;

/// Whether /proc says that `fd` is a dma-buf, or can't say anything.
bool may_be_dmabuf(int fd) {
    std::ifstream info{formatted("/proc/self/fdinfo/{}", fd)};
    if (!info)
        return true;
    for (std::string line; std::getline(info, line);) {
        if (line.starts_with("exp_name:"))
            return true;
    }
    return false;
}

/// Whether `fd`, of a file system with the number `device`, is a dma-buf: nothing but what kind of
/// file it is tells one from a memfd where there is no DRM device. The file system is asked only
/// if the kernel says that it is its own: one of a client's (FUSE) could take its time to answer.
bool is_dmabuf(int fd, dev_t device) {
    if (device == dmabuf_file_system)
        return true;
    struct statfs file_system;
    const bool is_one =
        may_be_dmabuf(fd) && fstatfs(fd, &file_system) == 0 && file_system.f_type == DMA_BUF_MAGIC;
    if (is_one)
        dmabuf_file_system = device;
    return is_one;
}

/// What is behind `fd`.
Result<Memory> find_memory(int fd, unsigned plane) {
    struct statx file;
    if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_INO, &file) != 0 ||
        !is_dmabuf(fd, makedev(file.stx_dev_major, file.stx_dev_minor)))
        return fail_plane(Fault::NotADmabuf, plane, "the file descriptor is not a dma-buf");
    const off_t size = lseek(fd, 0, SEEK_END);
    if (size < 0)
        return fail_plane(Fault::NotADmabuf, plane,
                          formatted("the dma-buf doesn't tell its size: {}", std::strerror(errno)));
    return Memory{file.stx_ino, static_cast<std::uint64_t>(size)};
}

/// Whether rows of pixels lie one after the other as far as anybody but the driver can know.
/// Implicit layouts count: producers give them the stride of a linear one.
bool rows_are_known(const DmabufDescription& image) {
    return image.modifier == DRM_FORMAT_MOD_LINEAR || image.modifier == DRM_FORMAT_MOD_INVALID;
}

Result<void> check_size(const DmabufDescription& image) {
    if (image.width == 0 || image.height == 0 || image.width > Dmabuf::MaxSize ||
        image.height > Dmabuf::MaxSize)
        return fail(Fault::InvalidDimensions,
                    formatted("{}x{} pixels: width and height must be 1 to {}", image.width,
                              image.height, Dmabuf::MaxSize));
    return {};
}

Result<void> check_plane_count(const DmabufDescription& image, const PixelFormat& format) {
    if (image.n_planes == 0 || image.n_planes > MaxPlanes)
        return fail(Fault::Incomplete,
                    formatted("{} planes: an image has 1 to {}", image.n_planes, MaxPlanes));
    const PlaneCount count = plane_count(format, image.modifier);
    if (!count.contains(image.n_planes))
        return fail(Fault::Incomplete,
                    formatted("{} planes given, {} with modifier {} has {}{}", image.n_planes,
                              fourcc_name(image.fourcc), modifier_name(image.modifier), count.least,
                              count.most > count.least ? " or more" : ""));
    for (unsigned i = 0; i < image.n_planes; ++i) {
        if (!image.planes[i].fd)
            return fail_plane(Fault::Incomplete, i, "no dma-buf was given");
    }
    return {};
}

Result<void> check_bounds(const DmabufDescription& image, const PixelFormat& format, unsigned i,
                          std::uint64_t size, PlaneEnd end_of_plane) {
    const Plane& plane = image.planes[i];
    if (plane.stride == 0 && i < format.n_planes)
        return fail_plane(Fault::OutOfBounds, i, "stride is 0");

    const bool known = rows_are_known(image) && format.has_linear_layout();
    if (known && plane.stride < format.min_stride(i, image.width))
        return fail_plane(Fault::OutOfBounds, i,
                          formatted("stride {} is shorter than a row of {} pixels of "
                                    "{}, which takes {} bytes",
                                    plane.stride, image.width, fourcc_name(image.fourcc),
                                    format.min_stride(i, image.width)));

    const std::uint64_t rows =
        known || (i == 0 && format.has_linear_layout()) ? format.rows(i, image.height) : 1;
    const bool may_end_early = known && end_of_plane == PlaneEnd::Pixel;
    const std::uint64_t end =
        plane.offset + (may_end_early ? format.size(i, image.width, image.height, plane.stride)
                                      : plane.stride * rows);
    if (end > size)
        return fail_plane(Fault::OutOfBounds, i,
                          formatted("offset {} + stride {} * {} rows{} = {} is beyond the "
                                    "dma-buf's {} bytes",
                                    plane.offset, plane.stride, rows,
                                    may_end_early ? ", up to the last pixel," : "", end, size));
    return {};
}

} // namespace

Result<Dmabuf> Dmabuf::create(DmabufDescription description, PlaneEnd end) {
    if (auto size = check_size(description); !size)
        return std::unexpected(size.error());
    const PixelFormat* format = find_pixel_format(description.fourcc);
    if (!format)
        return fail(Fault::InvalidFormat,
                    formatted("fourcc 0x{:08x} is not in drm_fourcc.h", description.fourcc));
    if (auto count = check_plane_count(description, *format); !count)
        return std::unexpected(count.error());
    Inodes inodes{};
    for (unsigned i = 0; i < description.n_planes; ++i) {
        const auto memory = find_memory(description.planes[i].fd.get(), i);
        if (!memory)
            return std::unexpected(memory.error());
        if (auto bounds = check_bounds(description, *format, i, memory->size, end); !bounds)
            return std::unexpected(bounds.error());
        inodes[i] = memory->inode;
    }
    return Dmabuf{std::move(description), *format, inodes};
}

Result<DmabufFacts> describe_dmabuf(int fd) {
    const auto memory = find_memory(fd, 0);
    if (!memory)
        return fail(Fault::NotADmabuf, "the file descriptor is not a dma-buf");
    return DmabufFacts{memory->inode, memory->size, exporter_of(fd)};
}

} // namespace tarmac
