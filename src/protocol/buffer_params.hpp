#pragma once

#include <bitset>
#include <tarmac/texture_builder.hpp>

#include "protocol/client_buffer.hpp"
#include "protocol/requester.hpp"

struct wl_array;

namespace tarmac {

/// A client's zwp_linux_buffer_params_v1, owned by its resource: fills a TextureBuilder and uses it
/// once.
class BufferParams {
public:
    /// Posts no_memory if the client has its share of them.
    static void create(wl_resource* factory, std::uint32_t id,
                       const std::weak_ptr<LinuxDmabuf::State>& state,
                       const std::shared_ptr<ClientAccount>& account);

    BufferParams(wl_resource* resource, const std::weak_ptr<LinuxDmabuf::State>& state,
                 std::shared_ptr<ClientAccount> account, ClientAccount::Charge charge);
    ~BufferParams();

    void add(Fd fd, std::uint32_t plane, std::uint32_t offset, std::uint32_t stride,
             std::uint64_t modifier);
    void set_sampling_device(const wl_array& device);

    struct Image {
        std::int32_t width, height;
        std::uint32_t fourcc, flags;
    };
    void create_buffer(const Image& image);
    void create_immediate_buffer(std::uint32_t id, const Image& image);

private:
    struct Checked {
        std::shared_ptr<LinuxDmabuf::State> state;
        std::unique_ptr<DmabufBuffer, BufferDrop> buffer;
    };
    /// Everything that can be known without importing. Uses the planes up.
    Result<Checked> check(const Image& image);
    void answer();
    bool reject_if_used();
    unsigned version() const;

    wl_resource* resource_;
    Requester requester_;
    std::optional<ClientAccount::Charge> charge_; ///< for being unused
    ClientAccount::Charge plane_charge_;
    /// Why a plane that was added isn't there.
    std::optional<Error> missing_plane_;
    TextureBuilder builder_;
    std::bitset<MaxPlanes> are_set_;
    unsigned n_planes_ = 0; ///< one more than the highest index added
    std::optional<std::uint64_t> modifier_;
    bool modifiers_differ_ = false;
    std::optional<dev_t> sampling_device_;
    bool is_used_ = false;
    std::unique_ptr<DmabufBuffer, BufferDrop> pending_; ///< until it is `created`
};

} // namespace tarmac
