#!/bin/bash
# Runs the picture tests with every renderer and writes what they say of each format as a page:
#     ./run machine -- test/picture/formats.sh doc/formats.md
set -euo pipefail

page=$1
tests=$(dirname "$0")/../../.build/gcc/test/picture-tests
report=$(mktemp)

TARMAC_FORMAT_REPORT=$report "$tests" '*shows every format*' >"$report.log" 2>&1 || tail -n 3 "$report.log" >&2

# shellcheck disable=SC2016 # backquotes are Markdown's
{
    printf '# What is seen of each format\n\n'
    printf 'Made by `test/picture/formats.sh` on the test machine: GLES2 on llvmpipe with vgem, Vulkan on lavapipe and pixman without a DRM device. '
    printf 'A client shows a card in dma-bufs of %s, linear, in five sizes from 1×1 to 64×48, with odd sides, offsets and strides, planes in one dma-buf and in several, in both orders. ' \
        "$(cut -f 4 "$report" | awk 'NF && !seen[$0]++' | sort | paste -sd , | sed 's/,/, /g')"
    printf 'grim takes the picture, and it is compared with one computed in double precision. '
    printf 'Exact are numbers of 8 bits; those of other widths and what is partly transparent may be 1 of 255 off, YUV 2.\n\n'
    printf 'A cell has the ways that buffers landed, how many exporters were right of those tried, and the largest difference. '
    printf 'Dma-bufs that are read-only are tried with the formats that every renderer must take. `-` is what a renderer does not offer.\n\n'
    printf 'Pictures are as large as textures of the renderer, on pixman 32000 pixels wide and high; larger ones are refused.\n\n'
    printf 'Of a picture that is shown in part (`wp_viewport.set_source`) nothing else is seen where it is read, copied or converted, however it is scaled: all pixels that the part touches are content, and around them its edge is repeated. That is left out the first time that a client crops what it has shown whole without attaching a buffer, since a copied one is its own again. Where it is imported, wlroots mixes what lies around into the edge of what is scaled, as it does with shared memory.\n\n'
    printf 'What numbers mean as colours is shown right or refused with a sentence. Shown are YUV of the matrices BT.601, BT.709, BT.2020 and identity (Y, U and V are green, blue and red), and RGB, each in limited and full range; what a renderer does not draw so is converted. Taken for sRGB are the transfer functions of sRGB, gamma 2.2, BT.709, BT.601 and BT.2020 (H.273: 13, 4, 1, 6, 14, 15) and the primaries of BT.709 (1), or 2, which says nothing. All else is refused: PQ, HLG, linear light, the primaries of BT.2020 or BT.601. '
    printf 'A client that names coefficients and a range which its format cannot have (RGB anything but identity in full range, YUV just that) gets the error `pixel_format`, whatever way its buffer is shown. Straight alpha of dma-bufs is multiplied, but `tarmac-compositor` does not offer it to clients: it would go for shared memory and single pixels as well, whose alpha wlroots takes for premultiplied.\n\n'
    printf 'R8, R10, R12 and R16 are grey: drm_fourcc.h calls them red, but by a "direct relationship between channel value and brightness", which is what cameras (GREY), libcamera, GStreamer and displays take them for; GPUs would draw them red, so they are always read. Floats of one component are red.\n\n'
    printf 'Deep formats stay deep where they are imported, read or copied, as far as the renderer has their bits. What is converted has 8 bits: of RGB what the renderer does not read from memory, and YUV (P010, Y210, S010 and their like) wherever it is not imported.\n\n'
    sort -n -k 1,1 -s "$report" | awk -F '\t' '
        BEGIN {
            n = split("gles2 vulkan pixman", renderers, " ")
            title["gles2"] = "GLES2"
            title["vulkan"] = "Vulkan"
            title["pixman"] = "pixman"
        }
        {
            format = $3
            if (!(format in known)) {
                known[format] = 1
                order[++count] = format
            }
            if ($4 == "") {
                missing[format, $2] = 1
                lacking[$2]++
                next
            }
            tried[format, $2]++
            all[$2]++
            if ($6 == "right") {
                right[format, $2]++
                good[$2]++
            }
            split($5, parts, "+")
            for (i in parts)
                ways[format, $2, parts[i]] = 1
            if ($7 > worst[format, $2])
                worst[format, $2] = $7
        }
        END {
            print "| renderer | right | wrong | missing formats |"
            print "|---|---|---|---|"
            for (i = 1; i <= n; i++) {
                r = renderers[i]
                printf "| %s | %d | %d | %d |\n", title[r], good[r], all[r] - good[r], lacking[r]
            }
            print ""
            print "| format | GLES2 | Vulkan | pixman |"
            print "|---|---|---|---|"
            for (f = 1; f <= count; f++) {
                format = order[f]
                row = "| " format
                for (i = 1; i <= n; i++) {
                    r = renderers[i]
                    cell = "-"
                    if ((format, r) in missing)
                        cell = "**missing**"
                    if ((format, r) in tried) {
                        cell = ((format, r, "renderer") in ways ? "renderer" : "")
                        if ((format, r, "mapped") in ways)
                            cell = cell (cell == "" ? "" : ", ") "mapped"
                        cell = cell (cell == "" ? "" : ": ") right[format, r] + 0 "/" tried[format, r] ", " worst[format, r] + 0
                        if (right[format, r] != tried[format, r])
                            cell = "**" cell "**"
                    }
                    row = row " | " cell
                }
                print row " |"
            }
        }
    '
} >"$page"
rm "$report" "$report.log"
