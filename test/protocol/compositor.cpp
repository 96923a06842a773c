// The whole table of cases against the real compositor and real dma-bufs, whatever draws, by the
// strictest reading.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>

#include "protocol/cases.hpp"
#include "protocol/checks.hpp"
#include "support/compositor_process.hpp"
#include "support/dmabuf_source.hpp"
#include "support/stages.hpp"

using namespace test;

TEST_CASE("every buffer that a client asks for gets the best answer of the spec") {
    const Exporter exporter = GENERATE(from_range(AllExporters));
    if (const std::string reason = missing(exporter); !reason.empty())
        SKIP(reason);
    // What is answered depends on the exporter where the renderer imports, and hardly elsewhere.
    const std::string renderer = exporter == Exporter::Udmabuf
                                     ? GENERATE("gles2", "vulkan", "pixman")
                                     : std::string{"gles2"};
    CompositorProcess compositor{{}, stage_of(renderer)};
    const std::size_t fds = compositor.count_settled_fds();
    const tarmac::Fd dmabuf = allocate_dmabuf(exporter, CardSize);
    const PlaneFiles files{dmabuf};
    unsigned answered = 0;
    for (const Case& c : all_cases()) {
        for (const Request request : AllRequests) {
            INFO(c.name << ", " << name_of(exporter) << ", " << name_of(request) << ", "
                        << renderer);
            RawClient client = compositor.connect(version_for(c));
            if (!missing_for(c, request, client).empty())
                continue;
            CHECK(run(c, request, client, files) == c.allowed.front());
            ++answered;
        }
    }
    CHECK(answered >= 120);
    CHECK(compositor.settles_at_most(fds));
}

TEST_CASE("every rule that isn't about one buffer is kept") {
    const std::string renderer = GENERATE("gles2", "vulkan", "pixman");
    CompositorProcess compositor{{}, stage_of(renderer)};
    const tarmac::Fd dmabuf = allocate_dmabuf(Exporter::Udmabuf, CardSize);
    for (const Check& check : all_checks()) {
        INFO(check.name << ", " << renderer);
        RawClient client = compositor.connect(check.version);
        CHECK(check.run(client, dmabuf.get()) == "");
    }
}
