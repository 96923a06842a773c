#include "surface/transparent_pixel.hpp"

#include "wlr/wlr.hpp"

namespace tarmac {

namespace {

bool handle_begin(wlr_buffer*, std::uint32_t flags, void** data, std::uint32_t* fourcc,
                  std::size_t* stride) {
    static std::uint32_t pixel = 0;
    *data = &pixel;
    *fourcc = DRM_FORMAT_ARGB8888;
    *stride = sizeof pixel;
    return !(flags & WLR_BUFFER_DATA_PTR_ACCESS_WRITE);
}

constexpr wlr_buffer_impl impl = {
    .destroy =
        [](wlr_buffer* buffer) {
            wlr_buffer_finish(buffer);
            delete buffer;
        },
    .get_dmabuf = nullptr,
    .get_shm = nullptr,
    .begin_data_ptr_access = handle_begin,
    .end_data_ptr_access = [](wlr_buffer*) {},
};

} // namespace

BufferPtr make_transparent_pixel() {
    BufferPtr buffer{new wlr_buffer{}};
    wlr_buffer_init(buffer.get(), &impl, 1, 1);
    return buffer;
}

} // namespace tarmac
