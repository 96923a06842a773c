# shellcheck shell=bash
# ./run test: every suite of every build, counted in one tally. A line of it is
# `pass NAME`, `fail NAME` or `skip NAME: reason`; TARMAC_TALLY names the file.

test_builds=(gcc asan)

command_test() {
    local name
    (($# == 0)) || die "test takes no arguments."
    mkdir -p "$builds"
    TARMAC_TALLY=$(mktemp "$builds/tally.XXXXXX")
    export TARMAC_TALLY
    tallying=yes
    parse_options
    need_sandbox
    ensure_root
    ensure_uml
    for name in "${test_builds[@]}"; do
        build "$name"
    done
    for name in "${test_builds[@]}"; do
        run_suite unit "$name" attend in_root
        run_suite device "$name" boot_machine
    done
    test_clients
    test_wlroots_0_19
    test_gpu
    say "Testing ./run itself"
    attend "$machine/test_run.sh" || printf 'fail test_run.sh: ended with status %s\n' "$?" >>"$TARMAC_TALLY"
    say "Following the README's path from git clone to a compositor"
    attend "$checkout/test/embed/readme.sh" || printf 'fail readme.sh: ended with status %s\n' "$?" >>"$TARMAC_TALLY"
    tallying=no
    report_tally
}

# In a root file system of their own, since their packages would triple the time that making it
# takes everybody; where they can't be had, the rest counts. One build shows what there is to see.
test_clients() {
    local packages
    packages=$(sed '/^#/d; /^$/d; s/$/?/' "$checkout/test/clients/packages" | paste -sd,)
    if attend "$checkout/run" shell --with "$packages" -- true; then
        ensure_root "$packages"
        run_suite clients gcc boot_machine
    else
        echo 'skip the tests of real clients: their packages could not be added (test/clients/packages), see above' >>"$TARMAC_TALLY"
    fi
}

# What depends on wlroots most, on the one before, which the packages of the clients' tests bring along
# as long as a mirror has it.
test_wlroots_0_19() {
    local targets=(
        test/embed/{embed-tests,tiny,two-wlroots} test/{embedded,protocol,picture}-tests
        src/compositor/tarmac-compositor test/protocol/tarmac-conformance
    )
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
    # In another process, which may die.
    if attend "$checkout/run" machine --gpu --no-build -- true; then
        machine_kind=gpu machine_devices='vgem vivid bochs'
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
run_suite() {
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

count_of() { grep -c "^$1 " "$TARMAC_TALLY" || true; }

# Also when ./run dies underway: what couldn't be tested has failed.
report_tally() {
    local passed failed skipped
    [[ $tallying == no ]] || echo 'fail ./run test: did not get to its end' >>"$TARMAC_TALLY"
    passed=$(count_of pass) failed=$(count_of fail) skipped=$(count_of skip)
    grep -E '^(skip|fail) ' "$TARMAC_TALLY" || true
    rm -f "$TARMAC_TALLY"
    printf '%s passed, %s failed' "$passed" "$failed"
    ((skipped == 0)) || printf ', %s skipped' "$skipped"
    printf '\n'
    tallying=
    ((failed == 0 && passed > 0))
}
