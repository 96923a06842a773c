#include "fuzz/content_memory.hpp"

#include <algorithm>
#include <sys/mman.h>
#include <utility>

#include "fuzz/input.hpp"
#include "support/dmabuf_source.hpp"

namespace fuzz {

Canvas::Canvas()
    : dmabuf_{test::allocate_dmabuf(test::Exporter::Udmabuf, MostBytes)}, written_(MostBytes) {
    void* memory = mmap(nullptr, MostBytes, PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf_.get(), 0);
    FUZZ_CHECK(memory != MAP_FAILED, "no memory to draw in");
    memory_ = {static_cast<std::uint8_t*>(memory), MostBytes};
    std::ranges::copy(memory_, written_.begin());
}

void Canvas::write(const Frame& frame) {
    fuzz::draw(*layout_, frame, written_);
    std::ranges::copy(written_, memory_.begin());
}

void Canvas::draw(const Layout& layout, const Frame& frame) {
    check();
    layout_ = &layout;
    frame_ = frame;
    ++n_drawn_;
    write(frame);
}

void Canvas::draw_later(const Layout& layout, const Frame& frame, Sync sync) {
    // No cell of it looks like the frame's.
    constexpr unsigned Another = 5;
    Frame other = frame;
    for (std::uint8_t& color : other)
        color = (color + Another) % NColors;
    draw(layout, other);
    frame_ = frame;
    drawn_ = std::make_shared<bool>(false);
    is_awaited_by_point_ = sync == Sync::Point;
    if (is_awaited_by_point_)
        return;
    const tarmac::Fd fence = writers_.add();
    FUZZ_CHECK(fence && test::attach(dmabuf_, fence, true), "there are no fences");
}

void Canvas::finish() {
    const auto drawn = std::exchange(drawn_, nullptr);
    if (!drawn)
        return;
    check();
    write(frame_);
    *drawn = true;
    if (std::exchange(is_awaited_by_point_, false))
        signal_drawn();
    else
        writers_.signal();
}

std::uint64_t Canvas::acquire_point() {
    if (!drawn_)
        signal_drawn();
    return n_drawn_;
}

void Canvas::signal_drawn() {
    if (std::exchange(n_signalled_, n_drawn_) != n_drawn_)
        acquire_.signal(n_drawn_);
}

void Canvas::begin_reading() {
    if (std::exchange(is_read_, true))
        return;
    const tarmac::Fd fence = readers_.add();
    FUZZ_CHECK(fence && test::attach(dmabuf_, fence, false), "there are no fences");
}

void Canvas::finish_reading() {
    if (std::exchange(is_read_, false))
        readers_.signal();
}

void Canvas::check() const {
    FUZZ_CHECK(std::ranges::equal(memory_, written_), "a client's memory was written to");
}

void Canvas::reset() {
    finish();
    finish_reading();
    check();
    owner = nullptr;
    buffer = 0;
    is_held = is_frozen = false;
}

std::array<Canvas, NCanvases>& canvases() {
    static auto& all = *new std::array<Canvas, NCanvases>;
    return all;
}

} // namespace fuzz
