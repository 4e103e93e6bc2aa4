#!/usr/bin/python3
"""Compares the frames of our line with what others read and write, and our reader with a second one.

    Tools/interop/hdlc_agreement.py [--count N] [--seed S] [--printer PATH] [--packages [FOLDER]]

A program of the tests (swift build --product HDLCFramePrinter) prints frames, and streams with noise between frames and what our
reader finds in them. The reader here was written from ISO/IEC 13239 and IEC 62056-46 alone; it must find in every frame what the
program put in, and in every stream the same frames.
With --packages also dlms-cosem, which reads a meter's I, UA, RR and UI and writes a host's SNRM, DISC, I and RR, and gurux-dlms,
which writes those of a host: from FOLDER, where pip put them, or else from PyPI; the exit status is 75 where PyPI does not give
them. Exit status 1: something differs.
"""

import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import types

HERE = pathlib.Path(__file__).resolve().parent
FLAG = 0x7E


def main():
    options = arguments()
    tally = collections.Counter()
    with tempfile.TemporaryDirectory(prefix="hdlc-agreement-") as folder:
        peers = []
        if options.packages is not None:
            sys.path.insert(0, options.packages or install(folder))
            peers = [DLMSCosem(), Gurux()]
        lines = subprocess.Popen(
            [options.printer, str(options.seed), str(options.count)], stdout=subprocess.PIPE, text=True)
        for line in lines.stdout:
            entry = json.loads(line)
            if "stream" in entry:
                compare_stream(entry, tally)
                continue
            compare_frame(entry, tally)
            for peer in peers:
                peer.compare(entry, tally)
        if lines.wait() != 0:
            sys.exit("hdlc_agreement: the printer failed")
    for what, number in sorted(tally.items()):
        print(f"{number:8} {what}")
    if tally["frames"] + tally["streams"] != options.count:
        sys.exit("hdlc_agreement: frames are missing")
    return 1 if any(what.startswith("DIFFERS") for what in tally) else 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=2000, help="lines of the printer; one in twenty is a stream")
    parser.add_argument("--seed", type=int, default=13239, help="of the generator")
    parser.add_argument(
        "--printer", default=str(HERE.parent.parent / ".build/debug/HDLCFramePrinter"), help="the program")
    parser.add_argument(
        "--packages", nargs="?", const="", help="dlms-cosem and gurux-dlms too: their folder, else from PyPI")
    return parser.parse_args()


def install(folder):
    """Installs the packages of requirements-hdlc.txt from PyPI, checked by their hashes."""
    outcome = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--target", folder,
         "--requirement", str(HERE / "requirements-hdlc.txt")], capture_output=True, text=True)
    if outcome.returncode != 0:
        print(f"hdlc_agreement: PyPI does not give the packages: {outcome.stderr}", file=sys.stderr)
        sys.exit(os.EX_TEMPFAIL)
    return folder


def differs(tally, who, entry, theirs):
    tally[f"DIFFERS: {who}, {entry.get('kind', 'stream')}"] += 1
    if tally[f"DIFFERS: {who}, {entry.get('kind', 'stream')}"] <= 3:
        print(f"{who}\n  ours   {json.dumps(entry)}\n  theirs {theirs}", file=sys.stderr)


# --- The second reader.

TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ 0x8408 if byte & 1 else byte >> 1
    TABLE.append(byte)


def is_checked(data):
    """Whether the last two bytes are the check of those before them (ISO/IEC 13239, 4.2.5.2)."""
    rest = 0xFFFF
    for byte in data[:-2]:
        rest = rest >> 8 ^ TABLE[(rest ^ byte) & 0xFF]
    return rest ^ 0xFFFF == data[-2] | data[-1] << 8


def address(data, start):
    """The parts of an address, and how many bytes it has; None where it is not one of IEC 62056-46, 6.4.2."""
    for count in (1, 2, 4):
        part = data[start:start + count]
        if len(part) == count and part[-1] & 1 and not any(byte & 1 for byte in part[:-1]):
            bits = [byte >> 1 for byte in part]
            if count == 4:
                bits = [bits[0] << 7 | bits[1], bits[2] << 7 | bits[3]]
            return bits, count
    return None


KINDS = {0x83: "SNRM", 0x43: "DISC", 0x63: "UA", 0x0F: "DM", 0x87: "FRMR", 0x03: "UI"}


def read_frame(data):
    """What is between two flags, as a dictionary; None where it is not a frame of ours."""
    if len(data) < 8 or data[0] >> 4 != 0xA or (data[0] & 7) << 8 | data[1] != len(data) or not is_checked(data):
        return None
    destination = address(data, 2)
    source = destination and address(data, 2 + destination[1])
    if not source or (destination[1] == 1) == (source[1] == 1):
        return None
    is_command = source[1] == 1
    server, client = (destination, source) if is_command else (source, destination)
    end = 3 + destination[1] + source[1]
    if len(data) <= end:
        return None
    rest = data[end:-2]
    if len(rest) in (1, 2) or (rest and not is_checked(data[:end + 2])):
        return None
    control = data[end - 1]
    fields = {
        "isCommand": is_command, "device": server[0][0], "station": server[0][1], "count": server[1],
        "client": client[0][0], "isFinal": bool(control & 0x10), "isSegmented": bool(data[0] & 8),
        "information": rest[2:].hex().upper(),
    }
    if control & 1 == 0:
        fields.update(kind="I", send=control >> 1 & 7, receive=control >> 5)
    elif control & 0x0F in (1, 5):
        fields.update(kind="RR" if control & 0x0F == 1 else "RNR", receive=control >> 5)
    else:
        fields["kind"] = KINDS.get(control & 0xEF, str(control & 0xEF))
    return fields


def read_stream(data):
    """The frames in a stream, by the plainest means: at each flag, is what follows a frame that ends with a flag?"""
    found, place = [], 0
    while (place := data.find(FLAG, place)) >= 0:
        head = data[place + 1:place + 3]
        length = (head[0] & 7) << 8 | head[1] if len(head) == 2 else 0
        end = place + 1 + length
        if length and end < len(data) and data[end] == FLAG and read_frame(data[place + 1:end]):
            found.append(data[place:end + 1].hex().upper())
            place = end
        elif length and is_open(data[place + 1:], length):
            break
        else:
            place += 1
    return found


def is_open(data, length):
    """Whether a frame may have begun whose end has not come: a reader waits for it. Its header is good as far as it is there."""
    if data[0] >> 4 != 0xA or not 8 <= length <= 2042 or len(data) > length:
        return False
    if len(data) < 8:
        return True
    destination = address(data, 2)
    source = destination and address(data, 2 + destination[1])
    if not source or (destination[1] == 1) == (source[1] == 1):
        return False
    end = 3 + destination[1] + source[1]
    if length == end + 2:
        return True
    return length >= end + 5 and (len(data) < end + 2 or is_checked(data[:end + 2]))


def compare_frame(entry, tally):
    tally["frames"] += 1
    data = bytes.fromhex(entry["frame"])
    theirs = read_frame(data[1:-1])
    if data[0] != FLAG or data[-1] != FLAG or theirs != {key: entry[key] for key in entry if key != "frame"}:
        differs(tally, "second reader", entry, theirs)


def compare_stream(entry, tally):
    tally["streams"] += 1
    theirs = read_stream(bytes.fromhex(entry["stream"]))
    tally["frames in streams"] += len(theirs)
    if theirs != entry["found"]:
        differs(tally, "second reader", entry, theirs)


# --- Other people's.


class DLMSCosem:
    """dlms-cosem 25.1.0, a host's library."""

    def __init__(self):
        from dlms_cosem.hdlc import address, frames
        self.address, self.frames = address.HdlcAddress, frames

    def compare(self, entry, tally):
        name = f"{'writes' if entry['isCommand'] else 'reads'} {entry['kind']}"
        action = self.write if entry["isCommand"] else self.read
        try:
            result = action(entry)
        except Exception as error:  # Whatever it raises is a disagreement.
            return differs(tally, f"dlms-cosem {name}", entry, repr(error))
        if result is None:
            tally[f"dlms-cosem has no such frame: {name}"] += 1
        elif result is True:
            tally[f"dlms-cosem {name}"] += 1
        else:
            differs(tally, f"dlms-cosem {name}", entry, result)

    def read(self, entry):
        """True where it finds what the printer put in; None where it has no reader."""
        kinds = {
            "I": self.frames.InformationFrame, "UA": self.frames.UnNumberedAcknowledgmentFrame,
            "RR": self.frames.ReceiveReadyFrame, "UI": self.frames.UnnumberedInformationFrame,
        }
        if entry["kind"] not in kinds:
            return None
        frame = kinds[entry["kind"]].from_bytes(bytes.fromhex(entry["frame"]))
        found = {
            "client": frame.destination_address.logical_address, "device": frame.source_address.logical_address,
            "station": frame.source_address.physical_address, "information": frame.information.hex().upper(),
        }
        if entry["kind"] in ("I", "UI"):
            found.update(isFinal=frame.final, isSegmented=frame.segmented)
        if entry["kind"] == "I":
            found["send"] = frame.send_sequence_number
        if entry["kind"] in ("I", "RR"):
            found["receive"] = frame.receive_sequence_number
        return True if found == {key: entry[key] for key in found} else found

    def write(self, entry):
        """True where it writes the same bytes; None where it has no writer for such a frame."""
        server = self.address(entry["device"], entry["station"], "server", entry["count"] == 4)
        client = self.address(entry["client"], None, "client")
        if entry["kind"] == "SNRM" and not entry["information"]:
            frame = self.frames.SetNormalResponseModeFrame(server, client)
        elif entry["kind"] == "DISC":
            frame = self.frames.DisconnectFrame(server, client)
        elif entry["kind"] == "RR":
            frame = self.frames.ReceiveReadyFrame(server, client, receive_sequence_number=entry["receive"])
        elif entry["kind"] == "I":
            frame = self.frames.InformationFrame(
                server, client, bytes.fromhex(entry["information"]), segmented=entry["isSegmented"],
                final=entry["isFinal"], send_sequence_number=entry["send"], receive_sequence_number=entry["receive"])
        else:
            return None
        data = frame.to_bytes()
        return True if data == bytes.fromhex(entry["frame"]) else data.hex().upper()


class Gurux:
    """gurux-dlms 1.0.203, as a host."""

    def __init__(self):
        from gurux_dlms.GXByteBuffer import GXByteBuffer
        from gurux_dlms.GXDLMS import GXDLMS
        self.buffer, self.dlms = GXByteBuffer, GXDLMS

    def compare(self, entry, tally):
        if not entry["isCommand"]:
            return
        name = f"gurux-dlms writes {entry['kind']}"
        if entry["kind"] not in ("SNRM", "DISC", "I", "RR"):
            tally[f"gurux-dlms has no such frame: {entry['kind']}"] += 1
            return
        data = bytes.fromhex(entry["information"])
        beside = entry["count"] + 1 + len(data)
        if data and beside >> 8 != beside + 7 >> 8:
            # It takes the upper bits of the length before it adds the fields that every frame has.
            tally["gurux-dlms writes a wrong length: left out"] += 1
            return
        control = bytes.fromhex(entry["frame"])[3 + entry["count"] + 1]
        if control == 0:
            # For it that means the next number of its own.
            tally["gurux-dlms cannot be told to write control 00: left out"] += 1
            return
        shift = 14 if entry["count"] == 4 else 7
        settings = types.SimpleNamespace(
            isServer=False, clientAddress=entry["client"], serverAddress=entry["device"] << shift | entry["station"],
            serverAddressSize=entry["count"], hdlc=types.SimpleNamespace(maxInfoTX=len(data) + 3))
        buffer = None
        if data:
            # What does not fit sets the segmentation bit.
            buffer = self.buffer(data + (b"more" if entry["isSegmented"] else b""))
            buffer.position = 0
        theirs = bytes(self.dlms.getHdlcFrame(settings, control, buffer))
        if theirs == bytes.fromhex(entry["frame"]):
            tally[name] += 1
        else:
            differs(tally, name, entry, theirs.hex().upper())


if __name__ == "__main__":
    sys.exit(main())
