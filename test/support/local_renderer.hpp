#pragma once

#include <memory>
#include <string>
#include <tarmac/importer.hpp>

struct wl_display;
struct wlr_backend;
struct wlr_renderer;

namespace test {

/// A renderer of wlroots' in this process: "gles2" on the tests' render node (see
/// need_importing_node()), "vulkan" on the CPU or "pixman".
class LocalRenderer {
public:
    explicit LocalRenderer(wl_display* display, const std::string& name = "gles2");
    /// One of each for the whole process, which is never destroyed: Mesa's takes a second to come
    /// up, and after some dozens in one process it doesn't.
    static LocalRenderer& shared(const std::string& name = "gles2");
    ~LocalRenderer();
    LocalRenderer(const LocalRenderer&) = delete;
    LocalRenderer& operator=(const LocalRenderer&) = delete;

    /// Headless.
    wlr_backend* backend() const { return backend_; }
    wlr_renderer* get() const { return renderer_; }
    /// Through the renderer where that imports.
    tarmac::Importer& importer() const { return *importer_; }
    /// Destroys the renderer and with it all its textures; the importer must not be used any more.
    void destroy();

private:
    wlr_backend* backend_;
    wlr_renderer* renderer_;
    std::unique_ptr<tarmac::Importer> importer_;
};

} // namespace test
