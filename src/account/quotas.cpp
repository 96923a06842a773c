#include <fstream>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <tarmac/quotas.hpp>

namespace tarmac {

std::uint64_t default_descriptors() noexcept {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur / 8 * 3;
}

std::uint64_t default_mappings() noexcept {
    // What the kernel has unless it is told otherwise.
    std::uint64_t limit = 65530;
    if (std::uint64_t read = 0; std::ifstream{"/proc/sys/vm/max_map_count"} >> read)
        limit = read;
    return limit / 2;
}

std::uint64_t machine_memory() noexcept {
    struct sysinfo info{};
    sysinfo(&info);
    return std::uint64_t{info.totalram} * info.mem_unit;
}

} // namespace tarmac
