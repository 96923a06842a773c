# shellcheck shell=bash
# ./run bench: figures beside those of others, and the page that shows them.

command_bench() {
    local json='' out=$builds/figures log=$builds/log/measure.log packages status=0
    while (($#)); do
        case $1 in
        --json) (($# > 1)) || die "--json wants a file." ;;&
        --json) json=$(realpath -m -- "$2") && shift ;;
        *) die "bench knows --json FILE, not $1." ;;
        esac
        shift
    done
    prepare_with_build
    packages=$(optional_packages "$checkout/test/bench/packages")
    ensure_root "$packages"
    # In a build of its own, since the other was made where there is no GTK
    if attend in_root pkg-config --exists gtk4; then build bench test/bench/bench-gtk src/compositor/tarmac-compositor; fi
    rm -rf "$out"
    mkdir -p "$out"
    write_host_facts >"$out/host"
    say "Measuring, ten minutes or so: leave the machine alone meanwhile (log: $log)"
    : >"$log"
    # On one CPU times differ least.
    machine_cpus=1
    boot_machine env LD_LIBRARY_PATH= "$checkout/test/bench/measure.sh" "$builds/gcc" "$out" "$log" || status=$?
    # They need no device, and more memory than a process may map on the machine.
    step "Measuring conversions, on one thread" "$out/conversions" in_root "$builds/gcc/test/bench/bench-conversions"
    step "Measuring conversions, on all CPUs" "$out/conversions-all" in_root "$builds/gcc/test/bench/bench-conversions" --all
    step "Writing doc/performance.md" "$builds/log/performance.log" \
        in_root python3 "$checkout/test/bench/report.py" "$out" "$checkout/doc"
    [[ -z $json ]] || cp "$out/all.json" "$json" || die "can't write $json: name a file that you may write."
    say "The page: $checkout/doc/performance.md"
    ((status == 0)) || die "something could not be measured, and is not on the page: the log says what and why. Log: $log"
}

# What only the host knows: NAME VALUE, one a line.
write_host_facts() {
    echo "date $(date -u +%Y-%m-%d)"
    echo "commit $(git -C "$checkout" describe --always --dirty 2>/dev/null || echo unknown)"
    echo "processor $(sed -n 's/^model name[^:]*: //p; T; q' /proc/cpuinfo)"
    echo "cores $(nproc)"
    echo "kernel of the host $(uname -r)"
}
