#pragma once

#include <fstream>
#include <string>
#include <sys/types.h>

#include "dmabuf/formatted.hpp"

namespace tarmac {

/// What the kernel calls the process: the first 15 bytes of the name that it was started by, unless
/// it chose another. Empty if it is gone.
inline std::string process_name(pid_t pid) {
    std::string name;
    std::getline(std::ifstream{formatted("/proc/{}/comm", pid)}, name, '\0');
    if (name.ends_with('\n'))
        name.pop_back();
    return name;
}

} // namespace tarmac
