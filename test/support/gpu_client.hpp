#pragma once

#include <EGL/egl.h>
#include <array>
#include <cstdint>
#include <gbm.h>
#include <memory>
#include <string>
#include <tarmac/fd.hpp>

#include "support/picture.hpp"
#include "support/raw_client.hpp"

namespace test {

/// A buffer of a GPU's, as clients allocate theirs.
struct GpuBuffer {
    std::unique_ptr<gbm_bo, decltype([](gbm_bo* bo) { gbm_bo_destroy(bo); })> bo;
    tarmac::Fd dmabuf; ///< that all planes lie in
    int width, height;
    std::uint32_t fourcc;
    std::uint64_t modifier; ///< as GBM tells it

    /// Announces it to the compositor with `modifier`, or another one; `fourcc` may be a lie.
    Answer announce(RawClient& client, RawClient::Params*& params, std::uint64_t as_modifier,
                    std::uint32_t as_fourcc) const;
    /// As it is. Fails the test if it is refused.
    wl_buffer* announce(RawClient& client) const;
};

/// What a client on a GPU does: it allocates with GBM and draws with OpenGL ES. Skips the test
/// where that can't be done.
class GpuClient {
public:
    explicit GpuClient(const std::string& render_node);
    ~GpuClient();
    GpuClient(const GpuClient&) = delete;
    GpuClient& operator=(const GpuClient&) = delete;

    gbm_device* gbm() const { return gbm_; }
    GpuBuffer allocate(int width, int height, std::uint32_t fourcc = GBM_FORMAT_XRGB8888,
                       std::uint32_t flags = GBM_BO_USE_RENDERING) const;

    /// Colours of the upper left, upper right, lower left and lower right quarter.
    using Quarters = std::array<Pixel, 4>;
    /// Hands it to the GPU and doesn't wait.
    void draw(const GpuBuffer& buffer, const Quarters& quarters) const;
    /// The same, with a shader that goes round `rounds` times for every pixel.
    void draw_slowly(const GpuBuffer& buffer, const Quarters& quarters, int rounds) const;
    /// Signals when the GPU has done all that it was handed so far: a sync_file. Skips the test
    /// where the driver has none.
    tarmac::Fd fence() const;
    /// Waits until the GPU has done all that it was handed.
    void finish() const;
    /// What the GPU has in the buffer.
    Picture read(const GpuBuffer& buffer) const;

private:
    class Target;

    tarmac::Fd node_;
    gbm_device* gbm_;
    EGLDisplay display_;
    EGLContext context_;
    unsigned program_ = 0; ///< of the slow shader
};

} // namespace test
