#pragma once

#include <string>

namespace tarmac {

/// Who made a dma-buf: "exp_name:" of /proc/self/fdinfo (dma_buf_show_fdinfo() of the kernel's
/// drivers/dma-buf/dma-buf.c). Empty if it can't be read.
std::string exporter_of(int dmabuf);

} // namespace tarmac
