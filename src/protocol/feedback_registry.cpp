#include "protocol/feedback_registry.hpp"

#include "protocol/feedback_object.hpp"

namespace tarmac {

FeedbackRegistry::FeedbackRegistry(wl_event_loop* loop, std::shared_ptr<const Feedback> by_default)
    : default_{std::move(by_default)}, telling_{loop, [this] { tell(); }} {
    wl_signal_init(&default_changed_);
}

FeedbackRegistry::~FeedbackRegistry() {
    // Who listens may do so for longer.
    wl_list* listeners = &default_changed_.listener_list;
    while (!wl_list_empty(listeners)) {
        wl_list* first = listeners->next;
        wl_list_remove(first);
        wl_list_init(first);
    }
}

void FeedbackRegistry::set_default(std::shared_ptr<const Feedback> feedback) {
    if (feedback == default_)
        return;
    change_default(std::move(feedback));
    for (FeedbackObject* object : objects_)
        object->make_due(FeedbackObject::Due::IfNew);
    telling_.request();
}

void FeedbackRegistry::renew_default(std::shared_ptr<const Feedback> feedback) {
    change_default(std::move(feedback));
    for (FeedbackObject* object : objects_)
        object->make_due(FeedbackObject::Due::Anyway);
    telling_.request();
}

void FeedbackRegistry::change_default(std::shared_ptr<const Feedback> feedback) {
    default_ = std::move(feedback);
    wl_signal_emit_mutable(&default_changed_, nullptr);
}

void FeedbackRegistry::set_for_surface(wl_resource* surface,
                                       std::shared_ptr<const Feedback> feedback) {
    if (feedback) {
        if (!surfaces_.contains(surface)) {
            // Only what hears of the surface's end is there.
            std::unordered_map<wl_resource*, SurfaceFeedback> made;
            wl_resource_add_destroy_listener(surface,
                                             made[surface].surface_destroyed.prepare(
                                                 [this, surface] { surfaces_.erase(surface); }));
            surfaces_.merge(made);
        }
        surfaces_.at(surface).feedback = std::move(feedback);
    } else {
        surfaces_.erase(surface);
    }
    for (FeedbackObject* object : objects_) {
        if (object->surface() == surface)
            object->make_due(FeedbackObject::Due::IfNew);
    }
    telling_.request();
}

void FeedbackRegistry::tell() {
    for (FeedbackObject* object : objects_)
        object->tell(*this);
}

std::shared_ptr<const Feedback> FeedbackRegistry::for_surface(wl_resource* surface) const {
    const auto found = surfaces_.find(surface);
    return found != surfaces_.end() ? found->second.feedback : default_;
}

} // namespace tarmac
