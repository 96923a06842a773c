#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "fuzz/connection.hpp"

struct wl_interface;

namespace fuzz {

/// An object that a client has, as far as the client knows.
struct Object {
    std::uint32_t id;
    const wl_interface* interface;
    unsigned version;
};

/// The argument of a request that makes an object; its id is the next one, unless another is named.
struct NewObject {
    const wl_interface* interface;
    unsigned version;
    std::optional<std::uint32_t> id{};
};
/// The argument of a request that passes a descriptor.
struct PassedFd {
    int fd; ///< borrowed
};
using Argument = std::variant<std::uint32_t, std::string_view, std::span<const std::uint8_t>,
                              NewObject, PassedFd>;

/// A client that writes requests as bytes, so that it can be wrong in every way, and can end in the
/// midst of one. It reads of events what its ids and serials hang on, and drops the rest.
class Client {
public:
    static constexpr std::uint32_t Display = 1, Registry = 2;

    /// Asks for the globals.
    explicit Client(Connection connection);

    /// Whether neither side has ended the connection.
    bool is_connected() const { return static_cast<bool>(connection_.socket); }
    /// As the compositor knows it, while it does.
    wl_client* server_side() const { return connection_.client; }
    const std::vector<Object>& objects() const { return objects_; }
    /// The object of `interface` that `choice` is about; 0 if there is none.
    std::uint32_t find(const wl_interface& interface, unsigned choice = 0) const;
    /// Its last one; 0 if there is none.
    std::uint32_t last(const wl_interface& interface) const;
    unsigned version_of(std::uint32_t id) const;
    struct Global {
        std::string interface;
        std::uint32_t version;
    };
    const std::map<std::uint32_t, Global>& globals() const { return globals_; }
    /// Of the last xdg_surface.configure.
    std::uint32_t serial() const { return serial_; }
    /// How often params were told `created` and `failed`.
    unsigned n_created() const { return n_created_; }
    unsigned n_failed() const { return n_failed_; }
    /// The buffers that were released since the last call.
    std::vector<std::uint32_t> take_released() { return std::exchange(released_, {}); }

    /// Writes a request, which isn't sent yet. The id of the object that it makes, if it does.
    std::uint32_t write(std::uint32_t object, unsigned opcode, std::span<const Argument> arguments);
    std::uint32_t write(std::uint32_t object, unsigned opcode,
                        std::initializer_list<Argument> arguments) {
        return write(object, opcode, std::span{arguments.begin(), arguments.size()});
    }
    void write_bytes(std::span<const std::uint8_t> bytes);
    /// Binds the global of that interface, if it was told; at `version` or what is offered.
    std::uint32_t bind(const wl_interface& interface, unsigned version);
    /// The client takes it for gone.
    void forget(std::uint32_t id);

    /// Sends what was written, all but the last bytes.
    void flush(std::size_t but = 0);
    void close() { connection_.socket = {}; }
    /// Reads what has come.
    void receive();

private:
    std::uint32_t next_id();
    void hear(const Object& object, unsigned opcode, std::span<const std::uint8_t> body);

    Connection connection_;
    std::vector<Object> objects_;
    std::uint32_t next_id_ = Registry;
    std::vector<std::uint32_t> free_ids_;
    std::map<std::uint32_t, Global> globals_; ///< by name
    std::uint32_t serial_ = 0;
    unsigned n_created_ = 0, n_failed_ = 0;
    std::vector<std::uint32_t> released_;
    std::vector<std::uint8_t> out_, in_;
    std::vector<int> fds_; ///< borrowed
};

} // namespace fuzz
