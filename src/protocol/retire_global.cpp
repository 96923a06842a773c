#include "protocol/retire_global.hpp"

#include "wlr/guard.hpp"
#include "wlr/listener.hpp"
#include "wlr/timer.hpp"

namespace tarmac {

namespace {

constexpr std::chrono::seconds Grace{5};

class RetiredGlobal {
public:
    explicit RetiredGlobal(wl_global* global)
        : global_{global}
        , expiry_{wl_display_get_event_loop(wl_global_get_display(global)), Grace,
                  [this] { delete this; }} {
        wl_display_add_destroy_listener(wl_global_get_display(global),
                                        display_destroyed_.prepare([this] { delete this; }));
    }
    RetiredGlobal(const RetiredGlobal&) = delete;
    RetiredGlobal& operator=(const RetiredGlobal&) = delete;
    ~RetiredGlobal() { wl_global_destroy(global_); }

private:
    wl_global* global_;
    Timer expiry_;
    Listener display_destroyed_;
};

} // namespace

void retire_global(wl_global* global) noexcept {
    wl_global_remove(global);
    wl_global_set_user_data(global, nullptr);
    if (!guard([global] { new RetiredGlobal{global}; }))
        wl_global_destroy(global);
}

} // namespace tarmac
