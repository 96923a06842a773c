// For LD_PRELOAD: an OpenGL driver that crashes, or that never returns, by BROKEN_EGL.

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <unistd.h>

extern "C" [[gnu::visibility("default")]] unsigned eglInitialize(void*, int*, int*) {
    const char* fault = std::getenv("BROKEN_EGL");
    if (fault && std::string_view{fault} == "crash") {
        std::fputs("eglInitialize is broken\n", stderr);
        std::abort();
    }
    for (;;)
        pause();
}
