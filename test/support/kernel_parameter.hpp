#pragma once

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <string>
#include <utility>

namespace test {

/// While it lives, the kernel has another number in the file `path` of /proc/sys or /sys.
class KernelParameter {
public:
    KernelParameter(std::string path, int number) : path_{std::move(path)} {
        std::ifstream{path_} >> before_;
        if (!(std::ofstream{path_} << number << std::flush))
            SKIP(path_ << " can't be written");
    }
    ~KernelParameter() { std::ofstream{path_} << before_; }
    KernelParameter(const KernelParameter&) = delete;
    KernelParameter& operator=(const KernelParameter&) = delete;

private:
    std::string path_;
    int before_ = 0;
};

} // namespace test
