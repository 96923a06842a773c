#!/bin/bash
# Runs tarmac-conformance in tarmac-compositor, sway, weston and labwc and writes what differs as a page:
#     ./run machine --with sway,labwc -- test/protocol/compare.sh doc/conformance.md
set -euo pipefail

page=$1
results=$(mktemp -d)
export WLR_BACKENDS=headless WLR_RENDERER_ALLOW_SOFTWARE=1
render_node=/dev/dri/renderD128

# ask NAME COMMAND…: starts the compositor COMMAND and asks it.
ask() {
    local name=$1 compositor socket
    shift
    rm -f "$XDG_RUNTIME_DIR"/wayland-*
    "$@" >"$results/$name.log" 2>&1 &
    compositor=$!
    # A compositor that listens answers as soon as it is ready.
    until socket=$(find "$XDG_RUNTIME_DIR" -name 'wayland-*' -type s -printf '%f') && [[ $socket ]]; do
        kill -0 "$compositor" || { cat "$results/$name.log" >&2; return 1; }
        sleep 0.05
    done
    WAYLAND_DISPLAY=$socket tarmac-conformance >"$results/$name" || [[ $? == 1 ]]
    kill "$compositor"
    wait "$compositor" || true
    printf '%s: %s\n' "$name" "$(tail -n 1 "$results/$name")"
}

# Columns of the page
compositors=(tarmac-compositor sway weston labwc)
gles2=(WLR_RENDERER=gles2 WLR_RENDER_DRM_DEVICE="$render_node")
ask tarmac-compositor tarmac-compositor --renderer gles2 --drm-device "$render_node"
ask 'tarmac-compositor with Vulkan' env WLR_RENDERER_FORCE_SOFTWARE=1 tarmac-compositor --renderer vulkan
ask 'tarmac-compositor with pixman' tarmac-compositor --renderer pixman
ask sway env "${gles2[@]}" sway -c /dev/null
ask weston weston --backend=headless --renderer=gl --socket=wayland-9
ask labwc env "${gles2[@]}" labwc

# shellcheck disable=SC2016 # backquotes are Markdown's
{
    printf '# What compositors answer\n\n'
    printf 'Made by `test/protocol/compare.sh` on the test machine: `tarmac-conformance` in tarmac-compositor, %s, %s and labwc %s, ' \
        "$(sway --version)" "$(weston --version)" "$(labwc --version | grep -o '[0-9][0-9.]*' | head -n 1)"
    printf 'with GLES2 on llvmpipe where nothing else is said, with dma-bufs of udmabuf. A case passes if the spec allows the answer; where it says that an error *may* be fatal, `failed` passes too. Skipped (-) is what a compositor does not offer.\n\n'
    printf '| compositor | passed | failed | skipped |\n|---|---|---|---|\n'
    for name in tarmac-compositor 'tarmac-compositor with '{Vulkan,pixman} "${compositors[@]:1}"; do
        tail -n 1 "$results/$name" | sed -E "s/([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped/| $name | \1 | \2 | \3 |/"
    done
    printf '\nThe cases that not all of them pass; an empty field passes.\n\n'
    printf '| case |%s\n|---|%s\n' "$(printf ' %s |' "${compositors[@]}")" "$(printf -- '---|%.0s' "${compositors[@]}")"
    awk -F '\t' '
        /^(ok|FAIL|skip) / {
            result = substr($1, 1, 4)
            name = substr($1, 7)
            if (!(name in seen)) {
                seen[name] = 1
                order[++count] = name
            }
            answer = ""
            if (result == "FAIL")
                answer = match($2, /got .*/) ? substr($2, RSTART + 4) : "fails"
            else if (result == "skip")
                answer = "-"
            sub(/zwp_linux_buffer_params_v1 /, "", answer)
            cell[name, FILENAME] = answer
        }
        END {
            for (i = 1; i <= count; i++) {
                failed = 0
                row = "| " order[i]
                for (file = 1; file < ARGC; file++) {
                    failed += cell[order[i], ARGV[file]] !~ /^-?$/
                    row = row " | " cell[order[i], ARGV[file]]
                }
                if (failed)
                    print row " |"
            }
        }
    ' "${compositors[@]/#/$results/}"
} >"$page"
