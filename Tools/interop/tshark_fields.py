#!/usr/bin/python3
"""Compares, field by field, what Wireshark's ISO 7816 dissector finds in a trace with what this package's codec has.

    tshark_fields.py VSTORE

VSTORE is the program; it plays the demonstration once into a pcapng, and decodes that as JSON. tshark then reads the same
file with no settings. CLA, INS, P1, P2, Lc, body, SW1, SW2 of every APDU have to agree; so has the reader's name.
"""
import json
import subprocess
import sys
import tempfile

FIELDS = ["cla", "ins", "p1", "p2", "lc", "body", "sw1", "sw2"]


def ours(vstore, capture):
    """What the codec has: a row a packet."""
    out = subprocess.run([vstore, "apdu", "decode", "--to", "json", capture], check=True, capture_output=True, text=True)
    for line in out.stdout.splitlines():
        event = json.loads(line)
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
    """What tshark finds: a row a packet."""
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


def main():
    vstore = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        capture = folder + "/demo.pcapng"
        subprocess.run(
            [vstore, "demo", "--home", folder, "--trace-file", capture], check=True, stdout=subprocess.DEVNULL)
        # Resets of cards are packets of their own without an APDU.
        found = [row for row in theirs(capture) if row[1] or row[2]]
        known = list(ours(vstore, capture))
    if len(found) != len(known) or len(known) < 200:
        sys.exit(f"{len(known)} APDUs here, {len(found)} in tshark")
    compared = taken_for_atr = class_alone = 0
    for number, ((reader, codec), (interface, tshark, is_atr)) in enumerate(zip(known, found), 1):
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
        f"{len(known)} APDUs, {compared} fields the same; Wireshark shows the class alone of {class_alone} commands, "
        f"and takes {taken_for_atr} answers for an ATR")


main()
