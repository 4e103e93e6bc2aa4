#!/usr/bin/python3
"""Verifies a proof of `vstore host prove` without the records: that the audit trail has a receipt's entry.

Usage: audit_proof.py PROOF PUBLIC_KEY_HEX MARK
PROOF is the file, MARK is on the receipt (118-3F2A90C41B77D05E), and the key is the host's public key, from a source that is
trusted: never from whoever hands over the proof. Prints what the entry says, and ends with status 1 if the proof fails.

Written from the description of AuditRoot: RFC 9162 (Merkle trees), RFC 8032 (Ed25519, by the cryptography package).
"""
import hashlib
import json
import struct
import sys
from datetime import datetime, timezone

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LABEL = b"VS1 audit root\0"


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def root_of(leaf, index, size, path):
    """RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        raise ValueError("the position is outside its tree")
    last = size - 1
    for sibling in path:
        if last == 0:
            raise ValueError("a path is too long")
        if index % 2 == 1 or index == last:
            leaf = sha(b"\1", sibling, leaf)
            while index % 2 == 0 and index != 0:
                index, last = index >> 1, last >> 1
        else:
            leaf = sha(b"\1", leaf, sibling)
        index, last = index >> 1, last >> 1
    if last != 0:
        raise ValueError("a path is too short")
    return leaf


def verify(proof, key, mark):
    """Returns what the entry says, and when the root was signed; raises ValueError where the proof fails."""
    if proof["format"] != "valuestore audit proof 1":
        raise ValueError("another format: " + proof["format"])
    entry, hash_, head, statement = (bytes.fromhex(proof[name]) for name in ("entry", "hash", "head", "statement"))
    paths = {name: [bytes.fromhex(node) for node in proof[name]] for name in ("entryPath", "headPath")}
    writer, first, last, _, tree = struct.unpack(">IQQ32s32s", head)
    if statement[:15] != LABEL:
        raise ValueError("what is signed is no root")
    number, time, _, chains, root = struct.unpack(">QI32sI32s", statement[15:])

    form = entry[0]
    position = struct.unpack(">Q", entry[1:9] if form else entry[:8])[0]
    name = "%s%d-%s" % ("%d/" % writer if writer else "", position, hash_[:8].hex().upper())
    if name != mark:
        raise ValueError("the proof is of entry %s" % name)
    if not first <= position <= last:
        raise ValueError("the head does not cover the entry")
    if root_of(sha(b"\0", entry, hash_), position - first, last - first + 1, paths["entryPath"]) != tree:
        raise ValueError("the entry is not in the tree of its head")
    if root_of(sha(b"\0", head), proof["headIndex"], chains, paths["headPath"]) != root:
        raise ValueError("the head is not in the signed tree")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(proof["signature"]), statement)
    except InvalidSignature:
        raise ValueError("the root is not signed by this key") from None
    return read(entry), number, moment(time)


def moment(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(entry):
    """What an entry says: its time, its card or meter, and of a transaction number, currency, micro-units and state."""
    if entry[0] not in (1, 2):
        return "a sentence of an old file: " + repr(entry[12:])
    time, eid = struct.unpack(">I8s", entry[9:21])
    content = entry[25 if entry[0] == 1 else 33:]
    text = "%s  %s-%s-%s" % (moment(time), eid[:4].hex().upper(), eid[4:5].hex().upper(), eid[5:].hex().upper())
    if content[:2] == b"\1\1":
        operation, number, service, currency, amount, _ = struct.unpack(">BQBHQI", content[2:26])
        text += "  operation %02X, number %d, service %d, currency %d, %d micro-units" % (
            operation, number, service, currency, amount)
    return text + "  content " + content.hex()


def main():
    path, key, mark = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        proof = json.load(file)
    try:
        text, number, signed = verify(proof, bytes.fromhex(key), mark)
    except (ValueError, KeyError, struct.error, IndexError) as error:
        sys.exit("%s: not proved: %s" % (path, error))
    print("entry %s is covered by root %d, signed %s\n%s" % (mark, number, signed, text))


if __name__ == "__main__":
    main()
