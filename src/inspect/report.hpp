#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tarmac/format_set.hpp>
#include <tarmac/geometry.hpp>
#include <utility>
#include <vector>

namespace tarmac::inspect {

/// A file below /dev.
struct Node {
    std::string path;
    std::string problem; ///< why it couldn't be opened, and what to do about it; empty: it could
};

/// What a device scans out on its primary planes, by DRM's account.
struct Scanout {
    FormatSet formats;
    std::string problem; ///< why that isn't known; empty: it is
};

/// A DRM device.
struct Device {
    std::string driver; ///< "i915"
    std::string version;
    std::string bus; ///< "pci 0000:00:02.0 8086:9a49"
    std::vector<Node> nodes;
    std::optional<Scanout> scanout; ///< of those with a primary node
};

/// What makes dma-bufs.
struct Maker {
    enum class Kind : std::uint8_t {
        Udmabuf,
        Heap,
        Dumb, ///< a card that can't draw
        Gbm,  ///< a GPU, as its driver allocates for clients
    };

    Kind kind;
    std::string name; ///< "udmabuf", "system heap", "vkms"
    Node node;
    std::optional<std::size_t> device{}; ///< whose buffers they are, of Report::devices
};

/// What becomes of pictures of a format and modifier with a renderer.
struct Outcome {
    FormatModifier format;
    std::string way;    ///< "imported", "read", "copied", "converted" or "refused"
    std::string reason; ///< why it is refused
    /// The largest of each channel in 255, from a reference computed in double precision.
    std::optional<std::array<int, 3>> difference;
    /// 10^6 bytes of pictures a second, from the dma-buf to where they are drawn.
    std::optional<double> mb_per_second;
    std::string unmeasured; ///< why the two aren't known, if they should be
};

/// A renderer with a device, or on the CPU, and pictures in memory of somebody.
struct Renderer {
    std::string name;                  ///< "gles2", "vulkan" or "pixman"
    std::optional<std::size_t> device; ///< of Report::devices; nothing: on the CPU
    bool has_own_memory = false;       ///< whether pictures are the device's; else they are others'
    std::string problem;               ///< why it doesn't draw, or not to the end; empty: it does
    std::string driver;                ///< and its version, as it calls itself
    bool draws_on_cpu = false;
    bool imports_udmabufs = false;
    Extent max_size{};  ///< of textures, in pixels
    std::string memory; ///< whose pictures they are: a Maker's name; empty: nobody's
    std::vector<Outcome> outcomes;
};

struct Report {
    std::vector<std::pair<std::string, std::string>> versions; ///< of "kernel", …
    std::vector<Device> devices;
    std::string no_devices; ///< why there are none
    std::vector<Maker> makers;
    std::vector<Renderer> renderers;
    double seconds = 0; ///< that it took
};

/// "gles2 on vgem", "pixman".
std::string title_of(const Report& report, const Renderer& renderer);
/// The same, with "(own memory)" behind it where that is so.
std::string title_with_memory(const Report& report, const Renderer& renderer);
/// "vgem"; with the card's number where several have that driver.
std::string title_of(const Report& report, std::size_t device);

} // namespace tarmac::inspect
