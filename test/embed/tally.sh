# shellcheck shell=bash
# For tests that are scripts: counts cases as the others do, in the file that TARMAC_TALLY names.

failed=0
if [[ ${TARMAC_TALLY:-} ]]; then exec 9>>"$TARMAC_TALLY"; else exec 9>&1; fi

# check NAME COMMAND…: passes if the command does, whose output says why not.
check() {
    local said
    if said=$("${@:2}" 2>&1); then
        echo "pass $1" >&9
    else
        failed=1
        echo "fail $1" >&9
        printf '%s: failed\n%s\n' "$1" "$said" >&2
    fi
}

skip() { echo "skip $1: $2" >&9; }
