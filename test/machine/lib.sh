# shellcheck shell=bash
# Messages, progress, locks. Messages go to stderr: stdout belongs to the command.

say() { printf '%s\n' "$*" >&2; }

die() {
    printf './run: %s\n' "$*" >&2
    exit 1
}

# end_group GROUP: who cleans up at SIGTERM has ten seconds for it: mmdebstrap removes gigabytes.
end_group() {
    local deadline=$((SECONDS + 10))
    kill -TERM -- "-$1"
    # Zombies don't count: in some containers nobody reaps them.
    while grep -qsE "\) [^XZ] [0-9]+ $1 " /proc/[0-9]*/stat && ((SECONDS < deadline)); do sleep 0.05; done
    kill -KILL -- "-$1"
} 2>/dev/null

# When ./run is killed, and can't end what it started, this does.
start_lifeline() {
    exec {lifeline}> >(
        # Out of reach of what ends ./run
        # shellcheck disable=SC2016 # for that shell
        exec setsid bash -c "$(declare -f end_group)"'
            while read -r line; do group=$line; done
            [[ -z ${group:-} ]] || end_group "$group"' >/dev/null 2>&1
    )
}

# start COMMAND…: in the background, since Bash acts on a signal only when what it runs in the
# foreground has ended. In a process group of its own, so that stop_step reaches all of it.
step_pid=
start() {
    set -m
    {
        # By itself, since ./run may end before it knows the number.
        echo "$BASHPID" >&"$lifeline"
        exec {lifeline}>&-
        "$@"
    } &
    step_pid=$!
    set +m
}

# Ends what start left running; whatever it held locked is free afterwards.
stop_step() {
    [[ $step_pid ]] || return 0
    end_group "$step_pid" || true
    wait "$step_pid" 2>/dev/null || true
    step_pid=
    echo >&"$lifeline"
}

# attend COMMAND…: runs it without input, so that it ends when ./run does.
attend() {
    local status=0
    start "$@" </dev/null
    wait "$step_pid" || status=$?
    stop_step
    return "$status"
}

# labelled LABEL COMMAND…: runs it without input, and puts the label before each line that it writes.
labelled() { "${@:2}" </dev/null 2>&1 | sed -u "s/^/$1: /" >&2; }

# step TEXT LOG COMMAND…: runs COMMAND with its output in LOG and shows that it
# lives. Dies when it fails. Never call it where `set -e` is off (`if`, `||`), nor in a subshell,
# which forgets the traps.
step() {
    local text=$1 log=$2 started=$SECONDS status=0
    shift 2
    mkdir -p "${log%/*}"
    start "$@" </dev/null >"$log" 2>&1
    show_progress "$text" "$log" "$started"
    wait "$step_pid" || status=$?
    stop_step
    [[ ! -t 2 ]] || printf '\r\033[K' >&2
    ((status == 0)) || explain_failure "$text" "$log" "$status"
    ((SECONDS - started < 2)) || say "$text: done in $((SECONDS - started)) s"
}

# On a terminal one line that changes, elsewhere a line now and then.
show_progress() {
    local text=$1 log=$2 started=$3 ticks=0
    while kill -0 "$step_pid" 2>/dev/null; do
        if [[ -t 2 ]]; then
            ((ticks % 5)) || progress_line "$text: $((SECONDS - started)) s (log: $log)" "$log"
        elif ((ticks == 10)); then
            say "$text (log: $log)"
        elif ((ticks && ticks % 300 == 0)); then
            say "  … $((SECONDS - started)) s: $(tail -n 1 "$log")"
        fi
        sleep 0.1
        ticks=$((ticks + 1))
    done
}

progress_line() {
    local columns line
    columns=$(stty size <&2 2>/dev/null | cut -d' ' -f2) || true
    line="$1  $(tail -n 1 "$2" 2>/dev/null | tr -cd '[:print:]')"
    printf '\r\033[K%s' "${line:0:${columns:-80}-1}" >&2
}

explain_failure() {
    local text=$1 log=$2 status=$3 cause
    cause=$(known_cause "$log") || true
    [[ -z $cause ]] || die "$text: failed. $cause Log: $log"
    say "--- from $log"
    failing_lines "$log" >&2
    say "---"
    die "$text: failed with status $status, and the lines above may say why. Log: $log"
}

# A compiler's first error tells more than ninja's last line.
failing_lines() {
    local first
    first=$(grep -n -m1 -E '(error|ERROR)(:|\[)|^FAILED:' "$1" | cut -d: -f1) || true
    if [[ $first ]] && (($(wc -l <"$1") - first > 25)); then
        tail -n "+$first" "$1" | head -n 20
        printf '[…]\n'
        tail -n 5 "$1"
    else
        tail -n 20 "$1"
    fi
}

unknown_packages() {
    sed -n "s/.*Unable to locate package //p; s/.*Package '\?\([^ ']*\)'\? has no installation candidate.*/\1/p" "$1" |
        sort -u | paste -sd' '
}

known_cause() {
    local log=$1 names
    if names=$(grep -o '^cause: .*' "$log"); then
        printf '%s.' "${names#cause: }"
    elif names=$(unknown_packages "$log") && [[ $names ]]; then
        printf 'Debian %s has no package %s (any more): look for its new name (test/machine/packages lists what is installed).' "$suite" "$names"
    elif names=$(grep -oP '(?<=Depends: )[^ ]+(?=.*but it is not (installable|going to be installed))' "$log" | sort -u | paste -sd' ') && [[ $names ]]; then
        printf 'The mirror lacks what these packages need at the moment: %s. Try again in some hours, or set TARMAC_MIRROR to another mirror.' "$names"
    elif grep -qi 'No space left on device' "$log"; then
        printf 'A disk is full: %s needs some 6 GB while it is made, and 2 GB afterwards; %s needs 2 GB meanwhile.' "$cache" "$big_tmp"
    elif grep -qE 'Could not (resolve|connect)|Temporary failure resolving|Network is unreachable|Failed to fetch|Unable to connect' "$log"; then
        printf 'The package mirror %s could not be reached: check the network, or set TARMAC_MIRROR to the address of another Debian mirror.' "${mirror:-}"
    elif grep -qE 'newuidmap|newgidmap|/etc/sub[ug]id' "$log"; then
        printf 'This user has no range of subordinate ids: as root, run  usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %s' "$(id -un)"
    elif grep -qE 'Killed|out of memory|Cannot allocate memory' "$log"; then
        printf 'The memory ran out: close other programs, or give the host more.'
    fi
}

# lock NAME: waits for whoever has it. The lock goes with the process.
lock() {
    mkdir -p "$cache"
    exec {lock_fd}>"$cache/$1.lock"
    flock -n "$lock_fd" || {
        say "Another ./run has the lock $cache/$1.lock: waiting for it."
        attend flock "$lock_fd"
    }
}

unlock() { exec {lock_fd}>&-; }

# A tree may hold directories that even its owner can't write.
remove_tree() {
    local tree
    for tree; do
        [[ -d $tree && ! -L $tree ]] && chmod -R u+rwX "$tree" 2>/dev/null
        rm -rf "$tree"
    done
}

# hash_of FILE…: a short key for what a thing is made from.
hash_of() { cat "$@" | sha256sum | cut -c 1-12; }
