// Pictures of every format, size, place and colours, against the definition. Neither a byte beyond
// what is there is read, nor one beyond what was asked for is written.

#include "convert/conversion.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "dmabuf/formatted.hpp"
#include "fuzz/format_oracle.hpp"
#include "fuzz/guarded_memory.hpp"
#include "fuzz/input.hpp"
#include "fuzz/reference.hpp"

using namespace tarmac;
using test::FuzzInput;
using test::GuardedMemory;

namespace {

constexpr unsigned MaxWidth = 320, MaxHeight = 48, MaxPadding = 80;
constexpr std::uint8_t Untouched = 0xa5;

/// No sample is shared by more pixels than this squared, and a part is widened to whole ones.
constexpr int Grain = 4;

GuardedMemory& plane_memory(unsigned plane) {
    constexpr std::size_t Most = (MaxWidth * 16 + MaxPadding) * MaxHeight;
    static GuardedMemory memory[] = {GuardedMemory{Most}, GuardedMemory{Most}, GuardedMemory{Most},
                                     GuardedMemory{Most}};
    return memory[plane];
}

GuardedMemory& output_memory() {
    static GuardedMemory memory{(MaxWidth * 4 + MaxPadding) * MaxHeight};
    return memory;
}

/// First what the fuzzer has made up, then noise.
void fill(std::span<std::uint8_t> plane, FuzzInput& input) {
    std::uint32_t noise = input.number<std::uint16_t>() * 2654435761u + 1;
    const auto given = input.bytes(input.number<std::uint8_t>());
    for (std::size_t i = 0; i < plane.size(); ++i) {
        noise ^= noise << 13;
        noise ^= noise >> 17;
        noise ^= noise << 5;
        plane[i] = i < given.size() ? given[i] : static_cast<std::uint8_t>(noise >> 8);
    }
}

unsigned pick_size(FuzzInput& input, unsigned most) {
    return 1 + input.below(input.coin() ? 12 : most);
}

Rect pick_part(FuzzInput& input, Extent whole) {
    if (input.coin())
        return {0, 0, static_cast<int>(whole.width), static_cast<int>(whole.height)};
    const unsigned x = input.below(whole.width), y = input.below(whole.height);
    return {static_cast<int>(x), static_cast<int>(y),
            static_cast<int>(1 + input.below(whole.width - x)),
            static_cast<int>(1 + input.below(whole.height - y))};
}

Picture make_picture(FuzzInput& input, const PixelFormat& format) {
    constexpr ColorState::Matrix matrices[] = {ColorState::Matrix::Identity,
                                               ColorState::Matrix::Bt709, ColorState::Matrix::Bt601,
                                               ColorState::Matrix::Bt2020};
    Picture picture{.format = format,
                    .extent = {pick_size(input, MaxWidth), pick_size(input, MaxHeight)},
                    .planes = {},
                    .color = ColorState::of(format.model),
                    .is_premultiplied = input.coin()};
    if (format.model == ColorModel::Yuv)
        picture.color.matrix = input.pick(matrices);
    picture.color.range = input.coin() ? ColorState::Range::Limited : ColorState::Range::Full;
    for (unsigned i = 0; i < format.n_planes; ++i) {
        const auto row = static_cast<std::size_t>(test::row_bytes(format, i, picture.extent.width));
        const auto rows =
            static_cast<std::size_t>(test::row_count(format, i, picture.extent.height));
        const std::size_t stride = row + (input.coin() ? input.below(MaxPadding) : 0);
        // The last row ends where its last sample does: what KMS takes, Dmabuf::create() can.
        const auto plane =
            plane_memory(i).part((rows - 1) * stride + row, input.number<std::uint8_t>() % 4 != 0);
        fill(plane, input);
        picture.planes[i] = {plane.data(), static_cast<int>(stride)};
    }
    return picture;
}

/// Rows of pixels in memory that is theirs alone.
struct Output {
    std::span<std::uint8_t> memory;
    std::size_t stride;
    unsigned height;
    bool is_turned;

    const std::uint8_t* row(unsigned y) const {
        return memory.data() + (is_turned ? height - 1 - y : y) * stride;
    }
};

Output make_output(FuzzInput& input, Extent extent) {
    const std::size_t row = std::size_t{extent.width} * 4;
    const std::size_t stride = row + (input.coin() ? input.below(MaxPadding / 4) * 4 : 0);
    const auto memory = output_memory().part(stride * (extent.height - 1) + row,
                                             input.number<std::uint8_t>() % 4 != 0);
    std::ranges::fill(output_memory().all(), Untouched);
    return {memory, stride, extent.height, input.coin()};
}

void check_pixel(const Picture& picture, const test::FormatLayout& layout, const std::uint8_t* got,
                 unsigned x, unsigned y) {
    const auto expected = test::reference_pixel(picture, layout, x, y);
    const double tolerance = test::reference_tolerance(picture, layout);
    for (unsigned i = 0; i < 4; ++i) {
        if (!std::isnan(expected[i]))
            FUZZ_CHECK(std::abs(expected[i] - got[i]) <= tolerance,
                       formatted("{}, {}x{}: channel {} of the pixel {},{} is {} instead of {}, "
                                 "matrix {}, range {}",
                                 layout.name, picture.extent.width, picture.extent.height, i, x, y,
                                 got[i], static_cast<int>(std::lround(expected[i] * 1000)) / 1000.0,
                                 static_cast<int>(picture.color.matrix),
                                 static_cast<int>(picture.color.range)));
    }
}

bool is_untouched(std::span<const std::uint8_t> bytes) {
    // Of two that overlap, which is faster than a look at each of them
    return bytes.empty() || (bytes.front() == Untouched &&
                             std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

void check_output(const Picture& picture, const Rect& part, const Output& output) {
    const auto& layout = *test::find_format_layout(picture.format.fourcc);
    const auto is_within = [](int at, int first, int size, int grain) {
        return at >= first / grain * grain && at < (first + size + grain - 1) / grain * grain;
    };
    for (unsigned y = 0; y < picture.extent.height; ++y) {
        const std::uint8_t* row = output.row(y);
        const int row_number = static_cast<int>(y);
        for (unsigned x = 0; x < picture.extent.width; ++x) {
            const int column = static_cast<int>(x);
            if (is_within(column, part.x, part.width, 1) &&
                is_within(row_number, part.y, part.height, 1))
                check_pixel(picture, layout, row + x * 4, x, y);
            else if (!is_within(column, part.x, part.width, Grain) ||
                     !is_within(row_number, part.y, part.height, Grain))
                FUZZ_CHECK(is_untouched({row + x * 4, 4}),
                           formatted("{}: the pixel {},{} isn't in {},{} {}x{}", layout.name, x, y,
                                     part.x, part.y, part.width, part.height));
        }
    }
    // Between rows, and beside the memory
    const auto all = output_memory().all();
    const std::size_t row_size = std::size_t{picture.extent.width} * 4;
    const std::uint8_t* at = all.data();
    const auto check_until = [&](const std::uint8_t* end) {
        FUZZ_CHECK(is_untouched({at, end}),
                   formatted("{}: a byte beside the picture is written", layout.name));
        at = end + row_size;
    };
    for (unsigned y = 0; y < picture.extent.height; ++y)
        check_until(output.memory.data() + y * output.stride);
    check_until(all.data() + all.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    FuzzInput input{data, size};
    const PixelFormat& format = *find_pixel_format(input.pick(test::all_format_layouts()).fourcc);
    if (!is_convertible(format.fourcc))
        return 0;
    const Picture picture = make_picture(input, format);
    const Rect part = pick_part(input, picture.extent);
    const Output output = make_output(input, picture.extent);
    const auto stride = static_cast<int>(output.stride);
    auto* first = const_cast<std::uint8_t*>(output.row(0));
    convert_to_argb(picture, part, first, output.is_turned ? -stride : stride);
    check_output(picture, part, output);
    return 0;
}
