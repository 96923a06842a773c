# shellcheck shell=bash
# Starts a machine, lends it the user's streams, takes over the command's exit status.
# What differs from one to the other is in uml.sh and gpu.sh.

# boot_machine COMMAND…: dies when the machine fails, else returns COMMAND's status.
# Takes root and kernel, machine_kind (uml or gpu), machine_cpus and machine_memory.
boot_machine() {
    local status in out err
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
        die "the machine stopped before the command ended. $("cause_of_$machine_kind")Its console's log: $logs/console.log"
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
    # What waits there has to wait longer.
    [[ $machine_kind != gpu ]] || environment+=(TARMAC_SLOWNESS=4)
    printf '%s\0' "${base_environment[@]}" "${environment[@]}" \
        "PATH=$prefix/bin:${base_environment[0]#PATH=}" \
        "LD_LIBRARY_PATH=$prefix/lib" "PKG_CONFIG_PATH=$prefix/lib/pkgconfig" \
        XDG_RUNTIME_DIR=/run/user/0 LIBSEAT_BACKEND=builtin >"$work/environment"
    : >"$work/status"
    cp "$machine/init" "$machine/session" "$work"
}

# A terminal at both ends becomes the machine's terminal. Otherwise output goes
# over a device of its own, and input as files, since consoles lose input in bulk.
choose_streams() {
    in=plain out=plain err=plain
    if [[ -t 0 && -t 1 ]]; then
        in=terminal out=terminal
        stty size >"$work/size"
        [[ ! -t 2 ]] || err=terminal
    elif [[ -t 0 || /dev/stdin -ef /dev/null ]]; then
        in=null
    fi
    echo "$in $out $err" >"$work/streams"
    "stream_devices_of_$machine_kind" >"$work/stream_devices"
}

# The kernel sets its ends of the streams to non-blocking, which the user's own
# pipes and terminal must not become: hence a fifo for each, and /dev/tty anew.
start_machine() {
    local terminal_state='' cats=()
    mkfifo "$work/out" "$work/err"
    cat <"$work/out" & cats+=($!)
    cat <"$work/err" >&2 & cats+=($!)
    if [[ $in == terminal ]]; then
        terminal_state=$(stty -g)
        "run_$machine_kind" </dev/tty >/dev/tty 2>>"$work/console" 6>"$work/out" 7>"$work/err" &
    else
        "run_$machine_kind" </dev/null >"$work/panic" 2>>"$work/console" 6>"$work/out" 7>"$work/err" &
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

stop_machine() {
    # Waited for, so that the shell doesn't announce its death
    [[ -z ${machine_pid:-} ]] || { kill -KILL "$machine_pid" && wait "$machine_pid"; } 2>/dev/null || true
    [[ -z ${feeder_pid:-} ]] || kill "$feeder_pid" 2>/dev/null || true
    [[ -z ${work:-} ]] || rm -rf "$work"
}
