#pragma once

#include <functional>
#include <optional>

#include "import/dmabuf_buffer.hpp"
#include "wlr/listener.hpp"

namespace tarmac {

/// Tells our buffers what the commits of a wlr_surface say of them: what they follow, where they
/// differ from it, and what their numbers mean. One whose colours the renderer can't draw is read.
/// Keeps what is shown right where wlroots doesn't.
class Surface {
public:
    explicit Surface(wlr_surface& surface);
    Surface(const Surface&) = delete;
    Surface& operator=(const Surface&) = delete;
    ~Surface();

    /// `function` may destroy this.
    void on_gone(std::function<void()> function) {
        gone_.connect(surface_.events.destroy, std::move(function));
    }
    /// Makes the texture anew, with the renderer that the wlr_compositor has.
    void show_again();

private:
    /// A part of wlroots' double-buffered state, which has nothing in it: that it is moved to the
    /// current state tells that a commit is about to be applied, all other state and the buffer
    /// being there, and the renderer not having got the buffer yet.
    struct CommitState {
        Surface* current_of; ///< nullptr in states that wait for their turn
    };
    // Plain, so that the way back from the wlr_surface_synced is well defined.
    struct Synced {
        wlr_surface_synced synced;
        Surface* self;
    };
    /// A client's buffer, forgotten when it goes.
    class Shown {
    public:
        wlr_buffer* get() const { return buffer_; }
        void set(wlr_buffer* buffer);

    private:
        wlr_buffer* buffer_ = nullptr;
        Listener destroyed_;
    };

    static const wlr_surface_synced_impl synced_impl;

    DmabufBuffer* ours() const { return dmabuf_buffer_from(shown_.get()); }
    void begin_commit();
    void end_commit();
    void note_colors(const DmabufBuffer& buffer);
    BufferLock for_renderer(DmabufBuffer& buffer) const;
    void drop_misfit();

    wlr_surface& surface_;
    Synced synced_{};
    CommitState pending_{}, current_{};
    bool is_followed_;
    Shown shown_;
    std::optional<Colors> colors_;

    // While a commit is applied:
    bool has_next_ = false, has_new_colors_ = false;
    BufferLock kept_;
    Listener gone_;
};

} // namespace tarmac
