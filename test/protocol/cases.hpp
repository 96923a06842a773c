#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "support/raw_client.hpp"

namespace test {

/// The files that a case adds as planes, made once and shared by all cases.
class PlaneFiles {
public:
    enum Kind {
        Dmabuf,   ///< room for a Width x Height image of four bytes a pixel, and not a page more
        DevNull,
        Memfd,
        Pipe,
        Socket,
        Directory,
        DeletedFile,
        PathOnly, ///< the dma-buf, opened with O_PATH
        Eventfd,
        KindCount
    };

    /// `dmabuf` is borrowed and must outlive this.
    explicit PlaneFiles(const tarmac::Fd& dmabuf);
    int get(Kind kind) const;

private:
    int dmabuf_;
    tarmac::Fd files_[KindCount];
};

inline constexpr std::int32_t CardWidth = 64, CardHeight = 64;
inline constexpr std::uint32_t CardStride = CardWidth * 4;
inline constexpr std::size_t CardSize = std::size_t{CardStride} * CardHeight;

/// A plane as a case adds it. The defaults make a good one.
struct PlaneRequest {
    std::uint32_t index = 0;
    std::uint32_t offset = 0, stride = CardStride;
    std::uint64_t modifier = 0; ///< DRM_FORMAT_MOD_LINEAR
    PlaneFiles::Kind file = PlaneFiles::Dmabuf;
};

/// What a client sends for one buffer, and what it may hear.
struct Case {
    std::string name;
    std::vector<PlaneRequest> planes = {{}};
    std::int32_t width = CardWidth, height = CardHeight;
    std::uint32_t fourcc = 0x34325258; ///< XR24
    std::uint32_t flags = 0;
    std::optional<unsigned> version = {}; ///< of the client; empty means the highest there is
    std::string sampling_device = {}; ///< bytes to send; empty sends none
    /// What the spec allows, best first. Where it says that an error *may* be fatal, `failed` is
    /// right too.
    std::vector<Answer> allowed;
    /// Pairs that the compositor must have advertised for the case to mean something.
    std::vector<tarmac::FormatModifier> needs = {};
};

/// Every case, each with a name of its own.
std::span<const Case> all_cases();

/// The two ways of asking for a buffer.
enum class Request { Create, CreateImmed };
inline constexpr Request AllRequests[] = {Request::Create, Request::CreateImmed};
std::string name_of(Request request);

/// The version that a client must bind to run `c`, at most.
unsigned version_for(const Case& c);

/// Whether `client` can run `c` with `request`: its version has the request, and what the case needs
/// was advertised. If not, says what is missing.
std::string missing_for(const Case& c, Request request, RawClient& client);

/// Whether the spec allows `answer`. Where `failed` is allowed, so is invalid_wl_buffer for
/// create_immed: it is the compositor's choice between the two.
bool is_allowed(const Case& c, Request request, const Answer& answer);

/// Sends what `c` says and returns what came of it.
Answer run(const Case& c, Request request, RawClient& client, const PlaneFiles& files);

} // namespace test
