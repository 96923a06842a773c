#pragma once

#include <catch2/catch_test_macros.hpp>
#include <fstream>

namespace test {

/// While it lives, the kernel makes no dma-buf of memory (udmabuf) that is larger than that.
class UdmabufLimit {
public:
    explicit UdmabufLimit(int megabytes) {
        std::ifstream{Parameter} >> before_;
        if (!(std::ofstream{Parameter} << megabytes << std::flush))
            SKIP(Parameter << " can't be written");
    }
    ~UdmabufLimit() { std::ofstream{Parameter} << before_; }
    UdmabufLimit(const UdmabufLimit&) = delete;
    UdmabufLimit& operator=(const UdmabufLimit&) = delete;

private:
    static constexpr const char* Parameter = "/sys/module/udmabuf/parameters/size_limit_mb";
    int before_ = 0;
};

} // namespace test
