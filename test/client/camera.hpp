#pragma once

#include "support/picture.hpp"

namespace test {

/// The node of vivid's camera.
inline constexpr const char* Camera = "/dev/video0";

/// Eight bars at three quarters of brightness, with text above them.
inline constexpr Pixel CameraBars[] = {{191, 191, 191}, {191, 191, 0}, {0, 191, 191}, {0, 191, 0},
                                       {191, 0, 191},   {191, 0, 0},   {0, 0, 191},   {0, 0, 0}};

/// The middle of a bar of the camera's picture, which lies in `box`.
inline Pixel camera_bar(const Picture& screen, const Box& box, int bar) {
    return screen.at(box.x + (bar * 2 + 1) * box.width / 16, box.y + box.height - 20);
}

inline bool shows_camera(const Picture& screen, const Box& box) {
    for (int i = 0; i < 8; ++i) {
        if (distance(camera_bar(screen, box, i), CameraBars[i]) > 4)
            return false;
    }
    return true;
}

} // namespace test
