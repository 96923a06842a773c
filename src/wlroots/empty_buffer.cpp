#include "wlroots/empty_buffer.hpp"

#include "wlroots/wlr.hpp"

namespace tarmac {

namespace {

constexpr wlr_buffer_impl empty_buffer_impl = {
    .destroy =
        [](wlr_buffer* buffer) {
            wlr_buffer_finish(buffer);
            delete buffer;
        },
    .get_dmabuf = nullptr,
    .get_shm = nullptr,
    .begin_data_ptr_access = nullptr,
    .end_data_ptr_access = nullptr,
};

} // namespace

BufferPtr create_empty_buffer(int width, int height) {
    auto buffer = std::make_unique<wlr_buffer>();
    wlr_buffer_init(buffer.get(), &empty_buffer_impl, width, height);
    return BufferPtr{buffer.release()};
}

} // namespace tarmac
