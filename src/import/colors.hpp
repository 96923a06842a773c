#pragma once

#include <tarmac/dmabuf.hpp>

namespace tarmac {

/// What the numbers of a picture mean.
struct Colors {
    ColorState state;
    bool is_premultiplied;

    static Colors of(const Dmabuf& dmabuf) noexcept {
        return {dmabuf.color(), dmabuf.is_premultiplied()};
    }
    friend bool operator==(const Colors&, const Colors&) = default;
};

} // namespace tarmac
