#pragma once

#include <filesystem>
#include <sched.h>
#include <string>

namespace test {

/// Has all threads of this process run on one CPU while it lives. On User-Mode Linux no two of them
/// ever run at once, and the one that waits for another counts that as time of its own.
class OneCpu {
public:
    OneCpu() {
        sched_getaffinity(0, sizeof before_, &before_);
        cpu_set_t first;
        CPU_ZERO(&first);
        for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
            if (!CPU_ISSET(cpu, &before_))
                continue;
            CPU_SET(cpu, &first);
            break;
        }
        set_all(first);
    }
    ~OneCpu() { set_all(before_); }
    OneCpu(const OneCpu&) = delete;
    OneCpu& operator=(const OneCpu&) = delete;

private:
    static void set_all(const cpu_set_t& cpus) {
        for (const auto& thread : std::filesystem::directory_iterator{"/proc/self/task"})
            sched_setaffinity(std::stoi(thread.path().filename()), sizeof cpus, &cpus);
    }

    cpu_set_t before_;
};

} // namespace test
