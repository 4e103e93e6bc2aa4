#!/usr/bin/python3
"""Stores credit on a card in a PC/SC reader: the host's end of the protocol, written in another language from
APDU/README.md, with pyscard and the cryptography package.

Usage: store_credit.py READER MASTER_KEY_HEX SERVICE CURRENCY MICRO_UNITS HTXN
The master key is CREDIT version 1 of a test issuer; never use a real one on a command line.
Prints the new balance in micro-units, as the card proved it.
"""
import os
import struct
import sys

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC
from smartcard.System import readers

PID = bytes.fromhex("00A1B2C330010001")
CREDIT, STORE_CREDIT = 1, 1


def cmac(key, message):
    mac = CMAC(algorithms.AES(key))
    mac.update(message)
    return mac.finalize()


def ctr(key, direction, op, seq, text):
    icb = bytes([direction, op, seq]) + bytes(13)
    encryptor = Cipher(algorithms.AES(key), modes.CTR(icb)).encryptor()
    return encryptor.update(text) + encryptor.finalize()


def send(connection, header, data):
    answer, sw1, sw2 = connection.transmit(list(header) + [len(data)] + list(data) + [0])
    status = sw1 << 8 | sw2
    if status != 0x9000:
        sys.exit("%s was answered %04X" % (header.hex(), status))
    return bytes(answer)


def main():
    name, master, service, currency, amount, htxn = sys.argv[1:]
    reader = next(reader for reader in readers() if str(reader) == name)
    connection = reader.createConnection()
    connection.connect()
    send(connection, bytes.fromhex("00A40400"), bytes.fromhex("F05653544F5245"))

    r1 = os.urandom(16)
    answer = send(connection, bytes([0x80, 0x50, CREDIT, 1]), PID + r1)
    eid, nt, r2, s2 = answer[:8], answer[8:12], answer[12:28], answer[28:]
    key = cmac(bytes.fromhex(master), b"\x01" + eid + bytes([CREDIT, 1]) + b"ValueStore")
    context = bytes([CREDIT, 1]) + PID + eid + nt + r1 + r2
    enc_a, mac_a, enc_e, mac_e = (
        cmac(key, struct.pack(">I", i) + b"VS1 session\0" + context + struct.pack(">I", 512)) for i in range(1, 5)
    )
    if s2 != cmac(mac_e, bytes([2, CREDIT, 1]) + PID + r1 + eid + nt + r2):
        sys.exit("the card is not genuine")

    order = struct.pack(">QBHQI", int(htxn), int(service), int(currency), int(amount), 1767225600)
    c3 = ctr(enc_a, 3, STORE_CREDIT, 0, order)
    s3 = cmac(mac_a, bytes([3, STORE_CREDIT, 0]) + s2 + c3)
    answer = send(connection, bytes([0x80, 0x52, STORE_CREDIT, 0]), c3 + s3)
    c4, s4 = answer[:-16], answer[-16:]
    if s4 != cmac(mac_e, bytes([4, STORE_CREDIT, 0]) + s3 + c4):
        sys.exit("the answer is not the card's: in doubt")
    status, card, balance, number = struct.unpack(">H8sQQ", ctr(enc_e, 4, STORE_CREDIT, 0, c4))
    if status != 0 or card != eid or number != int(htxn):
        sys.exit("the card decided %04X" % status)
    print(balance)


main()
