#include "wlroots/surfaces.hpp"

#include <list>
#include <optional>

#include "import/map_pixels.hpp"
#include "wlroots/dmabuf_buffer.hpp"
#include "wlroots/listener.hpp"
#include "wlroots/remake_texture.hpp"
#include "wlroots/surface_colors.hpp"

namespace tarmac {

namespace {

/// Sees to it that `buffer` can be drawn with `colors`, by reading it if it must be. Where that
/// can't be either, it is drawn as the renderer does.
void choose_way(DmabufBuffer& buffer, const Colors& colors, wlr_renderer* renderer) {
    buffer.is_read = !buffer.is_importable;
    if (buffer.is_importable && renderer && !draws(*renderer, *buffer.dmabuf, colors)) {
        if (!buffer.pixels && buffer.is_linear)
            buffer.pixels = map_pixels(buffer.dmabuf, renderer).value_or(nullptr);
        buffer.is_read = buffer.pixels != nullptr;
    }
    if (buffer.pixels)
        buffer.pixels->set_colors(colors);
}

/// One of our buffers, or none; forgotten when it goes.
class ShownBuffer {
public:
    DmabufBuffer* get() const { return buffer_; }
    void set(DmabufBuffer* buffer) {
        destroyed_.disconnect();
        buffer_ = buffer;
        if (buffer)
            destroyed_.connect(buffer->events.destroy, [this] { set(nullptr); });
    }

private:
    DmabufBuffer* buffer_ = nullptr;
    Listener destroyed_;
};

/// A part of wlroots' double-buffered state of a surface, which has nothing in it: that it is moved
/// to the current state tells that a commit is about to be applied, all other state and the buffer
/// being there, and the renderer not having got the buffer yet.
class Surface {
public:
    explicit Surface(wlr_surface& surface) : surface_{surface} {
        static constexpr wlr_surface_synced_impl events = {
            .state_size = sizeof(CommitState),
            .init_state = nullptr,
            .finish_state = nullptr,
            .move_state =
                [](void* to, void*) {
                    if (Surface* self = static_cast<CommitState*>(to)->current_of)
                        self->begin_commit();
                },
            .commit =
                [](wlr_surface_synced* synced) {
                    reinterpret_cast<Synced*>(synced)->self->end_commit();
                },
        };
        synced_.self = this;
        is_followed_ =
            wlr_surface_synced_init(&synced_.synced, &surface, &events, &pending_, &current_);
        current_.current_of = this;
    }
    Surface(const Surface&) = delete;
    Surface& operator=(const Surface&) = delete;
    ~Surface() {
        if (is_followed_)
            wlr_surface_synced_finish(&synced_.synced);
    }

    /// `function` may destroy this.
    void on_gone(std::function<void()> function) {
        gone_.connect(surface_.events.destroy, std::move(function));
    }
    void import_again() {
        if (DmabufBuffer* shown = shown_.get())
            show_again(*shown);
        else if (surface_.buffer && surface_.buffer->source)
            remake_texture(surface_, *surface_.buffer->source);
    }

private:
    struct CommitState {
        Surface* current_of; ///< nullptr in states that wait for their turn
    };
    // Plain, so that the way back from the wlr_surface_synced is well defined.
    struct Synced {
        wlr_surface_synced synced;
        Surface* self;
    };

    void begin_commit() {
        wlr_surface_state& state = surface_.current;
        next_ = dmabuf_buffer_from(state.buffer);
        DmabufBuffer* before = shown_.get();
        DmabufBuffer* shown = next_ ? next_ : before;
        if (!shown)
            return;
        const auto colors = colors_on(surface_, *shown->dmabuf);
        has_new_colors_ = std::exchange(colors_, colors) != colors;
        if (has_new_colors_)
            pixman_region32_union_rect(&state.buffer_damage, &state.buffer_damage, 0, 0,
                                       static_cast<unsigned>(shown->width),
                                       static_cast<unsigned>(shown->height));
        if (!next_)
            return;
        choose_way(*next_, colors, surface_.compositor->renderer);
        if (next_->pixels) {
            next_->pixels->tell_new_content();
            // The damage is known by the time that the pixels are read.
            next_->pixels->follow({this, before ? before->pixels.get() : nullptr,
                                   &surface_.buffer_damage});
        }
        shown_.set(next_);
    }

    void end_commit() {
        DmabufBuffer* shown = shown_.get();
        if (std::exchange(next_, nullptr)) {
            if (shown && shown->pixels)
                shown->pixels->forget_succession();
        } else if (surface_.current.committed & WLR_SURFACE_STATE_BUFFER) {
            shown_.set(nullptr);
        } else if (shown && has_new_colors_) {
            show_again(*shown);
        }
        has_new_colors_ = false;
    }

    void show_again(DmabufBuffer& shown) {
        choose_way(shown, *colors_, surface_.compositor->renderer);
        remake_texture(surface_, shown);
    }

    wlr_surface& surface_;
    Synced synced_{};
    CommitState pending_{}, current_{};
    bool is_followed_;
    ShownBuffer shown_;
    DmabufBuffer* next_ = nullptr; ///< while a commit is applied that shows it
    std::optional<Colors> colors_;
    bool has_new_colors_ = false;
    Listener gone_;
};

} // namespace

struct Surfaces::State {
    std::list<Surface> surfaces;
    Listener new_surface, compositor_gone;
};

Surfaces::Surfaces(wlr_compositor& compositor) : state_{std::make_unique<State>()} {
    State& state = *state_;
    state.new_surface.connect<wlr_surface>(
        compositor.events.new_surface, [&state](wlr_surface* surface) {
            const auto made = state.surfaces.emplace(state.surfaces.end(), *surface);
            made->on_gone([&state, made] { state.surfaces.erase(made); });
        });
    state.compositor_gone.connect(compositor.events.destroy, [&state] {
        state.new_surface.disconnect();
        state.compositor_gone.disconnect();
    });
}

Surfaces::~Surfaces() = default;

void Surfaces::import_again() {
    for (Surface& surface : state_->surfaces)
        surface.import_again();
}

} // namespace tarmac
