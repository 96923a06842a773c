#!/bin/bash
# Whether who includes Tarmac's headers gets warnings from them, and is told when a compiler is too
# old. The argument is the checkout.
set -euo pipefail
cd "$1"
# shellcheck source=test/embed/tally.sh
source test/embed/tally.sh

program=test/embed/includer.cpp
options=(-Wall -Wextra -Wpedantic -Werror -fsyntax-only -I include)

includes_all() {
    local header status=0
    for header in include/tarmac/*.hpp; do
        header=${header##*/}
        [[ $header == cxx23.hpp ]] || grep -q "^#include <tarmac/$header>" "$program" ||
            { echo "$program doesn't include $header" && status=1; }
    done
    return "$status"
}

# told SENTENCE COMMAND…: whether it fails, and says that before all that it stumbles over.
told() {
    local sentence=$1 said
    shift
    said=$("$@" 2>&1) && return 1
    [[ $(grep -m1 'error:' <<<"$said") == *"$sentence"* ]] || { echo "$said" && return 1; }
}

# The C header in C++ that the others are too new for, next to a namespace of the library's name.
old_program() {
    printf '%s\n' '#include <tarmac/tarmac.h>' 'namespace tarmac { int here; }' \
        'tarmac_options options() { tarmac_options made = {}; made.size = sizeof made; return made; }'
}

check_cxx() {
    check "an embedder's file in C++ has no warnings with $1" "$1" -std=c++23 "${options[@]}" "$program"
    check "$1 says that C++20 won't do" told 'need C++23' "$1" -std=c++20 "${options[@]}" "$program"
    check "the C header is for C++11, too, with $1" "$1" -x c++ -std=c++11 "${options[@]}" <(old_program)
}

check_c() {
    check "an embedder's file in C has no warnings with $1" "$1" -std=c11 "${options[@]}" test/embed/includer.c
}

check 'every header is included' includes_all
for compiler in 'check_cxx g++' 'check_cxx clang++' 'check_c gcc' 'check_c clang'; do
    if command -v "${compiler#* }" >/dev/null; then
        # shellcheck disable=SC2086 # two words
        $compiler
    else
        skip "an embedder's file has no warnings" "${compiler#* } is missing"
    fi
done
exit "$failed"
