#pragma once

#include <memory>

namespace tarmac::compositor {

/// Makes a deleter of the function that destroys a C object.
template <auto Destroy>
struct DestroyWith {
    template <class T>
    void operator()(T* object) const noexcept {
        Destroy(object);
    }
};

/// Owns an object of libwayland or wlroots: `Handle<wlr_cursor, wlr_cursor_destroy>`.
template <class T, auto Destroy>
using Handle = std::unique_ptr<T, DestroyWith<Destroy>>;

} // namespace tarmac::compositor
