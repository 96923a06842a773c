#include "support/qmp.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <unistd.h>

#include "dmabuf/formatted.hpp"

namespace test {

namespace {

constexpr const char* Port = "/dev/virtio-ports/qmp";

/// A binary PPM.
Picture read_ppm(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::string magic;
    Picture picture{};
    int most = 0;
    file >> magic >> picture.width >> picture.height >> most;
    file.get();
    REQUIRE((file && magic == "P6" && most == 255));
    picture.pixels.resize(static_cast<std::size_t>(picture.width * picture.height));
    for (Pixel& pixel : picture.pixels) {
        char bytes[3];
        file.read(bytes, sizeof bytes);
        pixel = {static_cast<std::uint8_t>(bytes[0]), static_cast<std::uint8_t>(bytes[1]),
                 static_cast<std::uint8_t>(bytes[2])};
    }
    REQUIRE(file);
    return picture;
}

} // namespace

Qmp::Qmp() : port_{open(Port, O_RDWR | O_CLOEXEC)} {
    if (!port_)
        SKIP(Port << " is missing: this machine isn't ./run machine --gpu");
    // Refused, which is as good, if somebody on this machine did it before.
    execute("qmp_capabilities");
}

std::string Qmp::read_line() {
    for (;;) {
        if (const auto end = received_.find('\n'); end != received_.npos) {
            std::string line = received_.substr(0, end);
            received_.erase(0, end + 1);
            return line;
        }
        pollfd readable{port_.get(), POLLIN, 0};
        REQUIRE(poll(&readable, 1, 30000) == 1);
        char bytes[4096];
        const ssize_t n = read(port_.get(), bytes, sizeof bytes);
        REQUIRE(n > 0);
        received_.append(bytes, static_cast<std::size_t>(n));
    }
}

std::string Qmp::execute(const std::string& command, const std::string& arguments) {
    const std::string id = tarmac::formatted("\"id\": \"{}-{}\"", getpid(), ++last_id_);
    const std::string request = tarmac::formatted(R"({{"execute": "{}", "arguments": {}, {}}})"
                                                  "\n",
                                                  command, arguments, id);
    REQUIRE(write(port_.get(), request.data(), request.size()) ==
            static_cast<ssize_t>(request.size()));
    // Between them come events, and QEMU's greeting.
    std::string line;
    while (!(line = read_line()).contains(id))
        continue;
    return line;
}

Picture Qmp::screendump(const std::string& id) {
    const std::string file = tarmac::formatted("/run/tarmac/screen-{}-{}.ppm", getpid(), last_id_);
    const std::string answer = execute(
        "screendump", tarmac::formatted(R"({{"filename": "{}", "device": "{}"}})", file, id));
    INFO(answer);
    REQUIRE(answer.contains("\"return\""));
    Picture picture = read_ppm(file);
    std::remove(file.c_str());
    return picture;
}

} // namespace test
