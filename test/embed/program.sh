#!/bin/bash
# program.sh NAME PROGRAM: a case of that name, which passes if the program does.
set -euo pipefail
# shellcheck source=test/embed/tally.sh
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/tally.sh"
check "$1" "$2"
exit "$failed"
