#include "compositor/returning_cards.hpp"

#include "compositor/drm_node.hpp"

#include <sys/stat.h>
#include <xf86drmMode.h>

namespace tarmac::compositor {

#if WLR_HAS_DRM_BACKEND

namespace {

wlr_backend* first_card(wlr_backend& backend) {
    wlr_backend* found = nullptr;
    wlr_multi_for_each_backend(
        &backend,
        [](wlr_backend* child, void* data) {
            auto*& found = *static_cast<wlr_backend**>(data);
            if (found == nullptr && wlr_backend_is_drm(child))
                found = child;
        },
        &found);
    return found;
}

bool is_open(const wlr_session& session, const std::string& path) {
    struct stat status;
    if (stat(path.c_str(), &status) != 0)
        return false;
    for (wl_list* link = session.devices.next; link != &session.devices; link = link->next) {
        const wlr_device* open = wl_container_of(link, open, link);
        if (open->dev == status.st_rdev)
            return true;
    }
    return false;
}

} // namespace

ReturningCards::ReturningCards(wlr_session& session, wlr_backend& backend,
                               std::function<bool(const std::string&)> may_use,
                               std::function<void()> on_first)
    : session_{session}
    , backend_{backend}
    , may_use_{std::move(may_use)}
    , on_first_{std::move(on_first)} {
    watch_first();
    activated_.connect(session.events.active, [this] {
        if (session_.active)
            take_all();
    });
}

void ReturningCards::watch_first() {
    first_ = first_card(backend_);
    if (first_ == nullptr)
        return;
    first_destroyed_.connect(first_->events.destroy, [this] {
        first_destroyed_.disconnect();
        first_ = nullptr;
        has_lost_first_ = true;
        // The others are about to go with it.
        taking_.emplace(session_.event_loop, std::chrono::milliseconds{0}, [this] { take_all(); });
    });
}

void ReturningCards::take_all() {
    if (!has_lost_first_)
        return;
    for (const std::string& path : card_paths())
        take(path);
}

void ReturningCards::take(const std::string& path) {
    if (is_open(session_, path) || !may_use_(path))
        return;
    wlr_device* device = wlr_session_open_file(&session_, path.c_str());
    if (device == nullptr)
        return;
    if (!drmIsKMS(device->fd)) {
        wlr_session_close_file(&session_, device);
        return;
    }
    wlr_backend* card = wlr_drm_backend_create(&session_, device, first_);
    if (card == nullptr)
        return;
    if (!wlr_multi_backend_add(&backend_, card)) {
        wlr_backend_destroy(card);
        return;
    }
    if (first_ == nullptr) {
        watch_first();
        on_first_();
    }
    if (!wlr_backend_start(card))
        wlr_backend_destroy(card);
}

#else

ReturningCards::ReturningCards(wlr_session& session, wlr_backend& backend,
                               std::function<bool(const std::string&)>, std::function<void()>)
    : session_{session}, backend_{backend} {}

void ReturningCards::take_all() {}

#endif

} // namespace tarmac::compositor
