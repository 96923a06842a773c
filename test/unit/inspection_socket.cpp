// The socket that only the user may open.

#include "protocol/inspection_socket.hpp"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include "dmabuf/formatted.hpp"

using namespace tarmac;

namespace {

namespace fs = std::filesystem;

fs::path place() {
    return fs::temp_directory_path() / formatted("tarmac-inspection-{}", getpid());
}

} // namespace

TEST_CASE("the socket for inspection is the user's alone, and goes with what made it") {
    const fs::path path = place();
    {
        const auto socket = InspectionSocket::create(path);
        REQUIRE(socket);
        struct stat status{};
        REQUIRE(stat(path.c_str(), &status) == 0);
        CHECK(S_ISSOCK(status.st_mode));
        CHECK((status.st_mode & 07777) == 0600);
    }
    CHECK(!fs::exists(path));
}

TEST_CASE("a socket for inspection takes the place of one that nobody listens on, and no other's") {
    const fs::path path = place(), kept = path.string() + "-kept";
    {
        auto old = InspectionSocket::create(path);
        REQUIRE(old);
        CHECK(!InspectionSocket::create(path));
        // As a process leaves it that is killed
        fs::create_hard_link(path, kept);
    }
    fs::rename(kept, path);
    CHECK(InspectionSocket::create(path));
    CHECK(!fs::exists(path));

    std::ofstream{path} << "a file";
    const auto refused = InspectionSocket::create(path);
    REQUIRE(!refused);
    CHECK(refused.error().message.contains("can't be made: Address already in use"));
    CHECK(fs::exists(path));
    fs::remove(path);
}

TEST_CASE("a path that no socket can have is refused with its length") {
    const auto refused = InspectionSocket::create("/tmp/" + std::string(200, 'x'));
    REQUIRE(!refused);
    CHECK(refused.error().kind() == ErrorKind::NotAvailable);
    CHECK(refused.error().message == "the socket's path has 205 bytes, and may have 1 to 107");
}
