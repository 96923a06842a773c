#!/bin/bash
# Compares what the library exports with the list of it. A symbol that goes, or changes, breaks
# programs that were linked before: then the soname has to change, too.
#
#     test/embed/exports.sh [--update] LIBRARY
#
# --update writes the list instead.
set -euo pipefail
list=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/exports.txt

# Without what is weak: inline functions, which come and go with how a compiler is set.
exports() {
    nm -D --defined-only "$1" | awk '$2 ~ /^[TDRB]$/ || $3 ~ /^_ZT[ISV]/ { print $3 }' | LC_ALL=C sort
}

if [[ $1 == --update ]]; then
    exports "$2" >"$list"
    exit
fi

# shellcheck source=test/embed/tally.sh
source "${list%/*}/tally.sh"
check 'the library exports what its list says' diff -u --label exports.txt --label "${1##*/}" "$list" <(exports "$1")
exit "$failed"
