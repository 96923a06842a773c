#pragma once

#include <list>
#include <optional>
#include <tarmac/linux_dmabuf.hpp>
#include <unordered_map>
#include <vector>

#include "wlroots/listener.hpp"

struct wl_global;

namespace tarmac {

class FeedbackObject;

/// What the global and the objects of its clients share. Clients' objects hold it weakly: it goes
/// with the LinuxDmabuf, and they do nothing from then on.
class LinuxDmabuf::State : public std::enable_shared_from_this<LinuxDmabuf::State> {
public:
    State(Importer& importer, Options options);
    ~State();

    /// Puts the global on `display`.
    Result<void> announce(wl_display* display);

    /// Imports what a client of `version` asks for, if it was advertised, and reports the landing.
    /// `sampling_device` is what the client named, if it did.
    Result<BufferPtr> land(wl_client* client, unsigned version, Dmabuf dmabuf,
                           std::optional<dev_t> sampling_device);
    void report_refusal(wl_client* client, const Error& error, bool fatal) const;

    void set_default_feedback(std::shared_ptr<const Feedback> feedback);
    void set_surface_feedback(wl_resource* surface, std::shared_ptr<const Feedback> feedback);
    /// `surface` nullptr means the default.
    std::shared_ptr<const Feedback> feedback_for(wl_resource* surface) const;

    void add(FeedbackObject& object) { feedback_objects_.push_back(&object); }
    void remove(FeedbackObject& object) { feedback_objects_.remove(&object); }

private:
    struct SurfaceFeedback {
        std::shared_ptr<const Feedback> feedback;
        Listener surface_destroyed;
    };

    bool is_advertised(FormatModifier pair) const;
    void update_feedback_objects();

    Importer& importer_;
    Options options_;
    wl_global* global_ = nullptr;
    std::unordered_map<wl_resource*, SurfaceFeedback> surface_feedbacks_;
    std::list<FeedbackObject*> feedback_objects_;
};

} // namespace tarmac
