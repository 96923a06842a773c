#!/bin/bash
# run.sh NAME PROGRAM SECONDS DIR SEED WHERE: looks for inputs that break the fuzz target NAME, from what
# corpus/NAME here (one for all wire-…) and DIR/corpus/NAME hold on. What takes new ways is added to the latter, what
# breaks the target to DIR/crash/NAME. Says in a line what came of it; shows on stderr that it lives.
# WHERE is what ./run has to be told to run something in this place.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=test/fuzz/libfuzzer.sh
source "$here/libfuzzer.sh"

name=$1 program=$2 seconds=$3 dir=$4 seed=$5 where=$6
corpus=$dir/corpus/$name crashes=$dir/crash/$name log=$dir/log/$name
mkdir -p "$corpus" "$crashes" "$dir/log"

# progress TEXT: the newest line of libFuzzer's that counts
progress() { printf '%s: %s\n' "$name" "$(last 'cov: .* exec/s: [0-9]+')" >&2; }

# last PATTERN: the last match of it in the log
last() { grep -oE "$1" "$log" | tail -n 1 || true; }

printf '%s: %s s with the seed %s (log: %s)\n' "$name" "$seconds" "$seed" "$log" >&2
"$program" "${fuzz_limits[@]}" -max_total_time="$seconds" -seed="$seed" -artifact_prefix="$crashes/" \
    "$corpus" "$(corpus_for "$name")" >"$log" 2>&1 &
started=$SECONDS next=10
while kill -0 $! 2>/dev/null; do
    sleep 0.2
    if ((SECONDS - started >= next)); then
        progress
        next=$((next + 10))
    fi
done
status=0
wait $! || status=$?
took=$((SECONDS - started))

executed=$(last 'stat::number_of_executed_units: +[0-9]+')
executed=${executed##* }
# Where it crashed, there is no such line.
[[ $executed ]] || executed=$(grep -oE '^#[0-9]+' "$log" | tail -n 1 | tr -d '#') || true
coverage=$(last 'cov: [0-9]+')
requests=$(last '[0-9]+ requests in')
printf '%s: %s executions, %s%s a second, coverage %s, seed %s: ' "$name" "${executed:-0}" \
    "${requests:+${requests% in}, }" "$((${executed:-0} / (took > 0 ? took : 1)))" "${coverage#cov: }" "$seed"
if ((status == 0)); then
    echo 'no crash'
else
    crash=$(crash_in "$log")
    printf 'CRASH after %s s: %s\n  %s\n  again: ./run %s -- %s %s\n  log: %s\n' "$took" "$(why_in "$log")" \
        "${crash:-no input was written}" "$where" "$program" "$crash" "$log"
fi
