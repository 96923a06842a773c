#pragma once

#include <list>
#include <memory>
#include <tarmac/feedback.hpp>
#include <unordered_map>
#include <wayland-server-core.h>

#include "wlr/end_of_turn.hpp"
#include "wlr/listener.hpp"

struct wl_resource;

namespace tarmac {

class FeedbackObject;

/// What clients are told to allocate, by default and for single surfaces, and the objects that hear
/// of changes. What changes in several steps of one turn of the event loop is told once.
class FeedbackRegistry {
public:
    FeedbackRegistry(wl_event_loop* loop, std::shared_ptr<const Feedback> by_default);
    FeedbackRegistry(const FeedbackRegistry&) = delete;
    FeedbackRegistry& operator=(const FeedbackRegistry&) = delete;
    ~FeedbackRegistry();

    /// Tells those whom it is news to.
    void set_default(std::shared_ptr<const Feedback> feedback);
    /// Tells everybody, though it be the same as before.
    void renew_default(std::shared_ptr<const Feedback> feedback);
    const std::shared_ptr<const Feedback>& by_default() const { return default_; }
    /// Emitted before clients are told.
    wl_signal& default_changed() { return default_changed_; }

    /// nullptr goes back to the default.
    void set_for_surface(wl_resource* surface, std::shared_ptr<const Feedback> feedback);
    /// `surface` nullptr means the default.
    std::shared_ptr<const Feedback> for_surface(wl_resource* surface) const;

    using Objects = std::list<FeedbackObject*>;
    Objects::iterator add(FeedbackObject& object) {
        return objects_.insert(objects_.end(), &object);
    }
    void remove(Objects::iterator place) { objects_.erase(place); }
    const Objects& objects() const { return objects_; }

private:
    struct SurfaceFeedback {
        std::shared_ptr<const Feedback> feedback;
        Listener surface_destroyed;
    };

    void change_default(std::shared_ptr<const Feedback> feedback);
    /// Tells those whose feedback is due.
    void tell();

    std::shared_ptr<const Feedback> default_;
    wl_signal default_changed_;
    std::unordered_map<wl_resource*, SurfaceFeedback> surfaces_;
    Objects objects_;
    EndOfTurn telling_;
};

} // namespace tarmac
