#pragma once

#include <tarmac/texture_builder.hpp>

#include "protocol/linux_dmabuf_state.hpp"

struct wl_array;

namespace tarmac {

/// A client's zwp_linux_buffer_params_v1, owned by its resource: fills a TextureBuilder and uses it
/// once.
class BufferParams {
public:
    static void create(wl_resource* factory, std::uint32_t id,
                       const std::weak_ptr<LinuxDmabuf::State>& state);

    BufferParams(wl_resource* resource, const std::weak_ptr<LinuxDmabuf::State>& state);

    void add(Fd fd, std::uint32_t plane, std::uint32_t offset, std::uint32_t stride,
             std::uint64_t modifier);
    void set_sampling_device(const wl_array& device);

    struct Image {
        std::int32_t width, height;
        std::uint32_t fourcc, flags;
    };
    /// `buffer_id` 0 is the request `create`, any other `create_immed`.
    void use(std::uint32_t buffer_id, const Image& image);

private:
    Result<BufferPtr> build(LinuxDmabuf::State& state, const Image& image);
    void refuse(std::uint32_t buffer_id, const Image& image, const Error& error);
    void post_error(std::uint32_t code, const Error& error);
    bool reject_if_used();
    wl_client* client() const;
    unsigned version() const;

    wl_resource* resource_;
    std::weak_ptr<LinuxDmabuf::State> state_;
    TextureBuilder builder_;
    unsigned n_planes_ = 0; ///< one more than the highest index added
    std::optional<std::uint64_t> modifier_;
    bool modifiers_differ_ = false;
    std::optional<dev_t> sampling_device_;
    bool is_used_ = false;
};

} // namespace tarmac
