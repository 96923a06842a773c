#!/bin/bash
# Whether a project of somebody else's gets the library: by pkg-config, and as a subproject of Meson.
# The arguments are the checkout and the build directory.
set -euo pipefail
checkout=$1 build=$2
# shellcheck source=test/embed/tally.sh
source "$checkout/test/embed/tally.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

export PKG_CONFIG_PATH=$build/meson-uninstalled
package=tarmac-uninstalled

# links COMPILER… SOURCE: also whether the program finds what it was linked with.
links() {
    local flags
    flags=$(pkg-config --cflags --libs "$package")
    # shellcheck disable=SC2086 # several words
    "${@:1:$#-1}" -o "$scratch/program" "${@: -1}" $flags &&
        LD_LIBRARY_PATH=$build/src "$scratch/program"
}

a_cxx_program() {
    cat >"$scratch/program.cpp" <<'END'
#include <tarmac/texture_builder.hpp>
int main() {
    return tarmac::TextureBuilder{}.set_size(64, 64).build_dmabuf().has_value();
}
END
    links "${CXX:-c++}" -std=c++23 "$scratch/program.cpp"
}

make_project() {
    mkdir -p "$scratch/project/subprojects"
    ln -s "$checkout" "$scratch/project/subprojects/tarmac"
    cat >"$scratch/project/meson.build" <<'END'
project('outside', 'c')
subproject('tarmac')
executable('program', 'program.c', dependencies: dependency('tarmac', version: '>=0.2'))
END
    cp "$checkout/test/embed/includer.c" "$scratch/project/program.c"
}

configures() {
    make_project
    meson setup "$scratch/project/build" "$scratch/project" -Dwrap_mode=nodownload | tee "$scratch/said"
}

# Whatever the parts that aren't built would need
looks_for_little() {
    grep -iE '(cli11|catch2|libpng|libudev|xkbcommon|wayland-client|glesv2) .*found:' "$scratch/said" && return 1
    ninja -C "$scratch/project/build" -t targets all | grep -E 'tarmac-(compositor|conformance)|tests' && return 1
    return 0
}

check 'a C program is linked by pkg-config' links "${CC:-cc}" -std=c11 "$checkout/test/embed/includer.c"
check 'a C++ program is linked by pkg-config' a_cxx_program
check 'a project has Tarmac as its subproject' configures
check 'a subproject is the library alone, and looks for what that needs' looks_for_little
exit "$failed"
