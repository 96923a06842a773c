#pragma once

#include <memory>
#include <tarmac/linux_dmabuf.hpp>
#include <vector>

#include "fuzz/feedback_model.hpp"
#include "support/raw_client.hpp"

struct wl_client;
struct wl_display;
struct wl_resource;
struct wl_surface;
struct wlr_compositor;

namespace test {

/// Feedback, and what a model has in its place.
struct KnownFeedback {
    std::shared_ptr<const tarmac::Feedback> feedback;
    std::shared_ptr<const ModelFeedback> model;
};

/// A compositor with clients, and what each of their feedback objects must have been told.
class FeedbackClients {
public:
    explicit FeedbackClients(const KnownFeedback& by_default);
    ~FeedbackClients();
    FeedbackClients(const FeedbackClients&) = delete;
    FeedbackClients& operator=(const FeedbackClients&) = delete;

    std::size_t n_clients() const { return clients_.size(); }
    void add_client(unsigned version);
    void remove_client(std::size_t client);

    /// For the default, or for a new surface.
    void add_object(std::size_t client, bool is_for_surface);
    void destroy_surface(std::size_t client, std::size_t surface);

    // Changes, which are told once the event loop has turned.
    void set_default(const KnownFeedback& feedback);
    void renew_default(const KnownFeedback& feedback);
    /// nullptr goes back to the default.
    void set_for_surface(std::size_t client, std::size_t surface, const KnownFeedback* feedback);

    /// Lets all be told, and checks that each was told what it must, and not more often.
    void settle();

private:
    struct Client;
    struct Object;
    struct Surface;
    struct Server;

    Client& client_at(std::size_t place) { return *clients_[place % clients_.size()]; }
    /// nullptr if the one at that place is destroyed, or there is none.
    static Surface* living_surface(Client& client, std::size_t place);
    const KnownFeedback& feedback_of(const Object& object) const;
    void make_due(int due, const Surface* only_for = nullptr, bool is_for_all = true);
    /// settle(), if there was a change: what is told without one is seen by the next.
    void settle_changes();

    KnownFeedback default_;
    std::unique_ptr<Server> server_;
    std::vector<std::unique_ptr<Client>> clients_;
    bool has_changes_ = false; ///< that may not be told yet
};

} // namespace test
