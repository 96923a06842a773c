#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <sys/types.h>
#include <tarmac/fd.hpp>
#include <tarmac/format_set.hpp>
#include <vector>

struct wl_buffer;
struct wl_compositor;
struct wl_display;
struct wl_interface;
struct wl_registry;
struct wl_surface;
struct zwp_linux_buffer_params_v1;
struct zwp_linux_dmabuf_feedback_v1;
struct zwp_linux_dmabuf_v1;

namespace test {

/// What became of a buffer that a client asked for.
struct Answer {
    enum Kind { Created, Failed, Error, Silent } kind = Silent;
    std::uint32_t error = 0;  ///< code, when kind is Error
    std::string interface;    ///< that the error was raised on, or why the connection ended
    std::uint32_t object = 0; ///< that the error was raised on

    friend bool operator==(const Answer& a, const Answer& b) {
        return a.kind == b.kind && a.error == b.error;
    }
};
std::ostream& operator<<(std::ostream& out, const Answer& answer);
Answer protocol_error(std::uint32_t code);

/// What a feedback object was told last.
struct ToldFeedback {
    struct Tranche {
        dev_t device = 0;
        std::uint32_t flags = 0;
        std::vector<tarmac::FormatModifier> formats;
    };
    std::vector<tarmac::FormatModifier> table;
    tarmac::Fd table_fd;
    std::optional<dev_t> main_device;
    std::vector<Tranche> tranches;
    /// The events before `done`: t(able), m(ain device), and of each tranche d(evice), f(lags),
    /// i(ndices), e(nd).
    std::string order;
    unsigned times = 0; ///< how often `done` came
};

/// A client that sends what it is told to, however wrong.
class RawClient {
public:
    /// `pump` lets a compositor in this process work; a compositor elsewhere needs none.
    using Pump = std::function<void()>;

    /// Connects to the socket `fd` and binds zwp_linux_dmabuf_v1 at `version`, or lower if less is
    /// offered; of several the first. An empty `fd` means $WAYLAND_DISPLAY. Throws
    /// std::runtime_error without a compositor.
    RawClient(unsigned version, const tarmac::Fd& fd = {}, Pump pump = {});
    ~RawClient();
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    /// Waits until everything sent has been answered. False once the connection is lost, or if the
    /// compositor says nothing for half a minute.
    bool round_trip();
    /// Waits until an event has set `done`; false as for round_trip().
    bool wait_for(const bool& done) {
        return wait_until([&done] { return done; });
    }
    /// Waits until events have made `done` true; false as for round_trip().
    bool wait_until(const std::function<bool()>& done);
    /// The error that ended the connection, or `Silent` while it holds.
    Answer connection() const;

    unsigned version() const { return version_; }
    const std::vector<std::uint32_t>& formats() const { return formats_; }
    const std::vector<tarmac::FormatModifier>& modifiers() const { return modifiers_; }
    /// Any other global (of several the `nth`), for the caller to destroy. Throws
    /// std::runtime_error if it isn't offered.
    void* bind_global(const wl_interface* interface, std::uint32_t version, unsigned nth = 0);
    /// The interfaces of those that are there.
    std::vector<std::string> globals() const;
    zwp_linux_dmabuf_v1* dmabuf() const { return dmabuf_; }
    wl_compositor* compositor() const { return compositor_; }

    /// Whether the compositor told this client of `pair`, in whichever way its version has. Clients
    /// below version 3 are told formats, which have the implicit modifier.
    bool knows(const tarmac::FormatModifier& pair);

    /// Feedback for `surface`, or the default if it is nullptr. Kept up to date while this lives.
    const ToldFeedback& feedback(wl_surface* surface = nullptr);
    void destroy_feedback();
    void destroy_dmabuf();

    struct Params {
        zwp_linux_buffer_params_v1* object;
        RawClient* client;
        Answer answer{};
        bool is_answered = false;
        wl_buffer* buffer = nullptr;
    };
    Params& create_params();
    /// The reference is of no use any more; a buffer that is still in there stays.
    void destroy_params(Params& params);
    void add(Params& params, int fd, std::uint32_t plane, std::uint32_t offset,
             std::uint32_t stride, std::uint64_t modifier);
    void set_sampling_device(Params& params, const void* device, std::size_t size);
    /// Sends `create` and waits for the answer.
    Answer create(Params& params, std::int32_t width, std::int32_t height, std::uint32_t fourcc,
                  std::uint32_t flags = 0);
    /// Sends `create_immed`; Created means that nothing was said against it.
    Answer create_immed(Params& params, std::int32_t width, std::int32_t height,
                        std::uint32_t fourcc, std::uint32_t flags = 0);

private:
    void bind(std::uint32_t name, std::string_view interface, std::uint32_t version);
    bool dispatch(std::chrono::milliseconds patience);

    wl_display* display_ = nullptr;
    Pump pump_;
    bool is_stuck_ = false;
    unsigned version_;
    wl_registry* registry_ = nullptr;
    wl_compositor* compositor_ = nullptr;
    zwp_linux_dmabuf_v1* dmabuf_ = nullptr;
    std::vector<std::pair<std::string, std::uint32_t>> globals_; ///< interface and name
    std::vector<std::uint32_t> formats_;
    std::vector<tarmac::FormatModifier> modifiers_;
    std::vector<std::unique_ptr<Params>> params_;
    struct FeedbackListener;
    std::vector<std::unique_ptr<FeedbackListener>> feedbacks_;
};

} // namespace test
