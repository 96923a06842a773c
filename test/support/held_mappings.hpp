#pragma once

namespace test {

/// While one lives, other threads wait in mmap() until it goes: what they map isn't mapped before.
/// For programs that are linked with --wrap=mmap64.
class HeldMappings {
public:
    HeldMappings();
    ~HeldMappings();
    HeldMappings(const HeldMappings&) = delete;
    HeldMappings& operator=(const HeldMappings&) = delete;
};

} // namespace test
