#!/usr/bin/python3
"""Compares, field by field, what Wireshark's ISO 7816 dissector finds in a trace with what this package's codec finds.

    tshark_fields.py VSTORE

VSTORE is the program; it plays the demonstration into a pcapng, and decodes that as JSON. tshark then reads the same
file with no settings. CLA, INS, P1, P2, Lc, body, SW1, SW2 of every APDU have to agree; so has the reader's name. Then
the same with GSMTAP, where tshark's dissector for SIMs shows INS and status word of all, and P1 and P2 of some.
"""
import json
import subprocess
import sys
import tempfile

FIELDS = ["cla", "ins", "p1", "p2", "lc", "body", "sw1", "sw2"]


def ours(vstore, capture):
    """What the codec finds: one row per packet that holds an APDU or an answer to reset."""
    out = subprocess.run([vstore, "apdu", "decode", "--to", "json", capture], check=True, capture_output=True, text=True)
    for line in out.stdout.splitlines():
        event = json.loads(line)
        if "event" in event and "atr" in event:
            yield event["reader"], {"atr": bytes.fromhex(event["atr"])}
        if "command" in event:
            # Masked bytes are 00 in packets.
            command = bytes.fromhex(event["command"]["bytes"].replace("••", "00"))
            data = command[5:5 + command[4]] if len(command) > 5 else b""
            yield event["reader"], {
                "cla": command[0], "ins": command[1], "p1": command[2], "p2": command[3],
                "lc": len(data) or None, "body": data.hex() or None,
            }
        if "response" in event:
            answer = bytes.fromhex((event["response"]["bytes"] + event["response"]["status"]).replace("••", "00"))
            # Wireshark shows an answer's body with its status word.
            yield event["reader"], {"sw1": answer[-2], "sw2": answer[-1], "answer": answer}


def theirs(capture):
    """What tshark finds: one row per packet."""
    command = ["tshark", "-r", capture, "-T", "fields", "-E", "separator=|", "-e", "frame.interface_name"]
    for field in FIELDS:
        command += ["-e", "iso7816.apdu." + field]
    out = subprocess.run(command + ["-e", "iso7816.atr.init_char"], check=True, capture_output=True, text=True)
    for line in out.stdout.splitlines():
        reader, *values, atr = line.split("|")
        row = {}
        for field, value in zip(FIELDS, values):
            if value:
                row[field] = value if field == "body" else int(value, 0)
        yield reader, row, bool(atr)


def trace(vstore, folder, form):
    """Plays the demonstration into a file."""
    capture = f"{folder}/{form}.pcapng"
    subprocess.run(
        [vstore, "demo", "--home", folder, "--trace-file", capture, "--trace-format", form], check=True,
        stdout=subprocess.DEVNULL)
    return capture


def compare_gsmtap(vstore, folder):
    capture = trace(vstore, folder, "gsmtap")
    command = ["tshark", "-r", capture, "-Y", "_ws.malformed"]
    malformed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if malformed:
        sys.exit(f"malformed packets by GSMTAP:\n{malformed}")
    known = []
    for reader, row in ours(vstore, capture):
        if "atr" in row:
            continue
        if "cla" in row:
            known.append({"reader": reader, "ins": row["ins"], "p1": row["p1"], "p2": row["p2"]})
        else:
            known[-1]["sw"] = row["sw1"] << 8 | row["sw2"]
    names = ["ins", "p1", "p2", "sw"]
    # The dissector takes an answer to reset for a command, whatever GSMTAP says it is.
    wanted = 'gsm_sim.apdu.ins and not (frame.comment matches "^card ")'
    command = ["tshark", "-r", capture, "-Y", wanted, "-T", "fields", "-E", "separator=|",
               "-e", "frame.interface_name"]
    for name in names:
        command += ["-e", "gsm_sim.apdu." + name]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    if len(found) != len(known):
        sys.exit(f"{len(known)} exchanges here, {len(found)} in tshark by GSMTAP")
    compared = 0
    for number, (codec, line) in enumerate(zip(known, found), 1):
        reader, *values = line.split("|")
        if reader != codec["reader"] or not values[0] or ("sw" in codec) != bool(values[3]):
            sys.exit(f"exchange {number} by GSMTAP: {codec} here, {line} in tshark")
        for name, value in zip(names, values):
            if not value:
                continue
            if int(value, 0) != codec[name]:
                sys.exit(f"exchange {number} by GSMTAP, {name}: {codec[name]} here, {value} in tshark")
            compared += 1
    print(f"{len(known)} exchanges by GSMTAP, {compared} fields the same")


def main():
    vstore = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        compare(vstore, folder)
        compare_gsmtap(vstore, folder)


def compare(vstore, folder):
    capture = trace(vstore, folder, "pcapng")
    # Other events of a card are packets without an APDU.
    found = [row for row in theirs(capture) if row[1] or row[2]]
    known = list(ours(vstore, capture))
    if len(found) != len(known) or len(known) < 200:
        sys.exit(f"{len(known)} APDUs here, {len(found)} in tshark")
    compared = taken_for_atr = class_alone = 0
    for number, ((reader, codec), (interface, tshark, is_atr)) in enumerate(zip(known, found), 1):
        if "atr" in codec:
            if not is_atr or reader != interface:
                sys.exit(f"answer to reset, packet {number}: of {reader} here, {interface} {tshark} in tshark")
            compared += 1
            continue
        if is_atr and "answer" in codec and codec["answer"][0] in (0x3B, 0x3F):
            # Wireshark takes each answer that begins with 3B or 3F for an answer to reset.
            taken_for_atr += 1
            continue
        names = ["sw1", "sw2"] if "answer" in codec else FIELDS[:6]
        if "answer" not in codec and codec["cla"] >= 0x80 and "ins" not in tshark:
            names = ["cla"]
            class_alone += 1
        for name in names:
            if codec.get(name) != tshark.get(name):
                sys.exit(f"APDU {number}, {name}: {codec.get(name)} here, {tshark.get(name)} in tshark")
            compared += 1
        if reader != interface:
            sys.exit(f"APDU {number}: reader {reader} here, {interface} in tshark")
    print(
        f"{len(known)} APDUs and ATRs, {compared} fields the same; Wireshark shows the class alone of {class_alone} commands, "
        f"and takes {taken_for_atr} answers for an ATR")


main()
