#!/bin/bash
# Runs the picture tests with every renderer and writes what they say of each format as a page. Each
# machine has columns of its own, and leaves the others as they are:
#     ./run machine -- test/picture/formats.sh doc/formats.md picture
#     ./run machine --gpu --devices vgem -- test/picture/formats.sh doc/formats.md gpu
set -euo pipefail

page=$1 suite=$2
tests=$(dirname "$0")/../../.build/gcc/test/$suite-tests
report=$(mktemp)
before=$(mktemp)
[[ ! -f $page ]] || cp "$page" "$before"

TARMAC_FORMAT_REPORT=$report "$tests" '*shows every format*' >"$report.log" 2>&1 || tail -n 3 "$report.log" >&2

# shellcheck disable=SC2016 # backquotes are Markdown's
{
    printf '# What is seen of each format\n\n'
    printf 'Made by `test/picture/formats.sh` on the test machines (machine.md): GLES2 on llvmpipe with vgem, Vulkan on lavapipe and pixman without a DRM device; and GLES2 on a GPU with a driver, virtio-gpu and virgl, with buffers of its own and with memory that it refuses. '
    printf 'A client shows a card in dma-bufs, linear, in five sizes from 1×1 to 64×48, with odd sides, offsets and strides, planes in one dma-buf and in several, in both orders. On the GPU, whose machine is slow, the layout is also implicit, sizes are 64×48 and 37×35, and each format is tried with one of the other exporters. '
    printf 'grim takes the picture, and it is compared with one computed in double precision. '
    printf 'Exact are numbers of 8 bits; those of other widths and what is partly transparent may be 1 of 255 off, YUV 2.\n\n'
    printf 'A cell has the ways that buffers were imported, how many exporters were right of those tried, and the largest difference. '
    printf 'Dma-bufs that are read-only are tried with the formats that every renderer must take. `-` is what a renderer does not offer, or what GBM does not allocate.\n\n'
    printf 'A GPU hides its memory: a mapping of what it has drawn shows something else. So a buffer of its own is imported or refused, and refused with `failed` where the format and layout are offered for memory that can be read.\n\n'
    printf 'Pictures are as large as textures of the renderer, on pixman 32000 pixels wide and high; larger ones are refused.\n\n'
    printf 'Of a picture that is shown in part (`wp_viewport.set_source`) nothing else is seen where it is read, copied or converted, however it is scaled: all pixels that the part touches are content, and around them its edge is repeated. That is left out the first time that a client crops what it has shown whole without attaching a buffer, since a copied one is its own again. Where it is imported, wlroots mixes what lies around into the edge of what is scaled, as it does with shared memory.\n\n'
    printf 'What numbers mean as colours is shown right or refused with a sentence. Shown are YUV of the matrices BT.601, BT.709, BT.2020 and identity (Y, U and V are green, blue and red), and RGB, each in limited and full range; what a renderer does not draw so is converted. Taken for sRGB are the transfer functions of sRGB, gamma 2.2, BT.709, BT.601 and BT.2020 (H.273: 13, 4, 1, 6, 14, 15) and the primaries of BT.709 (1), or 2, which says nothing. All else is refused: PQ, HLG, linear light, the primaries of BT.2020 or BT.601. '
    printf 'A client that names coefficients and a range which its format cannot have (RGB anything but identity in full range, YUV just that) gets the error `pixel_format`, whatever way its buffer is shown. Straight alpha of dma-bufs is multiplied, but `tarmac-compositor` does not offer it to clients: it would go for shared memory and single pixels as well, whose alpha wlroots takes for premultiplied.\n\n'
    printf 'R8, R10, R12 and R16 are grey: drm_fourcc.h calls them red, but by a "direct relationship between channel value and brightness", which is what cameras (GREY), libcamera, GStreamer and displays take them for; GPUs would draw them red, so they are always read. Floats of one component are red.\n\n'
    printf 'Deep formats stay deep where they are imported, read or copied, as far as the renderer has their bits. What is converted has 8 bits: of RGB what the renderer does not read from memory, and YUV (P010, Y210, S010 and their like) wherever it is not imported.\n\n'
    sort -n -k 1,1 -s "$report" | awk -F '\t' '
        function format(name) {
            if (!(name in is_known)) {
                is_known[name] = 1
                order[++count] = name
            }
        }
        BEGIN {
            title["gles2"] = "GLES2"
            title["vulkan"] = "Vulkan"
            title["pixman"] = "pixman"
            title["gpu-own"] = "GPU: its own"
            title["gpu-others"] = "GPU: others"
            n = split("gles2 vulkan pixman gpu-own gpu-others", renderers, " ")
            for (i = 1; i <= n; i++) {
                columns[i] = title[renderers[i]]
                is_column[columns[i]] = 1
            }
        }
        # What the page had so far
        FILENAME == before {
            if ($0 !~ /^\| /)
                next
            width = split(substr($0, 3, length($0) - 4), cells, " \\| ")
            if (cells[1] == "format") {
                for (i = 2; i <= width; i++)
                    old_column[i] = cells[i]
            } else if (cells[1] in is_column) {
                summary[cells[1]] = $0
            } else if (2 in old_column) {
                old[++n_old] = cells[1]
                for (i = 2; i <= width; i++)
                    kept[cells[1], old_column[i]] = cells[i]
            }
            next
        }
        {
            column_of = title[$2]
            is_new[column_of] = 1
            format($3)
            if ($4 == "") {
                missing[$3, column_of] = 1
                lacking[column_of]++
                next
            }
            sub(/,.*/, "", $4)
            if (!((column_of, $4) in has_exporter)) {
                has_exporter[column_of, $4] = 1
                exporters[column_of] = exporters[column_of] (exporters[column_of] == "" ? "" : ", ") $4
            }
            tried[$3, column_of]++
            all[column_of]++
            if ($6 == "right") {
                right[$3, column_of]++
                good[column_of]++
            }
            split($5, parts, "+")
            for (i in parts)
                ways[$3, column_of, parts[i]] = 1
            if ($7 > worst[$3, column_of])
                worst[$3, column_of] = $7
        }
        function cell(f, c, text, i) {
            if (!(c in is_new))
                return (f, c) in kept ? kept[f, c] : "-"
            if ((f, c) in missing)
                return "**missing**"
            if (!((f, c) in tried))
                return "-"
            text = ""
            for (i = 1; i <= n_ways; i++) {
                if ((f, c, known_ways[i]) in ways)
                    text = text (text == "" ? "" : ", ") known_ways[i]
            }
            if (text == "refused" && right[f, c] == tried[f, c])
                return text
            text = text (text == "" ? "" : ": ") right[f, c] + 0 "/" tried[f, c] ", " worst[f, c] + 0
            return right[f, c] == tried[f, c] ? text : "**" text "**"
        }
        END {
            n_ways = split("renderer mapped refused", known_ways, " ")
            print "| renderer | dma-bufs of | right | wrong | missing formats |"
            print "|---|---|---|---|---|"
            for (i = 1; i <= n; i++) {
                c = columns[i]
                if (c in is_new)
                    printf "| %s | %s | %d | %d | %d |\n", c, exporters[c], good[c], all[c] - good[c], lacking[c]
                else if (c in summary)
                    print summary[c]
            }
            for (i = 1; i <= n_old; i++)
                format(old[i])
            heading = "| format |"
            rule = "|---|"
            for (i = 1; i <= n; i++) {
                heading = heading " " columns[i] " |"
                rule = rule "---|"
            }
            print ""
            print heading
            print rule
            for (i = 1; i <= count; i++) {
                row = "| " order[i]
                for (j = 1; j <= n; j++)
                    row = row " | " cell(order[i], columns[j])
                print row " |"
            }
        }
    ' before="$before" "$before" -
} >"$page"
rm "$report" "$report.log" "$before"
