#!/bin/sh
# Runs the program $1, built with ThreadSanitizer, unless that refuses to run here: it wants a layout
# of memory that not every kernel gives it.
set -u

if ! refusal=$("$1" --list-tests 2>&1) && case $refusal in *'FATAL: ThreadSanitizer'*) true ;; *) false ;; esac; then
    echo "$refusal"
    reason=$(echo "$refusal" | grep -m 1 'FATAL: ThreadSanitizer')
    [ -z "${TARMAC_TALLY:-}" ] || echo "skip what several threads do: $reason" >>"$TARMAC_TALLY"
    exit 77
fi
exec "$1"
