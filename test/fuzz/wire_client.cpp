#include "fuzz/wire_client.hpp"

#include <algorithm>
#include <cstring>
#include <sys/socket.h>
#include <unistd.h>
#include <wayland-client-protocol.h>

#include "linux-dmabuf-v1-client-protocol.h"
#include "xdg-shell-client-protocol.h"

namespace fuzz {

namespace {

// libwayland takes no more with one message.
constexpr std::size_t MaxFds = 28;
constexpr std::size_t EnoughBytes = 4000;
constexpr std::uint32_t FirstIdOfServer = 0xff000000;

std::uint32_t word_at(std::span<const std::uint8_t> bytes, std::size_t offset) {
    std::uint32_t word = 0;
    if (offset + sizeof word <= bytes.size())
        std::memcpy(&word, bytes.data() + offset, sizeof word);
    return word;
}

void append(std::vector<std::uint8_t>& bytes, std::uint32_t word) {
    const auto* raw = reinterpret_cast<const std::uint8_t*>(&word);
    bytes.insert(bytes.end(), raw, raw + sizeof word);
}

/// Its length, its bytes and `end`, to whole words.
void append(std::vector<std::uint8_t>& bytes, std::span<const std::uint8_t> content, bool end) {
    append(bytes, static_cast<std::uint32_t>(content.size() + end));
    bytes.insert(bytes.end(), content.begin(), content.end());
    bytes.resize((bytes.size() + end + 3) / 4 * 4);
}

} // namespace

Client::Client(Connection connection) : connection_{std::move(connection)} {
    objects_.push_back({Display, &wl_display_interface, 1});
    write(Display, WL_DISPLAY_GET_REGISTRY, {NewObject{&wl_registry_interface, 1}});
}

std::uint32_t Client::find(const wl_interface& interface, unsigned choice) const {
    const auto is_meant = [&](const Object& object) { return object.interface == &interface; };
    const auto n = std::ranges::count_if(objects_, is_meant);
    if (n == 0)
        return 0;
    auto left = static_cast<std::ptrdiff_t>(choice) % n;
    return std::ranges::find_if(
               objects_, [&](const Object& object) { return is_meant(object) && left-- == 0; })
        ->id;
}

std::uint32_t Client::last(const wl_interface& interface) const {
    const auto found = std::ranges::find_last(objects_, &interface, &Object::interface);
    return found.empty() ? 0 : found.front().id;
}

unsigned Client::version_of(std::uint32_t id) const {
    const auto found = std::ranges::find(objects_, id, &Object::id);
    return found != objects_.end() ? found->version : 1;
}

std::uint32_t Client::next_id() {
    if (free_ids_.empty())
        return next_id_++;
    const std::uint32_t id = free_ids_.back();
    free_ids_.pop_back();
    return id;
}

std::uint32_t Client::write(std::uint32_t object, unsigned opcode,
                            std::span<const Argument> arguments) {
    const auto n_fds = static_cast<std::size_t>(std::ranges::count_if(
        arguments, [](const Argument& one) { return std::holds_alternative<PassedFd>(one); }));
    if (out_.size() > EnoughBytes || fds_.size() + n_fds > MaxFds)
        flush();
    const std::size_t start = out_.size();
    append(out_, object);
    append(out_, 0);
    std::uint32_t made = 0;
    for (const Argument& argument : arguments) {
        if (const auto* word = std::get_if<std::uint32_t>(&argument)) {
            append(out_, *word);
        } else if (const auto* text = std::get_if<std::string_view>(&argument)) {
            append(out_, {reinterpret_cast<const std::uint8_t*>(text->data()), text->size()}, true);
        } else if (const auto* array = std::get_if<std::span<const std::uint8_t>>(&argument)) {
            append(out_, *array, false);
        } else if (const auto* passed = std::get_if<PassedFd>(&argument)) {
            fds_.push_back(passed->fd);
        } else {
            const auto& object_made = std::get<NewObject>(argument);
            made = object_made.id ? *object_made.id : next_id();
            append(out_, made);
            objects_.push_back({made, object_made.interface, object_made.version});
        }
    }
    const auto size = static_cast<std::uint32_t>(out_.size() - start);
    const std::uint32_t head = size << 16 | opcode;
    std::memcpy(out_.data() + start + sizeof object, &head, sizeof head);
    return made;
}

void Client::write_bytes(std::span<const std::uint8_t> bytes) {
    out_.insert(out_.end(), bytes.begin(), bytes.end());
}

std::uint32_t Client::bind(const wl_interface& interface, unsigned version) {
    for (const auto& [name, global] : globals_) {
        if (global.interface != interface.name)
            continue;
        version = std::min({version, global.version, static_cast<unsigned>(interface.version)});
        return write(
            Registry, WL_REGISTRY_BIND,
            {name, std::string_view{interface.name}, version, NewObject{&interface, version}});
    }
    return 0;
}

void Client::forget(std::uint32_t id) {
    std::erase_if(objects_, [id](const Object& object) { return object.id == id; });
}

void Client::flush(std::size_t but) {
    if (!connection_.socket || out_.size() <= but)
        return;
    iovec data{out_.data(), out_.size() - but};
    alignas(cmsghdr) char control[CMSG_SPACE(MaxFds * sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    if (!fds_.empty()) {
        const std::size_t size = fds_.size() * sizeof(int);
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(size);
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(size);
        std::memcpy(CMSG_DATA(header), fds_.data(), size);
    }
    if (sendmsg(connection_.socket.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT) !=
        static_cast<ssize_t>(data.iov_len))
        close();
    out_.clear();
    fds_.clear();
}

void Client::receive() {
    News& news = *connection_.news;
    if (!news.is_told && !news.is_ended)
        return;
    while (connection_.socket) {
        std::uint8_t bytes[4096];
        alignas(cmsghdr) char control[CMSG_SPACE(MaxFds * sizeof(int))];
        iovec data{bytes, sizeof bytes};
        msghdr message{};
        message.msg_iov = &data;
        message.msg_iovlen = 1;
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        const ssize_t size =
            recvmsg(connection_.socket.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (size < 0 && errno == EAGAIN)
            break;
        for (cmsghdr* header = size < 0 ? nullptr : CMSG_FIRSTHDR(&message); header;
             header = CMSG_NXTHDR(&message, header)) {
            for (std::size_t at = 0; at + CMSG_LEN(sizeof(int)) <= header->cmsg_len;
                 at += sizeof(int)) {
                int fd;
                std::memcpy(&fd, CMSG_DATA(header) + at, sizeof fd);
                ::close(fd);
            }
        }
        if (size <= 0)
            return close();
        in_.insert(in_.end(), bytes, bytes + size);
        // Otherwise there may be more: the kernel stops behind descriptors, and before the end.
        if (size < static_cast<ssize_t>(sizeof bytes) && message.msg_controllen == 0 &&
            !news.is_ended) {
            news.is_told = false;
            break;
        }
    }
    std::size_t at = 0;
    while (in_.size() - at >= 8) {
        const std::uint32_t id = word_at(in_, at), head = word_at(in_, at + 4);
        const std::size_t size = head >> 16;
        if (size < 8 || in_.size() - at < size)
            break;
        const auto found = std::ranges::find(objects_, id, &Object::id);
        if (found != objects_.end())
            hear(Object{*found}, head & 0xffff, std::span{in_}.subspan(at + 8, size - 8));
        at += size;
    }
    in_.erase(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(at));
}

void Client::hear(const Object& object, unsigned opcode, std::span<const std::uint8_t> body) {
    const std::uint32_t first = word_at(body, 0);
    if (object.interface == &wl_display_interface && opcode == 1) { // delete_id
        forget(first);
        if (first < FirstIdOfServer)
            free_ids_.push_back(first);
    } else if (object.interface == &wl_registry_interface && opcode == 0) { // global
        const std::size_t length = word_at(body, 4);
        if (8 + length + 4 > body.size() || length == 0)
            return;
        std::string interface{reinterpret_cast<const char*>(body.data()) + 8, length - 1};
        globals_[first] = {std::move(interface), word_at(body, body.size() - 4)};
    } else if (object.interface == &wl_registry_interface) { // global_remove
        globals_.erase(first);
    } else if (object.interface == &zwp_linux_buffer_params_v1_interface) {
        if (opcode == 0) { // created
            ++n_created_;
            objects_.push_back({first, &wl_buffer_interface, 1});
        } else {
            ++n_failed_;
        }
    } else if (object.interface == &wl_buffer_interface) { // release
        released_.push_back(object.id);
    } else if (object.interface == &xdg_surface_interface) { // configure
        serial_ = first;
    }
}

} // namespace fuzz
