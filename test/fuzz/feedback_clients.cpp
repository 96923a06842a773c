#include "fuzz/feedback_clients.hpp"

#include <algorithm>
#include <drm_fourcc.h>
#include <sys/socket.h>
#include <wayland-client-protocol.h>
#include <wayland-server-core.h>

#include "support/local_compositor.hpp"
#include "wlr/wlr.hpp"

namespace test {

using namespace tarmac;

namespace {

using Pairs = std::vector<FormatModifier>;

enum Due { Nothing, IfNew, Anyway };

/// A client can't read while all of its objects are told, and libwayland ends who lets too much
/// pile up.
constexpr std::size_t MaxObjects = 6;

const FormatSet any_formats{{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR}};

/// What `client` must have heard, of `model` and its `table`.
void check_told(const ToldFeedback& told, const KnownFeedback& known, unsigned version) {
    const ModelFeedback& model = *known.model;
    FUZZ_CHECK(std::ranges::equal(told.table, known.feedback->table().formats()), "the table");
    FUZZ_CHECK(told.main_device == (version < 6 ? std::optional{model.main_device} : std::nullopt),
               "the main device");
    FUZZ_CHECK(told.tranches.size() == model.tranches.size(), "other tranches");
    std::string order{version < 6 ? "tm" : "t"};
    for (std::size_t i = 0; i < model.tranches.size(); ++i) {
        const ModelFeedback::Tranche& tranche = model.tranches[i];
        const unsigned flags = static_cast<unsigned>(tranche.flags) & (version < 6 ? 1 : 3);
        FUZZ_CHECK(told.tranches[i].device == tranche.target_device, "a tranche's device");
        FUZZ_CHECK(told.tranches[i].flags == flags, "a tranche's flags");
        FUZZ_CHECK(std::ranges::equal(told.tranches[i].formats, tranche.formats),
                   "a tranche's formats");
        order += "dfie";
    }
    // However many events indices come in
    std::string told_order = told.order;
    const auto rest =
        std::ranges::unique(told_order, [](char a, char b) { return a == b && a == 'i'; });
    told_order.erase(rest.begin(), rest.end());
    FUZZ_CHECK(told_order == order, told.order);
}

} // namespace

struct FeedbackClients::Surface {
    wl_surface* proxy;
    wl_resource* resource = nullptr;
    std::optional<KnownFeedback> own{};
    bool is_there = true;
};

struct FeedbackClients::Object {
    const ToldFeedback* told;
    Surface* surface;
    KnownFeedback last;
    unsigned times = 1;
    int due = Nothing;
    unsigned checked = 1; ///< the telling that was looked at last
};

struct FeedbackClients::Client {
    wl_client* server_side;
    std::unique_ptr<RawClient> raw;
    std::vector<std::unique_ptr<Surface>> surfaces;
    std::vector<Object> objects;

    ~Client() {
        for (const auto& surface : surfaces) {
            if (surface->is_there)
                wl_surface_destroy(surface->proxy);
        }
    }
};

struct FeedbackClients::Server {
    explicit Server(const KnownFeedback& by_default) {
        LinuxDmabuf::Options options;
        options.feedback = by_default.feedback;
        options.workers = 1;
        auto created = LinuxDmabuf::create(display, wlr_compositor_create(display, 6, nullptr),
                                           importer, std::move(options));
        FUZZ_CHECK(created, created.error().message);
        dmabuf.emplace(std::move(*created));
    }
    ~Server() {
        dmabuf.reset();
        wl_display_destroy_clients(display);
        wl_display_destroy(display);
    }

    void turn() const {
        wl_event_loop_dispatch(wl_display_get_event_loop(display), 0);
        wl_display_flush_clients(display);
    }

    wl_display* display = wl_display_create();
    DecliningImporter importer{any_formats, 1};
    std::optional<LinuxDmabuf> dmabuf;
};

FeedbackClients::FeedbackClients(const KnownFeedback& by_default)
    : default_{by_default}, server_{std::make_unique<Server>(by_default)} {}

FeedbackClients::~FeedbackClients() = default;

void FeedbackClients::add_client(unsigned version) {
    settle_changes();
    int ends[2];
    FUZZ_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0,
               "no socket");
    auto client = std::make_unique<Client>();
    client->server_side = wl_client_create(server_->display, ends[0]);
    client->raw = std::make_unique<RawClient>(version, Fd{ends[1]}, [this] { server_->turn(); });
    // Before version 4 clients are told when they bind, and then no more.
    Pairs modifiers;
    std::vector<std::uint32_t> fourccs;
    for (const auto& [fourcc, modifier] : default_.feedback->table().formats()) {
        if (version < 4 && modifier == DRM_FORMAT_MOD_INVALID)
            fourccs.push_back(fourcc);
        if (version == 3)
            modifiers.push_back({fourcc, modifier});
    }
    FUZZ_CHECK(client->raw->formats() == fourccs, "the formats");
    FUZZ_CHECK(client->raw->modifiers() == modifiers, "the modifiers");
    clients_.push_back(std::move(client));
}

void FeedbackClients::remove_client(std::size_t client) {
    // What it was told is never seen again.
    settle();
    clients_.erase(clients_.begin() + static_cast<std::ptrdiff_t>(client % clients_.size()));
    server_->turn();
}

void FeedbackClients::add_object(std::size_t place, bool is_for_surface) {
    Client& client = client_at(place);
    if (client.raw->version() < 4 || client.objects.size() >= MaxObjects)
        return;
    settle_changes();
    Surface* surface = nullptr;
    if (is_for_surface) {
        wl_surface* proxy = wl_compositor_create_surface(client.raw->compositor());
        surface = client.surfaces.emplace_back(std::make_unique<Surface>(proxy)).get();
    }
    // The surface is there, too, once this is answered.
    const ToldFeedback& told = client.raw->feedback(surface ? surface->proxy : nullptr);
    if (surface)
        surface->resource = wl_client_get_object(
            client.server_side, wl_proxy_get_id(reinterpret_cast<wl_proxy*>(surface->proxy)));
    FUZZ_CHECK(told.times == 1, "a new object is told " + std::to_string(told.times) + " times");
    check_told(told, default_, client.raw->version());
    client.objects.push_back({&told, surface, default_});
}

FeedbackClients::Surface* FeedbackClients::living_surface(Client& client, std::size_t place) {
    if (client.surfaces.empty())
        return nullptr;
    Surface& surface = *client.surfaces[place % client.surfaces.size()];
    return surface.is_there ? &surface : nullptr;
}

void FeedbackClients::destroy_surface(std::size_t place, std::size_t surface_place) {
    Client& client = client_at(place);
    Surface* surface = living_surface(client, surface_place);
    if (!surface)
        return;
    settle_changes();
    wl_surface_destroy(surface->proxy);
    FUZZ_CHECK(client.raw->round_trip(), "the connection is lost");
    surface->is_there = false;
    surface->own.reset();
}

const KnownFeedback& FeedbackClients::feedback_of(const Object& object) const {
    return object.surface && object.surface->own ? *object.surface->own : default_;
}

void FeedbackClients::make_due(int due, const Surface* only_for, bool is_for_all) {
    has_changes_ = true;
    for (const auto& client : clients_) {
        for (Object& object : client->objects) {
            if (is_for_all || object.surface == only_for)
                object.due = std::max(object.due, due);
        }
    }
}

void FeedbackClients::set_default(const KnownFeedback& feedback) {
    server_->dmabuf->set_default_feedback(feedback.feedback);
    default_ = feedback;
    make_due(IfNew);
}

void FeedbackClients::renew_default(const KnownFeedback& feedback) {
    FUZZ_CHECK(server_->dmabuf->set_importers(server_->importer, feedback.feedback), "refused");
    default_ = feedback;
    make_due(Anyway);
}

void FeedbackClients::set_for_surface(std::size_t place, std::size_t surface_place,
                                      const KnownFeedback* feedback) {
    Surface* surface = living_surface(client_at(place), surface_place);
    if (!surface)
        return;
    server_->dmabuf->set_surface_feedback(surface->resource,
                                          feedback ? feedback->feedback : nullptr);
    surface->own = feedback ? std::optional{*feedback} : std::nullopt;
    make_due(IfNew, surface, false);
}

void FeedbackClients::settle_changes() {
    if (has_changes_)
        settle();
}

void FeedbackClients::settle() {
    has_changes_ = false;
    for (const auto& client : clients_) {
        const unsigned version = client->raw->version();
        for (Object& object : client->objects) {
            const KnownFeedback& now = feedback_of(object);
            const bool is_news =
                object.due == Anyway ||
                (object.due == IfNew && !object.last.model->tells_same(*now.model, version));
            object.due = Nothing;
            if (!is_news || (object.surface && !object.surface->is_there))
                continue;
            object.last = now;
            ++object.times;
        }
    }
    for (const auto& client : clients_)
        FUZZ_CHECK(client->raw->round_trip(), "the connection is lost");
    for (const auto& client : clients_) {
        for (Object& object : client->objects) {
            FUZZ_CHECK(object.told->times == object.times,
                       "told " + std::to_string(object.told->times) + " times instead of " +
                           std::to_string(object.times));
            if (std::exchange(object.checked, object.times) != object.times)
                check_told(*object.told, object.last, client->raw->version());
        }
    }
}

} // namespace test
