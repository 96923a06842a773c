#include "fuzz/connection.hpp"

#include <sys/socket.h>
#include <utility>
#include <wayland-server-core.h>

#include "fuzz/input.hpp"

namespace fuzz {

namespace {

using SharedNews = std::shared_ptr<News>;

SharedNews* news_of(wl_client* client) {
    return static_cast<SharedNews*>(wl_client_get_user_data(client));
}

void end(void* data) {
    auto* news = static_cast<SharedNews*>(data);
    (*news)->is_ended = true;
    delete news;
}

} // namespace

void gather_news(wl_display* display) {
    const auto note = [](void*, wl_protocol_logger_type type,
                         const wl_protocol_logger_message* message) {
        SharedNews* news = news_of(wl_resource_get_client(message->resource));
        if (type == WL_PROTOCOL_LOGGER_EVENT && news)
            (*news)->is_told = true;
    };
    FUZZ_CHECK(wl_display_add_protocol_logger(display, note, nullptr), "nobody says what is told");
}

Connection connect(wl_display* display) {
    int ends[2];
    FUZZ_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0,
               "nobody can connect");
    wl_client* client = wl_client_create(display, ends[0]);
    FUZZ_CHECK(client, "nobody can connect");
    auto news = std::make_shared<News>();
    wl_client_set_user_data(client, new SharedNews{news}, end);
    return {tarmac::Fd{ends[1]}, client, std::move(news)};
}

} // namespace fuzz
