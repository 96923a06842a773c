#!/bin/bash
# Runs on the machine for ./run bench: every program of the bench, with its figures in a file each.
# measure.sh BUILD OUT LOG
set -uo pipefail
build=$1 out=$2 log=$3
failed=0

version_of() { dpkg-query -W -f "${2:-$1} \${Version}\n" "$1" 2>/dev/null || echo "${2:-$1} not installed"; }
{
    echo "kernel of the test machine $(uname -r)"
    version_of libwlroots-0.20 wlroots
    version_of libgl1-mesa-dri Mesa
    version_of libwayland-server0 libwayland
    version_of libgtk-4-1 GTK
    version_of sway
    version_of weston
} >"$out/machine"

TARMAC_BENCH=$out/side-by-side.json "$build/test/bench/side-by-side" -d yes '[bench]' 2>&1 | tee -a "$log" || failed=1
"$build/test/bench/bench-counts" >"$out/counts.json" 2> >(tee -a "$log") || failed=1
gtk=${build%/*}/bench/test/bench/bench-gtk
[[ ! -x $gtk ]] || TARMAC_BENCH=$out/gtk.json "$gtk" 2>&1 | tee -a "$log" || failed=1
exit "$failed"
