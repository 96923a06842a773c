#!/usr/bin/env python3
"""Writes doc/performance.md and its plots from what the bench has measured.

report.py OUT DOC: OUT is where test/bench/measure.sh has put the figures; all of them go to
OUT/all.json too. What is missing there is left out.
"""
import json
import pathlib
import sys

from plot import bars, histograms


def load(path):
    """A program's figures, or nothing if it didn't get to any."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return {}


def facts_of(path):
    """NAME VALUE in each line; the name is all but the last word, but for the processor's."""
    facts = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        for name in ("processor", "commit", "date", "cores"):
            if line.startswith(name + " "):
                facts[name] = line[len(name) + 1:]
                break
        else:
            name, _, value = line.rpartition(" ")
            if value == "installed":
                name, value = name.removesuffix(" not"), "not installed"
            facts[name] = value
    return facts


def conversions_of(path):
    """The table that bench-conversions prints: format, size, GB/s, of memcpy."""
    rows = []
    for line in path.read_text().splitlines()[1:] if path.exists() else []:
        words = line.rsplit(maxsplit=3)
        if len(words) == 4 and "x" in words[1]:
            rows.append({"format": words[0].strip(), "size": words[1],
                         "gigabytes": float(words[2]), "ratio": float(words[3])})
    return rows


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows]) + "\n"


def duration(seconds):
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1e3:.2f} ms" if seconds < 0.1 else f"{seconds * 1e3:.0f} ms"


def verdict(figure, shown="{:.2f}"):
    if "bar" not in figure:
        return ""
    return f"≤ {shown.format(figure['bar'])}: " + ("reached" if figure["reached"] else "**missed**")


def ratio(figure):
    """With its interval, marked if that is wide."""
    value = figure["ratio"]
    return (f"{value['median']:.2f} ({value['low']:.2f}–{value['high']:.2f})"
            + ("" if figure["narrow"] else " *"))


# Why a bar may be missed
REASONS = {
    "connect + default feedback":
        "most of it is the connection itself, which is the same with both; ours also reads in /proc which process or"
        " application it is of, since what clients hold is shared out between those.",
    "commit of a cached buffer":
        "ours asks whether the client has finished drawing, and whether anybody still reads the buffer that goes back:"
        " a poll each. wlroots asks neither.",
    "create_immed + first commit":
        "ours imports when the buffer is made, so that `failed` can be told, and logs that; wlroots' surface then makes"
        " a texture of its own at the commit, for which OpenGL's context is made current once more.",
    "live buffer, not shown yet":
        "wlroots imports nothing before the first commit, ours has been imported.",
    "live buffer that was shown":
        "by less than what a kernel's pages make of it: the bytes themselves are below.",
    "client":
        "ours keeps what each client holds and may hold.",
    "thirteen large images, made and shown at once":
        "with GLES2 Mesa's rasterizer draws on this thread, here a large picture.",
    "large images whose memory isn't there yet":
        "with GLES2 Mesa's rasterizer draws on this thread, here from pages that nobody has touched before.",
    "a large image again and again":
        "with GLES2 Mesa's rasterizer draws on this thread, here a large picture.",
}


def reasons(names):
    """A sentence for each of those that missed a bar."""
    return "".join(f"\n- *{name}*: {REASONS[name]}" for name in dict.fromkeys(names) if name in REASONS) + "\n"


def is_missed(figure):
    return not all(part.get("reached", True) for part in (figure, figure.get("elapsed", {}), figure.get("processor", {})))


def write_requests(figures, plots):
    text = ("## What clients ask for\n\n"
            "One request after the other, each answered before the next, on GLES2 with Mesa's software rasterizer:"
            " the time that the client sees, and the processor time of the compositor. Beside *wlroots* the same"
            " compositor runs with wlroots' own handler. A ratio is ours to theirs: the median of pairs measured in"
            " turn, and the interval that holds it in 95 of 100 cases whatever the distribution (order statistics)."
            " Pairs were added until it was narrower than a tenth; * says that it was not when their number or time"
            " ended. A bar is reached if the interval lies below it or holds it.\n")
    for peer in dict.fromkeys(figure["peer"] for figure in figures):
        rows = []
        for figure in (f for f in figures if f["peer"] == peer):
            elapsed, processor = figure["elapsed"], figure["processor"]
            rows.append([figure["measure"], duration(elapsed["ours"]["median"]),
                         duration(elapsed["theirs"]["median"]), ratio(elapsed), verdict(elapsed),
                         duration(processor["ours"]["median"]),
                         duration(processor["theirs"]["median"]), ratio(processor),
                         verdict(processor), figure["pairs"]])
        text += f"\n### Beside {peer}\n\n" + table(
            ["", "time", "theirs", "ratio", "bar", "processor", "theirs", "ratio", "bar", "pairs"], rows)
    text += reasons(f["measure"] for f in figures if is_missed(f))
    bars(plots / "requests.svg", "Processor time of the compositor, of wlroots' (the line)",
         [(f["measure"], f["processor"]["ratio"]) for f in figures if f["peer"] == "wlroots"], 1)
    return text + "\n![Processor time of what clients ask for](performance/requests.svg)\n"


def write_turns(figures, plots):
    text = ("## The longest turn of the event loop\n\n"
            "Processor time of the compositor's main thread between two waits, while a client floods it. What draws"
            " the small screen is in it. The best of several times, since whatever else the host does counts as time"
            " of the thread.\n\n")
    peers = list(dict.fromkeys(f"{f['peer']}, {f['renderer']}" for f in figures))
    rows = []
    for flood in dict.fromkeys(f["flood"] for f in figures):
        cells = {f"{f['peer']}, {f['renderer']}": f for f in figures if f["flood"] == flood}
        rows.append([flood] + [
            "" if peer not in cells else cells[peer].get("skipped") or
            duration(cells[peer]["longest"]) + (" **missed**" if not cells[peer].get("reached", True) else "")
            for peer in peers])
    text += table(["flood"] + peers, rows)
    known = [f["bar"] for f in figures if "bar" in f]
    if known:
        text += f"\nOurs must not be longer than {duration(known[0])}.\n"
    sums = {peer: [sum(column) for column in zip(*(
        f["histogram"] for f in figures if "histogram" in f and f"{f['peer']}, {f['renderer']}" == peer))]
        for peer in peers}
    histograms(plots / "turns.svg", "Turns of all floods, by length",
               {peer: counts for peer, counts in sums.items() if counts})
    text += reasons(f["flood"] for f in figures if is_missed(f))
    return text + "\n![How many turns took how long](performance/turns.svg)\n"


def write_holdings(figures, plots):
    del plots
    rows = [[f["measure"], f["count"], f"{f['ours']['bytes']:.0f}", f"{f['theirs']['bytes']:.0f}",
             f"{f['ours']['descriptors']:.2f}", f"{f['theirs']['descriptors']:.2f}",
             f"≤ {f['bar']['bytes']:.0f} bytes, {f['bar']['descriptors']:.0f} descriptors: "
             + ("reached" if f["reached"] else "**missed**")] for f in figures]
    return ("## What is held\n\nBytes (proportional set size) and descriptors of the compositor's process, Mesa's"
            " share and libwayland's included, for each of so many.\n\n"
            + table(["", "of", "bytes", "wlroots'", "descriptors", "wlroots'", "bar"], rows)
            + reasons(f["measure"] for f in figures if is_missed(f)))


# Of wlroots' instructions, and system calls more than wlroots'
INSTRUCTIONS = {"create_immed": 1.5, "commit of a cached buffer": 1.5}
MORE_CALLS = {"create_immed": 2}


def judged(value, bar, shown="{}"):
    """A bar with what came of it; nothing without one."""
    return "" if bar is None else verdict({"bar": bar, "reached": value <= bar}, shown)


def write_counts(figures, plots):
    rows = []
    for figure in figures:
        name, ours, theirs = figure["operation"], figure["tarmac"], figure["wlroots"]
        more, instructions = MORE_CALLS.get(name), ours["instructions"] / theirs["instructions"]
        rows.append([name, f"{ours['instructions']:.0f}", f"{theirs['instructions']:.0f}", f"{instructions:.2f}",
                     judged(instructions, INSTRUCTIONS.get(name)),
                     f"{ours['syscalls']:.2f}", f"{theirs['syscalls']:.2f}",
                     judged(ours["syscalls"], None if more is None else theirs["syscalls"] + more, "{:.0f}")])
    bars(plots / "counts.svg", "Instructions, of wlroots' (the line)",
         [(f["operation"], {"median": f["tarmac"]["instructions"] / f["wlroots"]["instructions"]})
          for f in figures], 1)
    return ("## Instructions and system calls\n\nOf one operation in the whole process, libwayland included, with a"
            " renderer that does nothing: exact, as callgrind and strace count them.\n\n"
            + table(["", "instructions", "wlroots'", "ratio", "bar", "system calls", "wlroots'", "bar"], rows)
            + "\n![Instructions of an operation](performance/counts.svg)\n")


def write_memory(figures, plots):
    del plots
    rows = [[f["held"], f"{f['tarmac']['bytes']:.0f}", f"{f['wlroots']['bytes']:.0f}",
             judged(f["tarmac"]["bytes"], f["wlroots"]["bytes"] + 512 if f["held"] == "live buffer" else None, "{:.0f}"),
             f"{f['tarmac']['descriptors']:.0f}", f"{f['wlroots']['descriptors']:.0f}"] for f in figures]
    return ("## Memory without a driver's\n\nBytes from malloc() and descriptors, with that renderer, for each of many;"
            " a client has bound the global and was told its default feedback.\n\n"
            + table(["", "bytes", "wlroots'", "bar", "descriptors", "wlroots'"], rows))


# Of a memcpy of the output, at least
CONVERSIONS = {"NV12": 0.9, "YU12": 0.9, **dict.fromkeys(
    "P010 P012 P016 S010 P210 Y210 XR30 RG16 AB48 AB4H AYUV YUYV".split(), 0.5)}


def write_conversions(figures, plots):
    rows = []
    for figure in figures:
        bar, threads = CONVERSIONS.get(figure["format"].split()[0]), figure["all CPUs"]
        rows.append([figure["format"], figure["size"], f"{figure['gigabytes']:.2f}", f"{figure['ratio']:.2f}",
                     "" if bar is None else f"≥ {bar}: " + ("reached" if figure["ratio"] >= bar else "**missed**"),
                     *([f"{threads['gigabytes']:.2f}", f"{threads['ratio']:.2f}"] if threads else ["", ""])])
    bars(plots / "conversions.svg", "Conversions, of a memcpy of the output (the line)",
         [(f"{f['format']} {f['size']}", {"median": f["ratio"]}) for f in figures], 1)
    return ("## Conversions\n\nOn one thread, and on one for each CPU at once, beside a memcpy of as many bytes as come out"
            " on as many threads: medians of pairs measured in turn, with four pictures a thread.\n\n"
            + table(["format", "size", "GB/s", "of memcpy", "bar", "all CPUs: GB/s", "of memcpy"], rows)
            + "\n![Speed of conversions](performance/conversions.svg)\n")


def write_downloads(figures, plots):
    del plots
    rows = [[f["measure"], f["peer"], duration(f["elapsed"]["ours"]["median"]),
             duration(f["elapsed"]["theirs"]["median"]), ratio(f["elapsed"]), verdict(f["elapsed"])] for f in figures]
    return ("## Into memory\n\nA dma-buf's picture into memory, beside `gdk_texture_download()` of a texture that GTK's"
            " own builder made of it.\n\n" + table(["", "peer", "time", "theirs", "ratio", "bar"], rows))


FROM_NOTHING = """
## From nothing

`./run demo` in a fresh clone, with an empty cache, takes five minutes and some seconds on two cores: it says itself how long each
step took. A sixth of that goes into the root file system, where one core unpacks packages. All the rest has both cores busy with the
kernel beside the library and the compositor, some 300 CPU seconds for the one and 200 for the other. What could be left out has been:
drivers, tests, what isn't started. A debug information of lines alone would bring it below five minutes, but gdb would know no
variables then.
"""


def main(out, doc):
    every = load(out / "side-by-side.json") | load(out / "counts.json") | load(out / "gtk.json")
    on_all = {(f["format"], f["size"]): f for f in conversions_of(out / "conversions-all")}
    every["conversions"] = [f | {"all CPUs": on_all.get((f["format"], f["size"]))}
                            for f in conversions_of(out / "conversions")]
    every["machine"] = facts_of(out / "host") | facts_of(out / "machine")
    (out / "all.json").write_text(json.dumps(every, indent=1, ensure_ascii=False) + "\n")
    plots = doc / "performance"
    plots.mkdir(exist_ok=True)
    text = ("# Performance\n\nWritten by `./run bench`, which measures all of it anew. Times are good for the ratios"
            " beside them alone: the test machine makes system calls slower than a bare one.\n\n"
            + table(["measured on", ""], every["machine"].items()))
    if every.get("missing"):
        text += "\nNot compared: " + "; ".join(
            sorted({f"{m['peer']} ({m['why']})" for m in every["missing"]})) + ".\n"
    for name, write in (("requests", write_requests), ("turns", write_turns), ("holdings", write_holdings),
                        ("counts", write_counts), ("memory", write_memory), ("conversions", write_conversions),
                        ("downloads", write_downloads)):
        if every.get(name):
            text += "\n" + write(every[name], plots)
    (doc / "performance.md").write_text(text + FROM_NOTHING)


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
