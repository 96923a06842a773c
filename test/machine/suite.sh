# shellcheck shell=bash
# ./run test: every part of it, counted in one tally. A line of it is
# `pass NAME`, `fail NAME` or `skip NAME: reason`; TARMAC_TALLY names the file.

# What each tests is said at its function below. Those of one line run one after the other, and the
# lines side by side: a suite on the test machine waits most of the time, and leaves a core idle.
test_lanes=(
    'gcc clients wlroots-0.19 gpu'
    'asan run readme'
)

command_test() {
    local name lanes=("${test_lanes[@]}") known=" ${test_lanes[*]} "
    for name; do
        [[ $known == *" $name "* ]] || die "test has no part $name, only${known% }."
    done
    # The ./run test that has made the tally asks for one part.
    if (($# == 1)) && [[ ${TARMAC_TALLY:-} == "$builds"/tally.??????."$1" ]]; then
        : >>"$TARMAC_TALLY"
        prepare
        machine_cpus=1
        "test_${1//[-.]/_}"
        return
    fi
    mkdir -p "$builds"
    TARMAC_TALLY=$(mktemp "$builds/tally.XXXXXX")
    tallying=yes
    # What most parts need, and whose failure is everybody's
    prepare_with_build
    (($# == 0)) || lanes=("$*")
    attend run_lanes "${lanes[@]}"
    tallying=no
    report_tally
}

# run_lanes NAMES…: each NAMES one after the other, all of these side by side
run_lanes() {
    local lane lanes=() status=0
    for lane; do
        run_parts "$lane" &
        lanes+=($!)
    done
    # One that was killed has left parts out.
    for lane in "${lanes[@]}"; do
        wait "$lane" || status=$?
    done
    return "$status"
}

# Each part has a process, which may die, and a tally: two machines that append to one file overwrite
# each other's lines.
run_parts() {
    local names name status
    read -ra names <<<"$1"
    for name in "${names[@]}"; do
        status=0
        TARMAC_TALLY=$TARMAC_TALLY.$name labelled "$name" "$checkout/run" test "$name" || status=$?
        ((status == 0)) ||
            printf 'fail the part %s: ended with status %s, see above\n' "$name" "$status" >>"$TARMAC_TALLY.$name"
    done
}

test_gcc() {
    build gcc
    run_suite unit gcc attend in_root
    run_suite device gcc boot_machine
}

test_asan() {
    build asan
    run_suite unit asan attend in_root
    run_suite device asan boot_machine
}

test_run() {
    build gcc
    say "Testing ./run itself"
    attend "$machine/test_run.sh"
}

test_readme() {
    build gcc
    say "Following the README's path from git clone to a compositor"
    attend "$checkout/test/embed/readme.sh"
}

# In a root file system of their own, since their packages would triple the time that making it
# takes everybody; where they can't be had, the rest counts. One build shows what there is to see.
test_clients() {
    local packages
    packages=$(optional_packages "$checkout/test/clients/packages")
    if can_have "$packages"; then
        build gcc
        ensure_root "$packages"
        run_suite clients gcc boot_machine
    else
        echo 'skip the tests of real clients: their packages could not be added (test/clients/packages), see above' >>"$TARMAC_TALLY"
    fi
}

# In another process, which may die.
can_have() { attend "$checkout/run" shell --with "$1" -- true; }

# What depends on wlroots most, on the one before, which the packages of the clients' tests bring along
# as long as a mirror has it.
test_wlroots_0_19() {
    local packages targets=(
        test/embed/{embed-tests,tiny,two-wlroots} test/{embedded,protocol,picture}-tests
        src/compositor/tarmac-compositor src/inspect/tarmac-inspect test/protocol/tarmac-conformance
    )
    packages=$(optional_packages "$checkout/test/clients/packages")
    if can_have "$packages"; then ensure_root "$packages"; fi
    if ! attend in_root pkg-config --exists wlroots-0.19; then
        echo 'skip the tests on wlroots 0.19: libwlroots-0.19-dev could not be added (test/clients/packages)' >>"$TARMAC_TALLY"
        return
    fi
    build wlroots-0.19 "${targets[@]}"
    # Not with the installed library, which is of the other build
    run_tests "embedding and protocol" wlroots-0.19 boot_machine env LD_LIBRARY_PATH= -- embed two-wlroots embedded protocol
    run_tests picture wlroots-0.19 boot_machine env LD_LIBRARY_PATH= -- picture --test-args 'GLES2*'
}

# On the machine that has a GPU's driver, with the clients' packages if they are there; where it can't
# be made, the rest counts. The sanitizers would be translated by QEMU as well.
test_gpu() {
    local packages
    packages=$(optional_packages "$checkout/test/clients/packages")
    # In another process, which may die.
    if attend "$checkout/run" machine --gpu --no-build -- true; then
        build gcc
        if can_have "$packages"; then ensure_root "$packages"; fi
        machine_kind=gpu machine_devices='vgem vivid bochs' machine_cpus=$(nproc)
        ensure_gpu
        run_suite gpu gcc boot_machine
        # Without bochs: see doc/machine.md.
        machine_devices='vgem'
        run_suite unplugged gcc boot_machine
    else
        echo 'skip the tests of a GPU: its machine could not be made, see above' >>"$TARMAC_TALLY"
    fi
}

# run_suite SUITE BUILD WHERE…
# What the tests of a suite have tried, for doc/robustness.md, in a file for each suite and build: two
# machines that append to one file overwrite each other's lines.
run_suite() {
    local -x TARMAC_TRIED=$builds/tried/$2-$1
    mkdir -p "$builds/tried"
    rm -f "$TARMAC_TRIED"
    run_tests "$1" "$2" "${@:3}" -- --suite "$1"
}

# run_tests NAME BUILD WHERE… -- WHICH…, as `meson test` is told
run_tests() {
    local suite=$1 build=$2 where=() failures status=0
    shift 2
    while [[ $1 != -- ]]; do
        where+=("$1")
        shift
    done
    shift
    say "Running the $suite tests of the build $build"
    failures=$(count_of fail)
    "${where[@]}" meson test -C "$builds/$build" --no-rebuild --print-errorlogs "$@" || status=$?
    # A program that crashes can't tell.
    ((status == 0 || $(count_of fail) > failures)) ||
        printf 'fail the %s tests of the build %s: ended with status %s and no failed case: a program crashed\n' \
            "$suite" "$build" "$status" >>"$TARMAC_TALLY"
}

count_of() { cat "$TARMAC_TALLY"* | grep -c "^$1 " || true; }

# Also when ./run dies underway: what couldn't be tested has failed.
report_tally() {
    local passed failed skipped
    [[ $tallying == no ]] || echo 'fail ./run test: did not get to its end' >>"$TARMAC_TALLY"
    passed=$(count_of pass) failed=$(count_of fail) skipped=$(count_of skip)
    cat "$TARMAC_TALLY"* | grep -E '^(skip|fail) ' || true
    rm -f "$TARMAC_TALLY"*
    printf '%s passed, %s failed' "$passed" "$failed"
    ((skipped == 0)) || printf ', %s skipped' "$skipped"
    printf '\n'
    tallying=
    ((failed == 0 && passed > 0))
}

# The page's tables, from what the last tests and all fuzzing tried.
command_robustness() {
    need_sandbox
    ensure_root
    in_root python3 "$machine/robustness.py" "$builds/tried" "$builds/fuzz/tried" "$checkout/doc/robustness.md"
    say "The page: $checkout/doc/robustness.md"
}
