#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>

namespace test {

/// A graphics card that the kernel makes up (vkms, through configfs), with screens to plug in and
/// out. Skips the test where that can't be done.
class VirtualCard {
public:
    /// All screens are there at first.
    explicit VirtualCard(unsigned n_screens);
    ~VirtualCard();
    VirtualCard(const VirtualCard&) = delete;
    VirtualCard& operator=(const VirtualCard&) = delete;

    /// The primary node, /dev/dri/card….
    const std::string& path() const { return path_; }
    dev_t device() const { return device_; }

    /// The connector of a screen, as DRM and wlroots name it, for a card with just one.
    std::string connector() const;
    void plug(unsigned screen, bool is_in);

    /// What a screen shows by the kernel's account: the fourcc of the framebuffer on its primary
    /// plane, or nothing when that is off.
    std::string shown_format(unsigned screen) const;

private:
    std::string name_, path_;
    std::filesystem::path directory_; ///< of its configuration
    dev_t device_ = 0;
};

} // namespace test
