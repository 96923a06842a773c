#pragma once

#include "support/kernel_parameter.hpp"

namespace test {

/// While it lives, the kernel makes no dma-buf of memory (udmabuf) that is larger than that.
class UdmabufLimit {
public:
    explicit UdmabufLimit(int megabytes)
        : limit_{"/sys/module/udmabuf/parameters/size_limit_mb", megabytes} {}

private:
    KernelParameter limit_;
};

} // namespace test
