#pragma once

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <optional>

#include "support/client_surface.hpp"
#include "support/fake_writer.hpp"
#include "support/surface_role.hpp"

namespace test {

/// A window that shows red, drawn by pixman and by GLES2 in turn, and what else it may show.
struct RedWindow {
    LocalShell shell{GENERATE(Drawing::Pixman, Drawing::Gles2)};
    RawClient& client = shell.connect();
    ClientSurface window{shell, client};
    Toplevel toplevel{window};
    ColorBuffer red{client, Red}, green{client, Green}, blue{client, Blue};
    std::optional<FakeWriter> writer; ///< of a picture that isn't ready

    RedWindow() {
        window.commit(red.get());
        REQUIRE(window.awaits("64x48 red"));
    }
};

} // namespace test
