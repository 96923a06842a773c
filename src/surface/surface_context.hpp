#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>

#include "account/client_account.hpp"
#include "ready/disposal.hpp"
#include "ready/fence_watch.hpp"
#include "ready/worker_pool.hpp"
#include "wlr/renderer_facts.hpp"
#include "wlr/turn.hpp"

struct wl_client;
struct wlr_compositor;

namespace tarmac {

/// What the surfaces of a wlr_compositor share.
struct SurfaceContext {
    wl_event_loop* loop;
    std::shared_ptr<Turn> turn;
    WorkerPool& workers;
    FenceWatch& fences;
    ImportQueue& imports;
    std::shared_ptr<Disposal> disposal;
    wlr_compositor* compositor; ///< nullptr once it is gone
    /// Of the renderer that draws; nullptr if the wlr_compositor has none.
    std::shared_ptr<const RendererFacts> renderer;
    std::chrono::milliseconds ready_timeout;
    std::function<std::shared_ptr<ClientAccount>(wl_client*)> account_of;
    /// A client's commit has waited for too long: whether to end the client over it.
    std::function<bool(wl_client*)> ends_client;
    /// How many pictures of a client are looked at now and then: see PendingPicture.
    std::map<const void*, unsigned> n_looked_at{};
};

} // namespace tarmac
