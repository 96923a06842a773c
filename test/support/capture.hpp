#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <vector>
#include <wayland-client.h>

#include "ext-foreign-toplevel-list-v1-client-protocol.h"
#include "ext-image-capture-source-v1-client-protocol.h"
#include "ext-image-copy-capture-v1-client-protocol.h"
#include "support/raw_client.hpp"

namespace test {

/// What became of a capture.
struct Captured {
    enum Kind { Ready, Failed, Lost } kind = Lost; ///< Lost: the connection, or no answer
    std::uint32_t reason = 0; ///< of ext-image-copy-capture, when kind is Failed

    friend bool operator==(const Captured&, const Captured&) = default;
};
std::ostream& operator<<(std::ostream& out, const Captured& captured);

/// A capture of an output by wlr-screencopy. The protocol's file is in no package, so what is
/// needed of it is written down by hand.
class Screencopy {
public:
    /// Waits for what is asked of the buffer. Throws std::runtime_error without an answer.
    Screencopy(RawClient& client, wl_output* output);
    ~Screencopy();
    Screencopy(const Screencopy&) = delete;
    Screencopy& operator=(const Screencopy&) = delete;

    /// Of the dma-bufs that may be given; nothing if none may.
    std::optional<std::uint32_t> fourcc() const { return fourcc_; }
    int width() const { return width_; }
    int height() const { return height_; }
    /// Waits for the end of it.
    Captured into(wl_buffer* buffer);

private:
    RawClient& client_;
    wl_proxy* manager_;
    wl_proxy* frame_;
    std::optional<std::uint32_t> fourcc_;
    int width_ = 0, height_ = 0;
    bool is_told_ = false;
    std::optional<Captured> captured_;
};

/// Captures of an output or a window by ext-image-copy-capture, in a session of their own.
class ImageCapture {
public:
    /// Wait for what is asked of the buffer, or that there is nothing to capture. Throw
    /// std::runtime_error without an answer.
    ImageCapture(RawClient& client, wl_output* output);
    ImageCapture(RawClient& client, ext_foreign_toplevel_handle_v1* window);
    ~ImageCapture();
    ImageCapture(const ImageCapture&) = delete;
    ImageCapture& operator=(const ImageCapture&) = delete;

    /// Of the dma-bufs that may be given; empty if none may.
    const std::vector<std::uint32_t>& fourccs() const { return fourccs_; }
    int width() const { return width_; }
    int height() const { return height_; }
    /// Whether there is nothing to capture any more.
    bool is_stopped() const { return is_stopped_; }
    /// Asks for one, after the one before has ended. From the second on it waits for something new
    /// to be seen.
    void begin(wl_buffer* buffer);
    /// Nothing until it has ended.
    const std::optional<Captured>& result() const { return captured_; }
    /// Begins one and waits for the end of it.
    Captured into(wl_buffer* buffer);

private:
    ImageCapture(RawClient& client, ext_image_capture_source_v1* source);
    void end_frame();

    RawClient& client_;
    ext_image_capture_source_v1* source_;
    ext_image_copy_capture_session_v1* session_;
    ext_image_copy_capture_frame_v1* frame_ = nullptr;
    std::optional<Captured> captured_;
    std::vector<std::uint32_t> fourccs_;
    int width_ = 0, height_ = 0;
    bool is_told_ = false, is_stopped_ = false;
};

} // namespace test
