# shellcheck shell=bash
# What ./run test needs later, made while it tests: the test machine takes one core, so that the
# others are idle.

beside_pid=
beside_log=$builds/log/beside.log

stop_beside() {
    [[ -z $beside_pid ]] || kill -TERM "$beside_pid" 2>/dev/null || true
    beside_pid=
}

# make_beside COMMAND…: its output goes to a log. On what others leave of the processors alone, where
# the kernel can tell, so that no test notices.
make_beside() {
    say "Meanwhile, what is needed later is made (log: $beside_log)"
    (
        trap stop_step EXIT
        trap 'exit 143' TERM
        chrt --idle --pid 0 "$BASHPID" || renice -n 19 -p "$BASHPID"
        "$@"
    ) </dev/null >"$beside_log" 2>&1 &
    beside_pid=$!
}

# Waits for it. Dies if it failed.
await_beside() {
    local status=0 started=$SECONDS
    step_pid=$beside_pid
    show_progress 'Waiting for what is made meanwhile' "$beside_log" "$started"
    wait "$beside_pid" || status=$?
    step_pid='' beside_pid=''
    cat "$beside_log" >&2
    ((status == 0)) || die "what was made meanwhile failed; the lines above say why. Log: $beside_log"
}
