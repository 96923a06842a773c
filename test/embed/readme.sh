#!/bin/bash
# Whether the README's path from `git clone` to a compositor of one's own leads there: its commands,
# as they are written, on this host, in the build root and on the test machine. For ./run test, whose
# build it needs.
set -euo pipefail
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=test/embed/tally.sh
source "$checkout/test/embed/tally.sh"
mkdir -p "$checkout/.build"
scratch=$(mktemp -d "$checkout/.build/readme.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

mapfile -t commands < <(sed -n '/^    git clone /,/^$/s/^    //p' "$checkout/README.md")

# What is here, under the address that the README has.
publish() {
    mkdir published
    tar -C "$checkout" --exclude=./.build --exclude=./.git -c . | tar -C published -x
    git -C published init -q
    git -C published add --all
    git -C published -c commit.gpgsign=false -c user.name=Tarmac -c user.email=tarmac@localhost commit -q -m 'All of it'
    git config --file config "url.$scratch/published.insteadOf" "${commands[0]##* }"
}

is_cloned() { publish && GIT_CONFIG_GLOBAL=$scratch/config bash -ec "${commands[0]}"; }

is_built() {
    printf '%s\n' "${commands[@]:1:${#commands[@]}-2}" >build.sh
    "$checkout/run" shell -- bash -e "$scratch/build.sh"
}

is_seen() {
    printf '%s\n' "${commands[@]}" | grep -E '^(cd|export) ' >show.sh
    printf '%s\n' "${commands[-1]}" >>show.sh
    TARMAC_README=show.sh "$checkout/run" machine --no-build -- \
        "$checkout/.build/gcc/test/embed/embed-tests" '[.readme]'
}

if ! command -v git >/dev/null; then
    skip "the README's path" 'this host has no git'
    exit
fi
check "the README's commands clone" is_cloned
check "the README's commands build and install the library, and a compositor with it" is_built
is_seen </dev/null || failed=1
exit "$failed"
