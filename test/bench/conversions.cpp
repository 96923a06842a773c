// How fast one thread converts pictures, or each CPU's at once, beside memcpy() of as many bytes as
// come out: what a copy of the same picture in XRGB8888 would take. The ratio says more than the
// speed, which is the machine's.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <drm_fourcc.h>
#include <iostream>
#include <memory>
#include <random>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "convert/conversion.hpp"
#include "convert/vector_code.hpp"
#include "dmabuf/formatted.hpp"

using namespace tarmac;

namespace {

constexpr std::uint32_t Formats[] = {
    DRM_FORMAT_XRGB8888, DRM_FORMAT_NV12,         DRM_FORMAT_YUV420,        DRM_FORMAT_P010,
    DRM_FORMAT_P012,     DRM_FORMAT_P016,         DRM_FORMAT_S010,          DRM_FORMAT_P210,
    DRM_FORMAT_Y210,     DRM_FORMAT_YUYV,         DRM_FORMAT_AYUV,          DRM_FORMAT_XRGB2101010,
    DRM_FORMAT_RGB565,   DRM_FORMAT_ABGR16161616, DRM_FORMAT_ABGR16161616F,
};

struct Effort {
    unsigned pairs;  ///< of a conversion and a copy, in turn: a busy machine slows both
    unsigned pixels; ///< at least so many in one measurement
    unsigned threads = 1;
};
constexpr Effort Thorough{11, 16'000'000}, Quick{1, 1};

/// Random memory as a picture.
struct Source {
    Source(const PixelFormat& format, Extent extent)
        : picture{format, extent, {}, ColorState::of(format.model), true} {
        std::mt19937_64 random{format.fourcc};
        for (unsigned i = 0; i < format.n_planes; ++i) {
            const std::uint64_t stride = format.min_stride(i, extent.width);
            planes[i].resize(stride * format.rows(i, extent.height) / sizeof(std::uint64_t) + 1);
            std::ranges::generate(planes[i], random);
            picture.planes[i] = {reinterpret_cast<const std::uint8_t*>(planes[i].data()),
                                 static_cast<int>(stride)};
        }
    }

    std::array<std::vector<std::uint64_t>, MaxPlanes> planes;
    Picture picture;
};

/// As many as a client draws in turn: what comes is not in the cache from the last time.
template <typename Value>
class Ring {
public:
    template <typename... Arguments>
    explicit Ring(const Arguments&... arguments) {
        for (unsigned i = 0; i < 4; ++i)
            values_.push_back(std::make_unique<Value>(arguments...));
    }
    Value& next() { return *values_[++at_ % values_.size()]; }

private:
    std::vector<std::unique_ptr<Value>> values_;
    std::size_t at_ = 0;
};
using Bytes = std::vector<std::uint8_t>;

/// A thread's pictures.
struct Pictures {
    Pictures(const PixelFormat& format, Extent extent)
        : extent{extent}, sources{format, extent}, copied{size(), std::uint8_t{1}}, outs{size()} {}

    std::size_t size() const { return std::size_t{extent.width} * extent.height * 4; }
    void convert() {
        const Rect all{0, 0, static_cast<int>(extent.width), static_cast<int>(extent.height)};
        convert_to_argb(sources.next().picture, all, outs.next().data(),
                        static_cast<int>(extent.width) * 4);
    }
    void copy() { std::memcpy(outs.next().data(), copied.next().data(), size()); }

    Extent extent;
    Ring<Source> sources;
    Ring<Bytes> copied, outs;
};
using Threads = std::vector<std::unique_ptr<Pictures>>;

double seconds(Threads& threads, unsigned rounds, void (Pictures::*work)()) {
    const auto start = std::chrono::steady_clock::now();
    {
        std::vector<std::jthread> running;
        for (const auto& pictures : threads)
            running.emplace_back([&, work] {
                for (unsigned i = 0; i < rounds; ++i)
                    ((*pictures).*work)();
            });
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

void measure(const PixelFormat& format, Extent extent, Effort effort) {
    Threads threads;
    for (unsigned i = 0; i < effort.threads; ++i)
        threads.push_back(std::make_unique<Pictures>(format, extent));
    seconds(threads, 1, &Pictures::convert);
    const unsigned rounds = effort.pixels / (extent.width * extent.height) + 1;
    std::vector<double> speeds, ratios;
    for (unsigned i = 0; i < effort.pairs; ++i) {
        const double converting = seconds(threads, rounds, &Pictures::convert),
                     copying = seconds(threads, rounds, &Pictures::copy);
        speeds.push_back(static_cast<double>(threads.front()->size()) * rounds * effort.threads /
                         converting / 1e9);
        ratios.push_back(copying / converting);
    }
    std::cout << formatted("{:<24} {:>4}x{:<4} {:6.2f} {:6.2f}\n", fourcc_name(format.fourcc),
                           extent.width, extent.height, median(speeds), median(ratios))
              << std::flush;
}

} // namespace

int main(int argc, char** argv) {
    bool is_quick = false;
    unsigned threads = 1;
    for (const std::string_view argument :
         std::span{argv, static_cast<std::size_t>(argc)}.subspan(1)) {
        if (argument == "--quick") {
            is_quick = true;
        } else if (argument == "--all") {
            threads = std::max(1u, std::thread::hardware_concurrency());
        } else if (argument == "--avx2") {
            widest_vectors = Vectors::Avx2;
        } else if (argument == "--every-cpu") {
            widest_vectors = Vectors::OfEveryCpu;
        } else {
            std::cerr << "usage: bench-conversions [--quick] [--all] [--avx2 | --every-cpu]\n"
                         "With --all, a thread for each CPU converts at once. The last two use no "
                         "wider vectors than those of AVX2, or of every CPU.\n";
            return 2;
        }
    }
    std::cout << "format                   size        GB/s  of memcpy\n";
    for (const Extent extent : {Extent{1920, 1080}, Extent{3840, 2160}}) {
        for (const std::uint32_t fourcc : Formats) {
            Effort effort = is_quick ? Quick : Thorough;
            effort.threads = threads;
            measure(*find_pixel_format(fourcc), is_quick ? Extent{640, 360} : extent, effort);
        }
        if (is_quick)
            break;
    }
}
