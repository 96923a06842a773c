#!/bin/bash
# Tests of ./run machine, which the machine and the build must be ready for.
# Writes one line per case to the file that TARMAC_TALLY names, or to stdout.
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
if [[ ${TARMAC_TALLY:-} ]]; then exec 9>>"$TARMAC_TALLY"; else exec 9>&1; fi
mkdir -p "$checkout/.build"
scratch=$(mktemp -d "$checkout/.build/test_run.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
cd "$checkout"

on_machine() { ./run machine --no-build "$@"; }

# expect NAME WANTED GOT
expect() {
    if [[ $3 == "$2" ]]; then
        echo "pass run: $1" >&9
    else
        echo "fail run: $1" >&9
        printf '%s: wanted\n%s\ngot\n%s\n' "$1" "$2" "$3" >&2
    fi
}

status_of() {
    local status=0
    "$@" </dev/null >/dev/null 2>&1 || status=$?
    echo "$status"
}

expect 'a status of 0 comes out' 0 "$(status_of on_machine -- true)"
expect 'a status of 3 comes out' 3 "$(status_of on_machine -- sh -c 'exit 3')"
# shellcheck disable=SC2016
expect 'death by a signal comes out' 137 "$(status_of on_machine -- sh -c 'kill -KILL $$')"
expect 'a command that is not there is 127' 127 "$(status_of on_machine -- no-such-command)"

expect 'arguments arrive as they are' "<a b><c'd\"e><*><><\$HOME><
>" "$(on_machine -- printf '<%s>' 'a b' "c'd\"e" '*' '' "\$HOME" $'\n' </dev/null)"

expect 'the tables of doc/robustness.md name cases that are there, and none that failed' 0 \
    "$(status_of ./run shell -- python3 test/machine/robustness.py --check doc/robustness.md test)"

head -c 1000000 /dev/urandom >"$scratch/bytes"
expect 'bytes pass both ways unchanged' "$(sha256sum <"$scratch/bytes")" \
    "$(on_machine -- cat <"$scratch/bytes" | sha256sum)"
expect 'a pipe that ends is an end of input' 'one two' "$(echo one two | on_machine -- cat)"
expect 'stdout and stderr stay apart' 'out/err' \
    "$(on_machine -- sh -c 'echo out; echo err >&2' 2>"$scratch/err" </dev/null)/$(<"$scratch/err")"
expect 'what the command leaves running does not hold the machine' 0 \
    "$(status_of timeout 60 ./run machine --no-build -- sh -c 'sleep 1000 & exit 0')"

# Two at a time, so that no two pages that lie side by side in one are side by side in the machine's memory
expect 'a process may touch more pages than the host gives it mappings' 0 "$(status_of on_machine -- python3 -c '
import mmap
first, second = (mmap.mmap(-1, 50000 * 4096, flags=mmap.MAP_PRIVATE) for _ in range(2))
for page in range(0, 50000 * 4096, 4096):
    first[page] = second[page] = 1
assert all(memory[page] == 1 for memory in (first, second) for page in range(0, 50000 * 4096, 4096))')"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/tarmac
on_machine -- sh -c 'echo x >/usr/tarmac-was-here; echo x >>/etc/passwd; rm /usr/bin/grim' </dev/null >/dev/null 2>&1 || true
expect 'the machine cannot write the cached root' '' \
    "$(find "$cache"/root-*/ -maxdepth 2 -name tarmac-was-here; grep -lx x "$cache"/root-*/etc/passwd || true)"
expect 'nor remove anything there' yes \
    "$(on_machine -- sh -c '[ -x /usr/bin/grim ] && echo yes' </dev/null)"

on_machine -- sh -c "echo written >'$scratch/by machine'" </dev/null
expect 'the checkout is writable at its own path' written "$(cat "$scratch/by machine")"
expect 'the working directory is kept' "$checkout/test" "$(cd test && ../run machine --no-build -- pwd </dev/null)"
expect 'outside the checkout, the working directory is the checkout' "$checkout" \
    "$(cd / && "$checkout/run" machine --no-build -- pwd </dev/null)"

# shellcheck disable=SC2016
expect 'the devices are there' '' "$(on_machine -- sh -c '
    for node in dri/renderD128 dri/card0 dri/card1 udmabuf dma_heap/system video0 uinput; do
        [ -c /dev/$node ] || echo "no /dev/$node"
    done
    [ -e /sys/kernel/debug/sync/sw_sync ] || echo "no sw_sync"
    udevadm info /dev/dri/renderD128 | grep -q DEVNAME || echo "no udev"
    [ -d "$XDG_RUNTIME_DIR" ] || echo "no XDG_RUNTIME_DIR"' </dev/null)"
expect 'the camera exports dma-bufs' 0 \
    "$(status_of on_machine -- v4l2-ctl -d /dev/video0 --stream-mmap --export-device /dev/video0 --stream-count 2)"

expect '--cpus is kept to' '1 3' \
    "$(on_machine --cpus 1 -- nproc </dev/null) $(on_machine --cpus 3 -- nproc </dev/null)"
# shellcheck disable=SC2016
memory=$(on_machine --mem 700M -- awk '$1 == "MemTotal:" { print int($2 / 1024) }' /proc/meminfo </dev/null)
expect "--mem is kept to ($memory)" yes "$( ((memory > 600 && memory <= 700)) && echo yes)"

# One whose script gives a file to another user.
expect '--with adds a package, and leaves out what only may be there' 'D-Bus' \
    "$(on_machine --with 'dbus,no-such-package-anywhere?,hello/nosuite?' -- dbus-daemon --version </dev/null | grep -o '^D-Bus')"
expect '--with leaves the base as it was' 127 "$(status_of on_machine -- dbus-daemon)"
expect '--with names the package that is not there' 1 \
    "$(on_machine --with no-such-package-anywhere -- true </dev/null 2>&1 | grep -c 'no package no-such-package-anywhere')"

# The machine with a GPU, if there is one (suite.sh says why not)
on_gpu() { on_machine --gpu "$@"; }
if [[ $(status_of on_gpu -- true) == 0 ]]; then
    expect '--gpu: a status comes out' 3 "$(status_of on_gpu -- sh -c 'exit 3')"
    expect '--gpu: bytes pass both ways unchanged' "$(sha256sum <"$scratch/bytes")" \
        "$(on_gpu -- cat <"$scratch/bytes" | sha256sum)"
    # shellcheck disable=SC2016
    expect '--gpu: stdout and stderr stay apart, in the working directory' "$checkout/test/err" \
        "$(cd test && ../run machine --gpu --no-build -- sh -c 'printf %s "$PWD"; echo err >&2' 2>"$scratch/err" </dev/null)/$(<"$scratch/err")"
    # shellcheck disable=SC2016
    expect '--gpu: the first node is the GPU, and --devices adds others' 'virtio-pci
4' "$(on_gpu -- sh -c 'basename "$(readlink /sys/class/drm/renderD128/device/driver)"' </dev/null)
$(on_gpu --devices vgem,vkms,bochs -- sh -c 'ls /sys/class/drm | grep -c "^card[0-9]*$"' </dev/null)"
    expect '--devices wants --gpu' 1 "$(status_of on_machine --devices vgem -- true)"
fi

# A project of one file, since the whole takes minutes
project=$scratch/project
mkdir -p "$project/test"
cp run "$project"
cp -r test/machine "$project/test"
echo 'int main() {}' >"$project/one.cpp"
printf '%s\n' "project('one', 'cpp')" "executable('one', 'one.cpp', install: true)" "import('pkgconfig').generate(name: 'one', description: 'one')" >"$project/meson.build"
object=.build/gcc/one.p/one.cpp.o
expect 'a checkout is built' 0 "$(status_of "$project/run" build)"
built=$(stat -c %y "$project/$object")
mv "$project" "$project.moved"
expect 'a built checkout that was moved is built' 0 "$(status_of "$project.moved/run" build)"
expect 'with the objects that it had' "$built" "$(stat -c %y "$project.moved/$object")"
cp -r "$project.moved" "$project.copied"
expect 'so is one that was copied' 0 "$(status_of "$project.copied/run" build)"
expect 'and installed in its own place' "$project.copied/.build/prefix" \
    "$(sed -n 's/^prefix=//p' "$project.copied/.build/prefix/lib/pkgconfig/one.pc")"

# What ends ./run ends what it started, so that the next one needn't wait for the lock.
slow=$scratch/slow
mkdir -p "$slow/test"
cp run "$slow"
cp -r test/machine "$slow/test"
mkfifo "$slow/begun"
exec 8<>"$slow/begun"
printf '%s\n' "project('slow', 'cpp')" \
    "custom_target('slow', output: 'slow', build_by_default: true, command: ['sh', '-c', 'echo >@SOURCE_ROOT@/begun; exec sleep 60'])" >"$slow/meson.build"

# ended_by SIGNAL TO COMMAND: its status, and who holds the lock then. TO is a - for its whole process group.
ended_by() {
    local status=0 sent patience=(-n)
    # Bash has what it starts in the background ignore SIGINT.
    setsid env --default-signal=INT "$slow/run" "$3" </dev/null >/dev/null 2>&1 &
    read -r -t 120 <&8 || echo 'did not begin'
    sent=$SECONDS
    kill "-$1" -- "$2$!"
    wait "$!" 2>/dev/null || status=$?
    ((SECONDS - sent < 30)) || echo 'late'
    # Nobody waits for what is killed.
    [[ $1 != KILL ]] || patience=(-w 20)
    flock "${patience[@]}" "$slow/.build/gcc.lock" true || echo 'locked'
    echo "$status"
}
for signal in HUP/129 INT/130 TERM/143 KILL/137; do
    expect "SIG${signal%/*} ends ./run build" "${signal#*/}" "$(ended_by "${signal%/*}" '' build)"
    expect "SIG${signal%/*} ends ./run build and its process group" "${signal#*/}" "$(ended_by "${signal%/*}" - build)"
done
expect 'SIGTERM ends ./run test' 143 "$(ended_by TERM '' test)"

# What it starts may ignore signals, and who waits may lose patience.
cp -r "$slow" "$scratch/stubborn"
echo "in_root() {
    trap 'echo >$slow/begun' TERM
    echo >'$slow/begun'
    while true; do sleep 60 || true; done
}" >>"$scratch/stubborn/test/machine/build.sh"
ended_at_last() {
    local status=0
    setsid env --default-signal=INT "$scratch/stubborn/run" build </dev/null >/dev/null 2>&1 &
    read -r -t 120 <&8 || echo 'did not begin'
    kill -TERM "$!"
    read -r -t 20 <&8 || echo 'was not asked to end'
    kill -INT "$!"
    timeout 50 tail --pid="$!" -f /dev/null || { echo 'late'; kill -KILL "$!"; }
    wait "$!" 2>/dev/null || status=$?
    flock -n "$scratch/stubborn/.build/gcc.lock" true || echo 'locked'
    echo "$status"
}
expect 'SIGTERM and then SIGINT end it with a build that ignores them' 143 "$(ended_at_last)"

# Where there is no kernel yet, it is made beside the build: both fail when they are told to.
both=$scratch/both
mkdir -p "$both/test" "$scratch/cache/tarmac"
for root in "$cache"/root-????????????; do ln -s "$root" "$scratch/cache/tarmac"; done
cp run "$both"
cp -r test/machine "$both/test"
mkfifo "$both"/{begun,build,kernel}
exec 3<>"$both/begun" 4<>"$both/build" 5<>"$both/kernel"
printf '%s\n' "project('both', 'cpp')" \
    "custom_target('both', output: 'both', build_by_default: true, command: ['sh', '-c', 'cd @SOURCE_ROOT@; echo >begun; read -r line <build; exit 1'])" >"$both/meson.build"
echo "build_kernel() {
    cd '$both'
    echo >begun
    read -r line <kernel
    echo 'cause: it was told to fail'
    return 1
}" >>"$both/test/machine/kernel.sh"

# both_until COMMAND…: starts ./run machine there, and when both have begun, COMMAND with its process's number.
# Prints the status, the last line that it wrote, and what is locked.
both_until() {
    local status=0
    XDG_CACHE_HOME=$scratch/cache setsid env --default-signal=INT "$both/run" machine -- true </dev/null >"$scratch/both.log" 2>&1 &
    for _ in build kernel; do read -r -t 120 <&3 || echo 'one did not begin'; done
    "$@" "$!"
    timeout 30 tail --pid="$!" -f /dev/null || { echo 'late'; kill "$!"; }
    wait "$!" 2>/dev/null || status=$?
    # Nobody waits for what is killed.
    flock -w 20 "$both/.build/gcc.lock" true || echo 'the build is locked'
    flock -w 20 "$scratch/cache/tarmac/kernel-um.lock" true || echo 'the kernel is locked'
    echo "$status"
    tail -n 1 "$scratch/both.log"
}
tell() { echo >&"$1"; }
expect 'a kernel that fails ends the build beside it, and says why' \
    "1
kernel: ./run: Building the machine's kernel: failed. it was told to fail. Log: $scratch/cache/tarmac/log/kernel-um.log" "$(both_until tell 5)"
expect 'a build that fails ends the kernel beside it, and says why' \
    "1
build: ./run: Building (gcc): failed with status 1, and the lines above may say why. Log: $both/.build/log/gcc.log" "$(both_until tell 4)"
for signal in INT/130 TERM/143 KILL/137; do
    expect "SIG${signal%/*} ends both" "${signal#*/}" "$(both_until kill "-${signal%/*}" 2>/dev/null | head -n 1)"
done

exec 7>"$slow/.build/gcc.lock"
flock 7
exec 6< <(exec setsid "$slow/run" build </dev/null 2>&1 7>&-)
waiting=$!
until [[ ${line:-} == *'waiting for it'* ]]; do read -r -t 60 line <&6 || break; done
expect 'who has the lock is waited for' "Another ./run has the lock $slow/.build/gcc.lock: waiting for it." "$line"
kill "$waiting"
ended=at\ once
timeout 30 tail --pid="$waiting" -f /dev/null || ended=late
exec 7>&-
status=0
wait "$waiting" || status=$?
expect 'but no longer than until SIGTERM' '143 at once' "$status $ended"
