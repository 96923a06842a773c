# shellcheck shell=bash
# Starts the machine, lends it the user's streams, takes over the command's exit status.

# boot_machine COMMAND…: dies when the machine fails, else returns COMMAND's status.
# Takes root and kernel, and machine_cpus and machine_memory.
boot_machine() {
    local status
    work=$(mktemp -d "${TMPDIR:-/tmp}/tarmac.XXXXXXXX")
    write_job "$@"
    choose_streams
    start_machine || true
    if [[ ! -s $work/status ]]; then
        mkdir -p "$logs"
        cp "$work/console" "$logs/console.log"
        say "--- the end of $logs/console.log"
        tail -n 20 "$logs/console.log" >&2
        say "---"
        die "the machine stopped before the command ended. $(machine_cause)Its console's log: $logs/console.log"
    fi
    status=$(<"$work/status")
    rm -rf "$work"
    return "$status"
}

# A file for each thing that the machine must know: no quoting to go wrong.
write_job() {
    local environment prefix=$checkout/.build/prefix
    printf '%s\0' "$@" >"$work/command"
    printf '%s' "${work_dir:-$checkout}" >"$work/directory"
    printf '%s' "$checkout" >"$work/checkout"
    mapfile -d '' -t environment < <(passed_environment)
    printf '%s\0' "${base_environment[@]}" "${environment[@]}" \
        "PATH=$prefix/bin:${base_environment[0]#PATH=}" \
        "LD_LIBRARY_PATH=$prefix/lib" "PKG_CONFIG_PATH=$prefix/lib/pkgconfig" \
        XDG_RUNTIME_DIR=/run/user/0 LIBSEAT_BACKEND=builtin >"$work/environment"
    : >"$work/status"
    cp "$machine/init" "$machine/session" "$work"
}

# A terminal at both ends becomes the machine's terminal. Otherwise output goes
# over a console of its own, and input as files, since consoles lose input in bulk.
choose_streams() {
    local out=plain err=plain in=plain
    consoles=(con=null 'con9=null,fd:2' console=tty9)
    if [[ -t 0 && -t 1 ]]; then
        in=terminal out=terminal
        consoles+=('con0=fd:0,fd:1')
        stty size >"$work/size"
        [[ ! -t 2 ]] || err=terminal
    elif [[ -t 0 || /dev/stdin -ef /dev/null ]]; then
        in=null
    fi
    [[ $out == terminal ]] || consoles+=('con1=null,fd:6')
    [[ $err == terminal ]] || consoles+=('con2=null,fd:7')
    echo "$in $out $err" >"$work/streams"
}

# The kernel sets its ends of the streams to non-blocking, which the user's own
# pipes and terminal must not become: hence a fifo for each, and /dev/tty anew.
start_machine() {
    local in out err terminal_state='' cats=()
    read -r in out err <"$work/streams"
    mkfifo "$work/out" "$work/err"
    cat <"$work/out" & cats+=($!)
    cat <"$work/err" >&2 & cats+=($!)
    if [[ $in == terminal ]]; then
        terminal_state=$(stty -g)
        run_kernel </dev/tty >/dev/tty 2>"$work/console" 6>"$work/out" 7>"$work/err" &
    else
        run_kernel </dev/null >"$work/panic" 2>"$work/console" 6>"$work/out" 7>"$work/err" &
    fi
    machine_pid=$!
    [[ $in != plain ]] || {
        mkdir "$work/in"
        feed <&0 2>/dev/null &
        feeder_pid=$!
    }
    wait "$machine_pid" || true
    machine_pid=
    wait "${cats[@]}" || true
    [[ -z $terminal_state ]] || stty "$terminal_state" </dev/tty
}

# Puts standard input into files 0, 1, …; the empty one is its end. The machine
# removes what it has read, and is never more than 16 files behind.
feed() {
    local number=0 file
    while true; do
        file=$work/in/$number
        dd bs=64K count=1 of="$work/in/next" status=none || : >"$work/in/next"
        mv "$work/in/next" "$file" 2>/dev/null || return 0
        [[ -s $file ]] || return 0
        number=$((number + 1))
        while [[ -e $work/in/$((number - 16)) ]]; do sleep 0.02; done
    done
}

run_kernel() {
    make_sandbox "$root"
    # The machine's memory is a file in /dev/shm, and grows as it is used.
    exec bwrap "${sandbox_args[@]}" --unshare-net --setenv PATH /usr/bin --setenv TMPDIR /dev/shm \
        --bind "$work" /run/tarmac --ro-bind "$kernel" /run/linux \
        --chdir / \
        /run/linux mem="$machine_memory" ncpus="$machine_cpus" seccomp=on uml_dir=/tmp/ \
        root=/dev/root rootfstype=hostfs rootflags=/ ro init=/run/tarmac/init "${consoles[@]}" \
        vivid.n_devs=1 vivid.node_types=0x101 quiet panic=-1
}

stop_machine() {
    # Waited for, so that the shell doesn't announce its death
    [[ -z ${machine_pid:-} ]] || { kill -KILL "$machine_pid" && wait "$machine_pid"; } 2>/dev/null || true
    [[ -z ${feeder_pid:-} ]] || kill "$feeder_pid" 2>/dev/null || true
    [[ -z ${work:-} ]] || rm -rf "$work"
}

machine_cause() {
    if grep -q 'seccomp' "$work/console"; then
        printf 'The host lets nobody install seccomp filters, which the machine is built upon. '
    elif grep -q 'Too few physical memory' "$work/console"; then
        printf 'Its memory (%s) is too little: try --mem with more. ' "$machine_memory"
    elif grep -q 'Kernel mode signal 7' "$work/console" "$work/panic" 2>/dev/null; then
        printf 'This host could not give the memory (%s) that it was promised: close other programs, or try --mem with less. ' "$machine_memory"
    elif grep -q 'Kernel panic' "$work/console" "$work/panic" 2>/dev/null; then
        printf 'Its kernel panicked. '
    fi
}
