#!/usr/bin/python3
"""Compares how vstore, pyscard and ATR_analysis (pcsc-tools) read every concrete ATR of pcsc-tools' list.

Usage: atr_list.py VSTORE [--list FILE] [--analysis]

VSTORE is the program to drive: it reads all in one batch (vstore reader info --atr-list - --json). pyscard's class ATR
reads each in this process; with --analysis each goes through ATR_analysis too, which takes minutes. Every disagreement
is listed with its reason. The exit status is 0 if each has a known reason, else 1.
"""

import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter

from smartcard.ATR import ATR

LIST = "/usr/share/pcsc/smartcard_list.txt"

# Why two parsers may differ, in our favour or by choice. A difference without one of these reasons is a bug in one.
REASONS = {
    "tck-by-count": "a byte behind the historical bytes where only T=0 is named: no TCK by ISO/IEC 7816-3, 8.2.5, so we "
    "call it a byte too many; the peer takes any single byte there for TCK",
    "tck-hidden": "more than one byte behind the historical bytes: we check the first as TCK, the peer sees none",
    "tck-where-truncated": "historical bytes are missing: we call the last byte a historical byte",
    "di-7": "Di index 7 is 64 since ISO/IEC 7816-3:2006; the peer has it as reserved",
    "t15": "T=15 is no protocol but announces global interface bytes; the peer lists it among protocols",
    "cut-short": "the bytes end after an announced TD or earlier: the peer stops or fails",
    "long-tail": "more bytes than announced: the peer keeps them as historical bytes",
}


def concrete(path):
    pattern = re.compile(r"^[0-9A-Fa-f]{2}( [0-9A-Fa-f]{2})*\s*$")
    with open(path, encoding="utf-8", errors="replace") as file:
        return ["".join(line.split()).upper() for line in file if pattern.match(line)]


def ours(vstore, atrs):
    result = subprocess.run(
        [vstore, "reader", "info", "--atr-list", "-", "--json"], input="\n".join(atrs), text=True, capture_output=True
    )
    if result.returncode not in (0, 1):
        sys.exit(f"{vstore}: {result.stderr}")
    return [json.loads(line) for line in result.stdout.splitlines()]


def face(report):
    """Our result for an ATR, in the form used for the peers."""
    if "error" in report:
        return None
    named = {byte["name"]: byte["value"] for byte in report["bytes"]}
    interface = {name: value for name, value in named.items() if re.match(r"T[ABCD]\d", name)}
    wrong = any(problem.startswith("TCK is ") and "should" in problem for problem in report["problems"])
    return {
        "interface": interface,
        "historical": report["historicalBytes"],
        "tck": report.get("checkByte"),
        "tck right": None if report.get("checkByte") is None else not wrong,
        "protocols": sorted(report["protocols"]),
        "fi": report.get("fi"),
        "di": report.get("di"),
        "n": report["extraGuardTime"],
    }


def pyscard(text):
    try:
        atr = ATR(list(bytes.fromhex(text)))
    except IndexError:
        return None
    interface = {}
    for kind, values in (("TA", atr.TA), ("TB", atr.TB), ("TC", atr.TC), ("TD", atr.TD)):
        for level, value in enumerate(values, 1):
            if value is not None:
                interface[f"{kind}{level}"] = f"{value:02X}"
    number = lambda value: value if isinstance(value, int) else None
    return {
        "interface": interface,
        "historical": bytes(atr.getHistoricalBytes()).hex().upper(),
        "tck": None if atr.TCK is None else f"{atr.TCK:02X}",
        "tck right": None if atr.TCK is None else atr.checksumOK,
        "protocols": sorted(int(name[2:]) for name in atr.getSupportedProtocols()),
        "fi": number(atr.getClockRateConversion()),
        "di": number(atr.getBitRateFactor()),
        "n": atr.getGuardTime() or 0,
    }


def analysis(text, home):
    environment = {"PATH": "/usr/bin:/bin", "HOME": home}
    run = subprocess.run(["ATR_analysis", text], text=True, capture_output=True, env=environment, errors="replace")
    output = re.sub(r"\033\[\d+m", "", run.stdout).split("\nPossibly identified card")[0]
    interface = {
        f"T{kind}{level}": value for kind, level, value in re.findall(r"T([ABCD])\((\d)\) = ([0-9A-F]{2})", output)
    }
    historical = re.search(r"\+ Historical bytes: ([0-9A-F ]*)", output)
    check = re.search(r"\+ TCK = ([0-9A-F]{2}) +(\(correct|WRONG)", output)
    speed = re.search(r"TA\(1\) = .. --> Fi=(\w+), Di=(\w+)", output)
    protocols = sorted({int(value) for value in re.findall(r"Protocol T = (\d+)", output)}) or [0]
    number = lambda value: int(value) if value.isdigit() else None
    guard = re.search(r"Extra guard time: (\d+)", output)
    return {
        "interface": interface,
        "historical": historical.group(1).replace(" ", "") if historical else None,
        "tck": check.group(1) if check else None,
        "tck right": check.group(2) == "(correct" if check else None,
        "protocols": protocols,
        "fi": number(speed.group(1)) if speed else 372,
        "di": number(speed.group(2)) if speed else 1,
        "n": int(guard.group(1)) if guard else 0,
    }


def reason(field, mine, theirs, report):
    """The known reason why `field` differs, or None."""
    problems = report["problems"]
    extra = any("more bytes than announced" in problem for problem in problems)
    lost = any("fewer historical" in problem for problem in problems)
    if field in ("tck", "tck right"):
        if extra and mine["tck"] is None:
            return "tck-by-count"
        if extra and theirs["tck"] is None:
            return "tck-hidden"
        if lost or any("TCK is missing" in problem for problem in problems):
            return "tck-where-truncated"
    if field == "protocols" and 15 in theirs[field] and [x for x in theirs[field] if x != 15] == mine[field]:
        return "t15"
    if field == "protocols" and set(theirs[field]) == {15} and mine[field] == [0]:
        return "t15"
    ta1 = mine["interface"].get("TA1", "11")
    if field == "di" and ta1[1] == "7" and theirs[field] is None:
        return "di-7"
    if field == "historical":
        if extra and theirs[field] is not None and theirs[field].startswith(mine[field]):
            return "long-tail"
        if theirs[field] is None:
            return "cut-short"
        if lost:
            return "tck-where-truncated"
    return None


def compare(name, atrs, reports, theirs):
    reasons, unexplained = Counter(), []
    for text, report, their in zip(atrs, reports, theirs):
        mine = face(report)
        if mine is None or their is None:
            if (mine is None) != (their is None):
                unexplained.append(f"{text}: ours {report.get('error', 'reads it')}, {name} {'fails' if their is None else 'reads it'}")
            continue
        for field in mine:
            if mine[field] == their[field]:
                continue
            why = reason(field, mine, their, report)
            if why is None:
                unexplained.append(f"{text}: {field} is {mine[field]} with us, {their[field]} with {name}")
            else:
                reasons[(why, field)] += 1
                print(f"{name}\t{text}\t{field}\t{mine[field]}\t{their[field]}\t{why}")
    print(f"# {name}: {len(atrs)} ATRs, {sum(reasons.values())} fields differ for a known reason")
    for (why, field), count in sorted(reasons.items()):
        print(f"#   {count} {field}: {REASONS[why]}")
    print(f"# {name}: {len(unexplained)} without a reason")
    for line in unexplained:
        print(f"!\t{line}")
    return len(unexplained)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vstore")
    parser.add_argument("--list", default=LIST)
    parser.add_argument("--analysis", action="store_true")
    options = parser.parse_args()

    atrs = concrete(options.list)
    reports = ours(options.vstore, atrs)
    if len(reports) != len(atrs):
        sys.exit(f"{len(atrs)} ATRs went in and {len(reports)} reports came out")
    unread = [report for report in reports if "error" in report]
    kinds = Counter(re.sub(r"\b[0-9A-F]{1,2}\b", "#", problem) for report in reports for problem in report.get("problems", []))
    print(f"# ours: {len(atrs)} ATRs, {len(unread)} cannot be read")
    for report in unread:
        print(f"#   {report['atr']}: {report['error']}")
    for kind, count in sorted(kinds.items()):
        print(f"#   {count}: {kind}")

    faults = compare("pyscard", atrs, reports, [pyscard(text) for text in atrs])
    if options.analysis:
        with tempfile.TemporaryDirectory() as home:
            with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
                faults += compare(
                    "ATR_analysis", atrs, reports, list(pool.map(lambda text: analysis(text, home), atrs))
                )
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
