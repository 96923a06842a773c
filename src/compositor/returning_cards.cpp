#include "compositor/returning_cards.hpp"

#include "compositor/handle.hpp"

#include <libudev.h>
#include <string_view>
#include <sys/stat.h>
#include <vector>
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

/// Paths of the cards of the session's seat.
std::vector<std::string> cards_of(const wlr_session& session) {
    std::vector<std::string> paths;
    const Handle<udev_enumerate, udev_enumerate_unref> list{udev_enumerate_new(session.udev)};
    if (!list || udev_enumerate_add_match_subsystem(list.get(), "drm") < 0 ||
        udev_enumerate_add_match_sysname(list.get(), "card[0-9]*") < 0 ||
        udev_enumerate_scan_devices(list.get()) < 0)
        return paths;
    for (udev_list_entry* entry = udev_enumerate_get_list_entry(list.get()); entry != nullptr;
         entry = udev_list_entry_get_next(entry)) {
        const Handle<udev_device, udev_device_unref> device{
            udev_device_new_from_syspath(session.udev, udev_list_entry_get_name(entry))};
        // Connectors are named after their cards, and have none.
        const char* path = device ? udev_device_get_devnode(device.get()) : nullptr;
        if (path == nullptr)
            continue;
        const char* seat = udev_device_get_property_value(device.get(), "ID_SEAT");
        if (session.seat[0] == '\0' ||
            std::string_view{seat != nullptr ? seat : "seat0"} == session.seat)
            paths.emplace_back(path);
    }
    return paths;
}

} // namespace

ReturningCards::ReturningCards(wlr_session& session, wlr_backend& backend,
                               const DeviceChoice& choice, std::function<void()> on_first)
    : session_{session}
    , backend_{backend}
    , choice_{choice}
    , on_first_{std::move(on_first)}
    , are_left_to_us_{choice.names_cards()} {
    watch_first();
    activated_.connect(session.events.active, [this] { take_all(); });
}

void ReturningCards::watch_first() {
    first_ = first_card(backend_);
    if (first_ == nullptr)
        return;
    first_destroyed_.connect(first_->events.destroy, [this] {
        first_destroyed_.disconnect();
        first_ = nullptr;
        are_left_to_us_ = true;
        // The others are about to go with it.
        taking_.emplace(session_.event_loop, std::chrono::milliseconds{0}, [this] { take_all(); });
    });
}

void ReturningCards::take_all() {
    if (!are_left_to_us_ || !session_.active)
        return;
    for (const std::string& path : cards_of(session_))
        take(path);
}

void ReturningCards::take(const std::string& path) {
    if (is_open(session_, path) || !choice_.allows(device_place(path)))
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
                               const DeviceChoice& choice, std::function<void()>)
    : session_{session}, backend_{backend}, choice_{choice}, are_left_to_us_{false} {}

void ReturningCards::take_all() {}

#endif

} // namespace tarmac::compositor
