#!/usr/bin/env python3
"""Writes the tables of doc/robustness.md from what tests and fuzzing have written down.

robustness.py RECORDS FUZZ DOC: RECORDS is a directory, whose files have a line for what a case has
tried, NAME, NUMBER, WHAT and OUTCOME with tabs between (test/support/tried.hpp); FUZZ is a file with
a line for each run of a target: TARGET, EXECUTIONS, REQUESTS, SECONDS and OUTCOME. Those are added to
what the page has, and FUZZ is removed then.
robustness.py --check DOC SOURCES: says where the tables name a case that there isn't.
"""
import pathlib
import re
import sys

BEGIN, END = "<!-- tried: written by ./run robustness -->", "<!-- end of tried -->"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def lines_of(path):
    return [line.split("\t") for line in path.read_text().splitlines()] if path.exists() else []


def suite_table(records):
    """What was tried in all builds together; what failed in one is told."""
    sums, failed = {}, set()
    for path in sorted(records.glob("*")):
        for case, number, what, outcome in lines_of(path):
            sums[case, what] = sums.get((case, what), 0) + int(number)
            if outcome != "passed":
                failed.add((case, what))
    return table(["what must hold", "how often", "tried", "outcome"],
                 [[case, f"{number:,}", what, "**failed**" if (case, what) in failed else "held"]
                  for (case, what), number in sorted(sums.items())]) if sums else ""


FUZZ_HEAD = ["target", "executions", "requests", "minutes", "runs that found something", "of the aim", "hours to it"]


def progress(target, executions, requests, minutes):
    """How much of the aim was reached, and how long the rest takes at that rate: of wire, which writes several requests
    an execution, 100 million requests, of the others 10 million executions."""
    done, aim = (requests, 100_000_000) if target == "wire" else (executions, 10_000_000)
    if done >= aim:
        return ["100%", ""]
    return [f"{done / aim:.1%}", f"{(aim - done) / done * minutes / 60:.1f}" if done and minutes else ""]


def fuzz_table(path, old):
    """What the table `old` says, and the runs since."""
    sums = {row[0]: [int(cell.replace(",", "") or 0) for cell in row[1:5]]
            for row in ([cell.strip() for cell in line.strip("|").split("|")]
                        for line in old.splitlines()[2:])}
    for target, *numbers, seconds, outcome in lines_of(path):
        added = [*map(int, numbers), round(int(seconds) / 60), int(outcome != "no crash")]
        sums[target] = [a + b for a, b in zip(sums.get(target, [0] * len(added)), added)]
    return table(FUZZ_HEAD, [[target, *(f"{n:,}" if n or i != 1 else "" for i, n in enumerate(row)),
                              *progress(target, *row[:3])]
                             for target, row in sorted(sums.items())]) if sums else ""


def write(records, fuzz, doc):
    text = doc.read_text()
    before, rest = text.split(BEGIN)
    old, after = rest.split(END)
    # What isn't there now stays as it was.
    parts = dict(zip(("suite", "fuzz"), (old.strip("\n").split("\n\n") + ["", ""])[:2]))
    made = {"suite": suite_table(records), "fuzz": fuzz_table(fuzz, parts["fuzz"])}
    tables = [(made[name] or parts[name]).strip("\n") for name in ("suite", "fuzz")]
    middle = "\n\n".join(part for part in tables if part)
    doc.write_text(f"{before}{BEGIN}\n\n{middle}\n\n{END}{after}")
    fuzz.unlink(missing_ok=True)


def check(doc, sources):
    cases = "".join(path.read_text() for path in sources.rglob("*.cpp"))
    known = set(re.findall(r'"([^"\n]*)"', re.sub(r'"\s*\n\s*"', "", cases)))
    text = doc.read_text()
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        sys.exit(f"{doc} has no place for the tables: {BEGIN} … {END}")
    wrong = [row for row in re.findall(r"^\| (.*?) \|.*\| (?:held|\*\*failed\*\*) \|$", text, re.M)
             if row not in known]
    wrong += re.findall(r"^.*\*\*failed\*\*.*$", text, re.M)
    if wrong:
        sys.exit("of no case, or of one that failed:\n" + "\n".join(wrong))


if sys.argv[1] == "--check":
    check(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
else:
    write(*map(pathlib.Path, sys.argv[1:4]))
