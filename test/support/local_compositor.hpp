#pragma once

#include <functional>
#include <memory>
#include <tarmac/fd.hpp>
#include <tarmac/importer.hpp>

struct wl_display;

namespace test {

/// A Wayland display in this process, for clients in this process.
class LocalCompositor {
public:
    LocalCompositor();
    ~LocalCompositor();
    LocalCompositor(const LocalCompositor&) = delete;
    LocalCompositor& operator=(const LocalCompositor&) = delete;

    wl_display* display() const { return display_; }
    /// The client's end of a new connection.
    tarmac::Fd connect();
    /// Lets the compositor answer what has arrived.
    std::function<void()> pump();

private:
    wl_display* display_;
};

/// Advertises `formats` and refuses every import: for checks that come before one.
class DecliningImporter final : public tarmac::Importer {
public:
    explicit DecliningImporter(tarmac::FormatSet formats, dev_t device = 0,
                               bool takes_device_buffers = true)
        : formats_{std::move(formats)}
        , device_{device}
        , takes_device_buffers_{takes_device_buffers} {}

    const tarmac::FormatSet& formats() const noexcept override { return formats_; }
    dev_t device() const noexcept override { return device_; }
    bool takes_device_buffers() const noexcept override { return takes_device_buffers_; }
    std::string_view way() const noexcept override { return "declining"; }
    wlr_renderer* renderer() const noexcept override { return of_renderer; }

    wlr_renderer* of_renderer = nullptr;

private:
    tarmac::Result<tarmac::Texture> import_dmabuf(std::shared_ptr<const tarmac::Dmabuf>,
                                                  const tarmac::Update&) override {
        return tarmac::fail(tarmac::Fault::ImportFailed, "declined");
    }

    tarmac::FormatSet formats_;
    dev_t device_;
    bool takes_device_buffers_;
};

/// File descriptors that this process has open.
std::size_t count_open_fds();

} // namespace test
