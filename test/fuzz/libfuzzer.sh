# shellcheck shell=bash
# How libFuzzer is called: the same for tests and for ./run fuzz.

# Without a limit inputs would grow until each takes long; short ones alone are too short for most cases.
# shellcheck disable=SC2034 # by those who source this
fuzz_limits=(-max_len=1024 -len_control=0 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1)

# libFuzzer writes that file when a sanitizer ends the process, which it has to.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}halt_on_error=1:abort_on_error=0:quarantine_size_mb=8
export UBSAN_OPTIONS=${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}halt_on_error=1:abort_on_error=0:print_stacktrace=1
lsan_suppressions=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../lsan.supp
export LSAN_OPTIONS=print_suppressions=0:suppressions=$lsan_suppressions

# crash_in LOG: the file that breaks the target, if the log names one.
crash_in() { sed -n 's/.*Test unit written to //p' "$1" | tail -n 1; }

# why_in LOG: the line that says what is wrong.
why_in() {
    grep -m1 -E '^[^ ]+:[0-9]+: .*: |runtime error:|ERROR: (AddressSanitizer|LeakSanitizer|libFuzzer):' "$1" ||
        tail -n 1 "$1"
}

# corpus_for NAME: what is known for the target; those of one name draw with different renderers.
corpus_for() { printf '%s' "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/corpus/${1%%-*}"; }
