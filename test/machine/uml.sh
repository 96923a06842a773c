# shellcheck shell=bash
# The machine uml: User-Mode Linux, whose devices are plain memory.

ensure_uml() { ensure_kernel um; }

# The terminal, standard output and standard error, as the machine calls them
stream_devices_of_uml() { echo /dev/tty0 /dev/tty1 /dev/tty2; }

# A machine with one CPU stays on one of the host's, if there is one that no other such machine has. Its
# processes are the host's: to hand over to one on another CPU takes several times as long as the system
# call that it is for, and now and then ten times.
stay_on_a_cpu() {
    local cpu descriptor
    for cpu in $(own_cpus); do
        exec {descriptor}>"$cache/cpu-$cpu.lock"
        if flock -n "$descriptor"; then
            taskset -cp "$cpu" "$BASHPID" >/dev/null
            return
        fi
        exec {descriptor}>&-
    done
}

# The numbers of those that this process may have: 0-2,5 are 0 1 2 5
own_cpus() {
    local part parts
    IFS=, read -ra parts <<<"$(sed -n 's/^Cpus_allowed_list:\s*//p' /proc/self/status)"
    for part in "${parts[@]}"; do seq "${part%-*}" "${part#*-}"; done
}

run_uml() {
    ((machine_cpus > 1)) || stay_on_a_cpu
    local consoles=(con=null 'con9=null,fd:2' console=tty9)
    [[ $in != terminal ]] || consoles+=('con0=fd:0,fd:1')
    [[ $out == terminal ]] || consoles+=('con1=null,fd:6')
    [[ $err == terminal ]] || consoles+=('con2=null,fd:7')
    make_sandbox "$root"
    # The machine's memory is a file in /dev/shm, and grows as it is used.
    exec bwrap "${sandbox_args[@]}" --unshare-net --setenv PATH /usr/bin --setenv TMPDIR /dev/shm \
        --bind "$work" /run/tarmac --ro-bind "$kernel" /run/linux \
        --chdir / \
        /run/linux mem="$machine_memory" ncpus="$machine_cpus" seccomp=on uml_dir=/tmp/ \
        root=/dev/root rootfstype=hostfs rootflags=/ ro init=/run/tarmac/init "${consoles[@]}" \
        vivid.n_devs=1 vivid.node_types=0x101 quiet panic=-1
}

cause_of_uml() {
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
