#pragma once

#include <cstdint>
#include <sys/types.h>
#include <tarmac/fd.hpp>

namespace test {

/// What a descriptor that nobody opened is to the kernel's calls.
struct FakeFile {
    ino_t inode = 0;
    std::uint64_t size = 0; ///< up to what an off_t holds
    bool is_dmabuf = true;
    bool tells_size = true;
    bool is_writable = true;
};

/// A descriptor of `file`, beyond the numbers that the kernel gives. The program has to be linked
/// with FakeFileWraps of meson.build. Valid until forget_fake_files().
tarmac::Fd open_fake_file(const FakeFile& file);
/// Those that were opened and aren't closed. Closing one that isn't open ends the process.
unsigned count_open_fake_files();
void forget_fake_files();

} // namespace test
