#include "support/virtual_card.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "dmabuf/formatted.hpp"

namespace fs = std::filesystem;

namespace test {

namespace {

constexpr const char* Config = "/sys/kernel/config/vkms";
constexpr const char* Connected = "1";
constexpr const char* Disconnected = "2";
constexpr const char* PrimaryPlane = "1";

void write(const fs::path& file, const std::string& text) {
    std::ofstream out{file};
    out << text << std::flush;
    INFO(file);
    REQUIRE(out);
}

std::string part(const char* name, unsigned number) {
    return tarmac::formatted("{}{}", name, number);
}

/// Waits until all programs have been told of devices that came and went: a compositor that heard
/// of the former card's end late would take it for that of the next one, whose number is the same.
void settle_devices() {
    CHECK(std::system("udevadm settle --timeout=20") == 0);
}

/// The node that the kernel made for the device `name`.
std::string find_node(const std::string& name) {
    for (const auto& entry : fs::directory_iterator{"/sys/devices/faux/" + name + "/drm"}) {
        if (entry.path().filename().string().starts_with("card"))
            return "/dev/dri/" + entry.path().filename().string();
    }
    return "";
}

} // namespace

VirtualCard::VirtualCard(unsigned n_screens) {
    if (!fs::exists(Config))
        SKIP(Config << " is missing: the kernel has no vkms, or no configfs is mounted");
    static int count = 0;
    name_ = tarmac::formatted("tarmac-{}-{}", getpid(), ++count);
    directory_ = fs::path{Config} / name_;
    fs::create_directory(directory_);
    for (unsigned i = 0; i < n_screens; ++i) {
        const fs::path plane = directory_ / "planes" / part("plane", i),
                       crtc = directory_ / "crtcs" / part("crtc", i),
                       encoder = directory_ / "encoders" / part("encoder", i),
                       connector = directory_ / "connectors" / part("connector", i);
        for (const fs::path& directory : {plane, crtc, encoder, connector})
            fs::create_directory(directory);
        write(plane / "type", PrimaryPlane);
        write(connector / "status", Connected);
        fs::create_symlink(crtc, plane / "possible_crtcs" / "crtc");
        fs::create_symlink(crtc, encoder / "possible_crtcs" / "crtc");
        fs::create_symlink(encoder, connector / "possible_encoders" / "encoder");
    }
    write(directory_ / "enabled", "1");
    settle_devices();
    path_ = find_node(name_);
    struct stat status;
    REQUIRE(stat(path_.c_str(), &status) == 0);
    device_ = status.st_rdev;
}

VirtualCard::~VirtualCard() {
    std::error_code ignored;
    std::ofstream{directory_ / "enabled"} << "0" << std::flush;
    // Links first: what they point to can't go before them. Files go with their directory.
    for (const char* kind : {"planes", "encoders", "connectors", "crtcs"}) {
        for (const auto& object : fs::directory_iterator{directory_ / kind, ignored}) {
            for (const char* links : {"possible_crtcs", "possible_encoders"}) {
                for (const auto& link : fs::directory_iterator{object.path() / links, ignored})
                    fs::remove(link.path(), ignored);
            }
            rmdir(object.path().c_str());
        }
    }
    rmdir(directory_.c_str());
    settle_devices();
}

std::string VirtualCard::connector() const {
    const std::string prefix = fs::path{path_}.filename().string() + "-";
    for (const auto& entry : fs::directory_iterator{"/sys/class/drm"}) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with(prefix) && !name.starts_with(prefix + "Writeback"))
            return name.substr(prefix.size());
    }
    return "";
}

void VirtualCard::plug(unsigned screen, bool is_in) {
    write(directory_ / "connectors" / part("connector", screen) / "status",
          is_in ? Connected : Disconnected);
}

std::string VirtualCard::shown_format(unsigned screen) const {
    std::ifstream state{"/sys/kernel/debug/dri/" + name_ + "/state"};
    REQUIRE(state);
    std::string line, format;
    int plane = -1;
    while (std::getline(state, line)) {
        if (line.starts_with("plane["))
            ++plane;
        else if (line.starts_with("crtc["))
            break;
        const auto start = line.find("format=");
        if (plane == static_cast<int>(screen) && start != std::string::npos && format.empty())
            format = line.substr(start + 7, 4);
    }
    return format;
}

} // namespace test
