# shellcheck shell=bash
# ./run fuzz: looks for inputs that break the library (test/fuzz).

# Those of the build root, and those of the test machine, which has devices.
root_fuzz_targets=(description conversion feedback)
machine_fuzz_targets=(content content-gles2 wire wire-pixman wire-gles2)

command_fuzz() {
    local seconds='' seed='' dir=$builds/fuzz name targets=() n_crashes=0
    local all=("${root_fuzz_targets[@]}" "${machine_fuzz_targets[@]}")
    while (($#)); do
        case $1 in
        --target | --seed) (($# > 1)) || die "$1 wants a value." ;;&
        --target) targets+=("$2") && shift ;;
        --seed) seed=$2 && shift ;;
        -*) die "fuzz knows --target NAME and --seed N, not $1." ;;
        *) seconds=$1 ;;
        esac
        shift
    done
    [[ $seconds =~ ^[1-9][0-9]*$ ]] || die "fuzz wants the seconds that each target gets: ./run fuzz 60"
    [[ ! $seed || $seed =~ ^[1-9][0-9]{0,8}$ ]] || die "--seed wants a number from 1 on, not $seed."
    ((${#targets[@]})) || targets=("${all[@]}")
    for name in "${targets[@]}"; do
        [[ " ${all[*]} " == *" $name "* ]] || die "fuzz has no target $name, only ${all[*]}."
    done
    prepare
    build asan "${targets[@]/#/test/fuzz/fuzz-}"
    mkdir -p "$dir/said"
    for name in "${targets[@]}"; do
        fuzz_target "$name" "$seconds" "$dir" "${seed:-$((RANDOM * 32768 + RANDOM + 1))}"
    done
    for name in "${targets[@]}"; do
        cat "$dir/said/$name"
        [[ $(<"$dir/said/$name") == *' no crash'* ]] || n_crashes=$((n_crashes + 1))
    done
    ((n_crashes == 0))
}

# fuzz_target NAME SECONDS DIR SEED: leaves in DIR/said/NAME what came of it.
fuzz_target() {
    local where=(attend in_root) again=shell program=$builds/asan/test/fuzz/fuzz-$1
    if [[ " ${machine_fuzz_targets[*]} " == *" $1 "* ]]; then
        # One process at a time works, and on one CPU fastest.
        machine_cpus=1
        where=(boot_machine) again='machine --no-build'
    fi
    echo "$1: ended before it could say anything; log: $3/log/$1" >"$3/said/$1"
    "${where[@]}" "$checkout/test/fuzz/run.sh" "$1" "$program" "$2" "$3" "$4" "$again" >"$3/said/$1.new" || true
    if [[ -s $3/said/$1.new ]]; then mv "$3/said/$1.new" "$3/said/$1"; fi
    rm -f "$3/said/$1.new"
    # For doc/robustness.md: these add up.
    [[ ! $(<"$3/said/$1") =~ ^$1:\ ([0-9]+)\ executions,\ (([0-9]+)\ requests)?.*(no crash|CRASH) ]] ||
        printf '%s\t%s\t%s\t%s\t%s\n' "$1" "${BASH_REMATCH[1]}" "${BASH_REMATCH[3]:-0}" "$2" "${BASH_REMATCH[4]}" >>"$3/tried"
}
