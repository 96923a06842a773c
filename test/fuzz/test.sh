#!/bin/bash
# test.sh NAME PROGRAM SECONDS: two cases of the fuzz target NAME. PROGRAM takes what corpus/NAME
# holds (one for all the targets wire-…); and, if it is libFuzzer's, finds nothing in SECONDS of what it makes up.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=test/embed/tally.sh
source "$here/../embed/tally.sh"
# shellcheck source=test/fuzz/libfuzzer.sh
source "$here/libfuzzer.sh"

name=$1 program=$(readlink -f "$2") seconds=$3
# Below the build, so that what was found is still there afterwards
found=$(dirname "$program")/crash/$name
log=$found/log
mkdir -p "$found"

# fuzz_case NAME ARGUMENT…: passes if the program, called so, finds nothing.
fuzz_case() {
    local case=$1 crash
    if "$program" "${@:2}" >"$log" 2>&1; then
        echo "pass $case" >&9
        return
    fi
    failed=1
    crash=$(crash_in "$log")
    # g++'s has named what it was at.
    [[ $crash ]] || crash=$(grep "^$here/" "$log" | tail -n 1) || true
    printf 'fail %s: %s; again: %s %s\n' "$case" "$(why_in "$log")" "$program" "$crash" >&9
    tail -n 60 "$log" >&2
}

if ((seconds == 0)); then
    fuzz_case "fuzz $name: the corpus" "$(corpus_for "$name")"
else
    fuzz_case "fuzz $name: the corpus" "${fuzz_limits[@]}" -artifact_prefix="$found/" -runs=0 "$(corpus_for "$name")"
    fresh=$(mktemp -d "$found/fresh.XXXXXX")
    fuzz_case "fuzz $name: $seconds s of new inputs" "${fuzz_limits[@]}" -artifact_prefix="$found/" \
        -max_total_time="$seconds" "$fresh" "$(corpus_for "$name")"
    rm -rf "$fresh"
fi
exit "$failed"
