#include "dmabuf/linear_memory.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

using tarmac::LinearMemory;

TEST_CASE("linear memory is zeroed, of the size asked for, and there with or without a dma-buf") {
    for (const bool as_dmabuf : {false, true}) {
        const auto memory = LinearMemory::create(5001, as_dmabuf);
        REQUIRE(memory);
        CHECK(memory->size() == 5001);
        CHECK(std::all_of(memory->data(), memory->data() + 5001,
                          [](std::uint8_t byte) { return byte == 0; }));
        memory->data()[5000] = 1;
        if (!as_dmabuf)
            CHECK(memory->dmabuf_fd() == -1);
    }
}

TEST_CASE("more memory than there can be is an error") {
    const auto memory = LinearMemory::create(std::size_t{1} << 62, true);
    REQUIRE_FALSE(memory);
    CHECK(memory.error().fault == tarmac::Fault::OutOfResources);
}
