#!/bin/bash
# Runs on the machine for ./run demo: the compositor, a real client in it, a picture of both, and the
# table of what was imported. The arguments are the compositor, and where the picture goes.
set -euo pipefail

compositor_program=$1 picture=$2
log=$(mktemp)
trap 'kill "${compositor:-}" 2>/dev/null || true' EXIT

die() {
    printf 'demo: %s\n--- the compositor said:\n' "$1" >&2
    cat "$log" >&2
    exit 1
}

# Waits for the next event of that name, which the compositor writes when it happens.
await() {
    local line
    while read -r -t 30 line <&3; do
        [[ $line != "tarmac: $1 "* ]] || return 0
    done
    die "no \"$1\" within 30 seconds"
}

# Mesa's software rasterizer draws in threads and attaches no fence to its dma-bufs: without threads a
# picture is whole when it is shown.
export LP_NUM_THREADS=0

: >"$log"
WLR_BACKENDS=headless "$compositor_program" --renderer gles2 --drm-device /dev/dri/renderD128 \
    --size 640x400 --startup weston-simple-dmabuf-egl >"$log" 2>&1 &
compositor=$!
exec 3< <(tail --pid="$compositor" -s 0.05 -n +1 -f "$log")

await ready
socket=$(sed -n 's/^tarmac: ready.* socket=\([^ ]*\).*/\1/p' "$log")
await mapped
WAYLAND_DISPLAY=$socket grim "$picture" || die "grim took no picture"

kill -TERM "$compositor"
wait "$compositor" || die "the compositor ended with status $?"

awk '
    # A line of a table; the widths fit what the client sends.
    function row(client, size, fourcc, modifier, planes, way, time) {
        printf "%-26s %-9s %-15s %-10s %-6s %-9s %s\n", client, size, fourcc, modifier, planes, way, time
    }
    /^tarmac: imported / {
        for (i = 3; i <= NF; i++) {
            equals = index($i, "=")
            value[substr($i, 1, equals - 1)] = substr($i, equals + 1)
        }
        if (!imported++)
            row("CLIENT", "SIZE", "FOURCC", "MODIFIER", "PLANES", "IMPORT", "TIME")
        row(value["client"], value["size"], value["fourcc"], value["modifier"], value["planes"],
            value["way"], value["time"])
    }
    END { exit !imported }
' "$log" || die "no buffer imported"
