#!/usr/bin/python3
"""Writes the vectors of APDU/vectors that are our own, from an authority and an element in Python, written from
APDU/README.md with the cryptography package: REFUND, SET CLOCK, a card that is blocked and taken back, an area unit's
quarter hours, packed, purses that are bound to one meter after another, a gas meter's debt, and letters in a slot.

Usage: vectors.py           writes them
       vectors.py --check   exit status 1 where a file differs from what would be written
"""
import copy
import hashlib
import json
import pathlib
import struct
import sys

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

FOLDER = pathlib.Path(__file__).resolve().parent.parent.parent / "APDU" / "vectors"
PID = "00A1B2C330010001"
CREDIT, USAGE, ADMIN, TRANSFER = 1, 3, 4, 5
STORE_CREDIT, READ_USAGE, STATUS, BIND, SET_STATE, SET_CLOCK, REFUND = 1, 3, 4, 7, 8, 9, 10
ADD_DEBT, REMIT_DEBT, ACCOUNT, POST, FETCH = 12, 13, 14, 15, 16
DONE, UNKNOWN, OTHER_CURRENCY, OVER, SHORT, SAME, STALE, MALFORMED, BLOCKED = 0, 1, 2, 3, 4, 6, 7, 8, 9
# Of a part of a letter, and of parts.
PART, PARTS = 200, 12
# Of the records of an answer: C4 and S4 have 255 bytes.
ROOM = 255 - 16 - 16
INTERVALS = {1: 3600, 7: 900, 8: 3600, 9: 900}


def cmac(key, message):
    mac = CMAC(algorithms.AES(key))
    mac.update(message)
    return mac.finalize()


def ctr(key, icb, text):
    encryptor = Cipher(algorithms.AES(key), modes.CTR(icb)).encryptor()
    return encryptor.update(text) + encryptor.finalize()


def check_value(key):
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return (encryptor.update(b"\x01" * 16) + encryptor.finalize())[:3]


def digits(data):
    return data.hex().upper()


def leb128(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


class Element:
    """An element with one purse, or with none where its service is None."""

    def __init__(self, name, eid, purposes, service, balance, limit, clock=0):
        keys = []
        for purpose in purposes:
            master = hashlib.sha256(f"{name}, master key {purpose}".encode()).digest()[:16]
            key = cmac(master, b"\x01" + bytes.fromhex(eid) + bytes([purpose, 1]) + b"ValueStore")
            keys.append({"purpose": purpose, "version": 1, "key": digits(key), "kcv": digits(check_value(key))})
        self.image = {
            "eid": eid, "state": 1, "nt": 7, "wrong": 0, "clock": clock, "keys": keys,
            "purses": [] if service is None
            else [{"service": service, "currency": 978, "limit": limit, "balance": balance}],
            "slots": [], "kept": [], "lastTable": 0, "tariffs": [], "usage": [],
        }

    def file_control_information(self):
        keys = b"".join(bytes([key["purpose"], key["version"]]) for key in self.image["keys"])
        own = bytes.fromhex("8008" + self.image["eid"] + "810101") + bytes([0x82, 1, self.image["state"]])
        own += bytes([0x83, len(keys)]) + keys
        inner = bytes.fromhex("8407F05653544F5245") + bytes([0xA5, len(own)]) + own
        return bytes([0x6F, len(inner)]) + inner

    def perform(self, op, c3):
        """Status and answer of an operation."""
        if op in (STORE_CREDIT, REFUND):
            return self.credit(op, c3)
        if op == STATUS:
            return self.status(c3)
        if op == SET_STATE:
            allowed = {0: {1, 3}, 1: {1, 2, 3}, 2: {1, 2, 3}, 3: {3}}
            if len(c3) != 1 or c3[0] not in allowed[self.image["state"]]:
                return MALFORMED, b""
            self.image["state"] = c3[0]
            return DONE, c3
        if op == SET_CLOCK:
            if len(c3) != 4 or self.kind not in (1, 2, 3, 4, 0x40, 0x41):
                return MALFORMED, b""
            before, self.image["clock"] = self.image["clock"], struct.unpack(">I", c3)[0]
            return DONE, struct.pack(">I", before)
        if op == READ_USAGE:
            return self.usage(c3)
        if op == BIND:
            return self.bind(c3)
        if op in (ADD_DEBT, REMIT_DEBT):
            return self.change_debt(op, c3)
        if op == ACCOUNT:
            return self.account(c3)
        if op == POST:
            return self.post(c3)
        if op == FETCH:
            return self.fetch(c3)
        raise ValueError(op)

    @property
    def kind(self):
        return int(self.image["eid"][8:10], 16)

    def usage(self, c3):
        if len(c3) != 15:
            return MALFORMED, b""
        _, series, first, last, cursor = struct.unpack(">IBIIH", c3)
        plain = series & 0x7F
        if plain not in INTERVALS or self.kind not in (1, 2, 3, 4, 0x40, 0x41):
            return MALFORMED, b""
        listed = [record for usage in self.image["usage"] if usage["series"] == plain for record in usage["records"]]
        records = [struct.unpack(">IIQ", bytes.fromhex(record)) for record in listed]
        records = [record for record in records if first <= record[0] <= last][cursor:]
        if series == plain:
            given = records[:ROOM // 16]
            page = b"".join(struct.pack(">IIQ", *record) for record in given)
        else:
            given, fields = [], b""
            for start, quantity, spent in records:
                more = leb128(quantity) + leb128(spent)
                follows = not given or start == given[-1][0] + INTERVALS[plain]
                if not follows or len(given) == 255 or 5 + len(fields) + len(more) > ROOM:
                    break
                given.append((start, quantity, spent))
                fields += more
            page = struct.pack(">IB", given[0][0], len(given)) + fields if given else b""
        following = 0xFFFF if len(given) == len(records) else cursor + len(given)
        return DONE, struct.pack(">IH", self.image["clock"], following) + page

    def bind(self, c3):
        if len(c3) != 39:
            return MALFORMED, b""
        service, currency, limit = struct.unpack(">BHQ", c3[:11])
        meter, version, kx, kcv = c3[11:19], c3[19], c3[20:36], c3[36:]
        is_bound = meter != bytes(8)
        if is_bound and (version == 0 or check_value(kx) != kcv or self.kind != 0x10 or meter[4] != service):
            return MALFORMED, b""
        if not is_bound and any(c3[19:]):
            return MALFORMED, b""
        if self.kind != 0x10 or service not in (1, 2, 3, 4):
            return 1, b""
        purses, slots, left = self.image["purses"], self.image["slots"], self.image.setdefault("left", [])
        purse = next((purse for purse in purses if purse["service"] == service), None)
        if purse and purse["currency"] != currency and purse["balance"]:
            return OTHER_CURRENCY, b""
        if not purse:
            purse = {"service": service, "balance": 0}
            purses.append(purse)
            purses.sort(key=lambda purse: purse["service"])
        purse.update(currency=currency, limit=limit)
        before = next((slot for slot in slots if slot["service"] == service), None)
        if before and before["meter"] == digits(meter):
            before.update(version=version, kx=digits(kx))
        else:
            if before:
                slots.remove(before)
                if before["nt"]:
                    left[:] = [debit for debit in left if debit["service"] != service]
                    left.append({key: before[key] for key in ("service", "meter", "nt", "amount")})
                    left.sort(key=lambda debit: debit["service"])
            if is_bound:
                self.image["bindings"] = self.image.get("bindings", 0) + 1
                slots.append({
                    "service": service, "meter": digits(meter), "version": version, "kx": digits(kx), "nt": 0,
                    "amount": 0, "balance": 0, "time": 0, "statusNT": 0, "statusTime": 0, "meterStatus": "",
                    "binding": self.image["bindings"],
                })
                slots.sort(key=lambda slot: slot["service"])
        number = next((slot["binding"] for slot in slots if slot["service"] == service), 0)
        debit = next((debit for debit in left if debit["service"] == service), None)
        if not left:
            del self.image["left"]
        answer = struct.pack(">BI", service, number)
        if not debit:
            return DONE, answer + bytes(20)
        return DONE, answer + bytes.fromhex(debit["meter"]) + struct.pack(">IQ", debit["nt"], debit["amount"])

    @property
    def debt(self):
        return self.image.get("account", {"debt": 0})["debt"]

    def owe(self, debt):
        self.image["account"]["debt"] = debt

    def order(self, op, c3, after):
        """What STORE CREDIT, REFUND, ADD DEBT and REMIT DEBT have in common: a number and its order, or an answer.

        after is balance or debt of now."""
        kept = self.image["kept"]
        purse = self.image["purses"][0]
        if len(c3) != 23:
            return None, (MALFORMED, b"")
        htxn, service, currency, amount, time = struct.unpack(">QBHQI", c3)
        if htxn == 0:
            return None, (MALFORMED, b"")
        for earlier in kept:
            if earlier["htxn"] == htxn:
                same = (earlier["op"], earlier["service"], earlier["currency"], earlier["amount"])
                if same != (op, service, currency, amount):
                    return None, (MALFORMED, b"")
                return None, (SAME, struct.pack(">QQ", after, htxn))
        if kept and htxn < kept[-1]["htxn"]:
            return None, (STALE, b"")
        if self.image["state"] == 2:
            return None, (BLOCKED, b"")
        if service != purse["service"]:
            return None, (UNKNOWN, b"")
        if currency != purse["currency"]:
            return None, (OTHER_CURRENCY, b"")
        return (htxn, amount, {
            "htxn": htxn, "op": op, "service": service, "amount": amount, "balance": 0, "time": time,
            "currency": currency, "table": 0,
        }), None

    def keep(self, record, after):
        record["balance"] = after
        self.image["kept"].append(record)
        del self.image["kept"][:-8]
        return DONE, struct.pack(">QQ", after, record["htxn"])

    def credit(self, op, c3):
        purse = self.image["purses"][0]
        order, answer = self.order(op, c3, purse["balance"])
        if answer:
            return answer
        _, amount, record = order
        # Nothing is in force in these elements: all of a credit repays debt.
        repaid = min(self.debt, amount) if op == STORE_CREDIT else 0
        balance = purse["balance"] + (amount - repaid if op == STORE_CREDIT else -amount)
        if balance > purse["limit"]:
            return OVER, b""
        if balance < 0:
            return SHORT, b""
        purse["balance"] = balance
        if repaid:
            self.owe(self.debt - repaid)
        return self.keep(record, balance)

    def change_debt(self, op, c3):
        if self.kind not in (1, 2, 3, 4):
            return MALFORMED, b""
        order, answer = self.order(op, c3, self.debt)
        if answer:
            return answer
        _, amount, record = order
        debt = self.debt + (amount if op == ADD_DEBT else -amount)
        if debt >= 2 ** 64:
            return OVER, b""
        if debt < 0:
            return SHORT, b""
        self.owe(debt)
        return self.keep(record, debt)

    def account(self, c3):
        if len(c3) != 1 or self.kind not in (1, 2, 3, 4):
            return MALFORMED, b""
        purse = self.image["purses"][0]
        if c3[0] != purse["service"]:
            return UNKNOWN, b""
        account = self.image["account"]
        return DONE, struct.pack(
            ">QQQQQQHHB", purse["balance"], account["inUse"], account["debt"], account["spent"], account["forfeited"],
            account["paid"], 0, 0, account["supply"])

    def post(self, c3):
        if len(c3) < 3:
            return MALFORMED, b""
        service, part, parts, data = c3[0], c3[1], c3[2], c3[3:]
        takes_back = parts == 0 and not data
        if not takes_back and (not 1 <= len(data) <= PART or parts > PARTS):
            return MALFORMED, b""
        slot = next((slot for slot in self.image["slots"] if slot["service"] == service), None)
        if not slot:
            return UNKNOWN, b""
        if takes_back:
            slot.pop("letter", None)
            self.parts = None
            return DONE, bytes([service, 0])
        if part >= parts:
            return MALFORMED, b""
        if part == 0:
            before = []
        elif self.parts and self.parts[0] == (service, parts) and len(self.parts[1]) == part:
            before = self.parts[1]
        else:
            return MALFORMED, b""
        self.parts = ((service, parts), before + [digits(data)])
        if part + 1 == parts:
            slot["letter"] = self.parts[1]
            self.parts = None
        return DONE, bytes([service, part + 1])

    def fetch(self, c3):
        slot = next(slot for slot in self.image["slots"] if slot["meter"] == self.pid)
        letter = slot.get("letter", [])
        if len(c3) != 1 or letter and c3[0] >= len(letter):
            return MALFORMED, b""
        if self.image["state"] == 2:
            return BLOCKED, b""
        return DONE, bytes([len(letter)]) + (bytes.fromhex(letter[c3[0]]) if letter else b"")

    def status(self, c3):
        if len(c3) != 9:
            return MALFORMED, b""
        htxn, service = struct.unpack(">QB", c3)
        kept = self.image["kept"]
        found = [earlier for earlier in kept if earlier["htxn"] == htxn]
        purse = next((purse for purse in self.image["purses"] if purse["service"] == service), {"balance": 0})
        highest, lowest = (kept[-1]["htxn"], kept[0]["htxn"]) if kept else (0, 0)
        if found:
            amount, balance = found[0]["amount"], found[0]["balance"]
        else:
            amount, balance = 0, purse["balance"]
        return DONE, struct.pack(">IQQBQQ", self.image["nt"], highest, lowest, len(found), amount, balance)


class Transcript:
    """A conversation with an element, step by step."""

    def __init__(self, name, description, section, element):
        self.name, self.element = name, element
        self.draws = {"authority": [], "element": [], "master": []}
        self.steps = []
        self.whole = {
            "name": name, "description": description, "section": section, "kind": "transcript",
            "setup": {
                "elements": [{"name": "element", "image": copy.deepcopy(element.image)}], "masters": [],
                "random": self.draws,
            },
            "steps": self.steps,
        }

    def draw(self, side):
        drawn = hashlib.sha256(f"{self.name}, {side}, {len(self.draws[side])}".encode()).digest()[:16]
        self.draws[side].append(digits(drawn))
        return drawn

    def step(self, label, command, response, **more):
        self.steps.append(
            {"label": label, "card": "element", "command": digits(command), "response": digits(response), **more})

    def select(self):
        answer = self.element.file_control_information()
        self.step(
            "SELECT the purse application", bytes.fromhex("00A4040007F05653544F524500"), answer + b"\x90\x00")

    def purse(self, label):
        purse = self.element.image["purses"][0]
        answer = struct.pack(">QHQQ", purse["balance"], purse["currency"], purse["limit"], 0)
        self.step(label, bytes([0x00, 0xCA, 0x01, purse["service"], 0x00]), answer + b"\x90\x00")

    def initialize(self, purpose, pid=PID):
        image = self.element.image
        self.element.parts, self.element.pid = None, pid
        if purpose == TRANSFER:
            key = {"key": next(slot["kx"] for slot in image["slots"] if slot["meter"] == pid)}
        else:
            key = next(key for key in image["keys"] if key["purpose"] == purpose)
        r1, r2 = self.draw("authority"), self.draw("element")
        image["nt"] += 1
        name, eid, nt = bytes([purpose, 1]), bytes.fromhex(image["eid"]), struct.pack(">I", image["nt"])
        context = name + bytes.fromhex(pid) + eid + nt + r1 + r2
        self.enc_a, self.mac_a, self.enc_e, self.mac_e = (
            cmac(
                bytes.fromhex(key["key"]),
                struct.pack(">I", index) + b"VS1 session\0" + context + struct.pack(">I", 512))
            for index in range(1, 5)
        )
        s2 = cmac(self.mac_e, b"\x02" + name + bytes.fromhex(pid) + r1 + eid + nt + r2)
        self.chain, self.seq = s2, 0
        self.step(
            f"INITIALIZE purpose {purpose:02} version 01",
            bytes([0x80, 0x50]) + name + b"\x18" + bytes.fromhex(pid) + r1 + b"\x00",
            eid + nt + r2 + s2 + b"\x90\x00",
            session={
                "key": key["key"], "purpose": purpose, "version": 1, "pid": pid, "eid": image["eid"],
                "nt": image["nt"], "r1": digits(r1), "r2": digits(r2), "context": digits(context),
                "encA": digits(self.enc_a), "macA": digits(self.mac_a), "encE": digits(self.enc_e),
                "macE": digits(self.mac_e), "s2": digits(s2),
            })

    def execute(self, label, op, plaintext, expected):
        icb3, icb4 = (bytes([direction, op, self.seq]) + bytes(13) for direction in (3, 4))
        chain = self.chain
        c3 = ctr(self.enc_a, icb3, plaintext)
        s3 = cmac(self.mac_a, bytes([3, op, self.seq]) + chain + c3)
        status, answer = self.element.perform(op, plaintext)
        assert status == expected, (label, status)
        c4_plain = struct.pack(">H", status) + bytes.fromhex(self.element.image["eid"]) + answer
        c4 = ctr(self.enc_e, icb4, c4_plain)
        s4 = cmac(self.mac_e, bytes([4, op, self.seq]) + s3 + c4)
        self.step(
            f"EXECUTE {label}", bytes([0x80, 0x52, op, self.seq, len(c3) + 16]) + c3 + s3 + b"\x00",
            c4 + s4 + b"\x90\x00",
            exchange={
                "op": op, "seq": self.seq, "chain": digits(chain), "c3Plain": digits(plaintext), "c3": digits(c3),
                "s3": digits(s3), "icb3": digits(icb3), "icb4": digits(icb4), "c4Plain": digits(c4_plain),
                "c4": digits(c4), "s4": digits(s4),
            })
        self.chain, self.seq = s4, self.seq + 1

    def text(self):
        final = {"elements": [{"name": "element", "image": self.element.image}], "masters": []}
        return json.dumps({**self.whole, "final": final}, indent=1) + "\n"


def order(htxn, service, amount, currency=978, time=1767225600):
    return struct.pack(">QBHQI", htxn, service, currency, amount, time)


def refund():
    meter = Element("refund", "00A1B2C301010079", [CREDIT, USAGE, ADMIN], 1, 5_000_000, 500_000_000, 1767225600)
    session = Transcript("refund", "credit taken off an electric meter, and what it refuses of that", "4", meter)
    session.select()
    session.initialize(CREDIT)
    session.execute("REFUND 3, HTXN 7", REFUND, order(7, 1, 3_000_000), DONE)
    session.execute("REFUND a micro-unit more than there is: 0004", REFUND, order(8, 1, 2_000_001), 4)
    session.execute("REFUND 3, HTXN 7 again: 0006", REFUND, order(7, 1, 3_000_000), SAME)
    session.execute("STORE CREDIT 3 under HTXN 7: 0008", STORE_CREDIT, order(7, 1, 3_000_000), MALFORMED)
    session.execute("REFUND under HTXN 6, below the highest: 0007", REFUND, order(6, 1, 1), STALE)
    session.execute("REFUND in another currency: 0002", REFUND, order(9, 1, 1, currency=410), 2)
    session.execute("STATUS of HTXN 7: found", STATUS, struct.pack(">QB", 7, 1), DONE)
    session.execute("REFUND of all that is left, HTXN 9", REFUND, order(9, 1, 2_000_000), DONE)
    session.execute("STORE CREDIT of nothing, HTXN 10", STORE_CREDIT, order(10, 1, 0), DONE)
    session.purse("GET DATA purse of electricity")
    return session


def set_clock():
    meter = Element("set-clock", "00A1B2C30201007A", [CREDIT, USAGE, ADMIN], 2, 0, 200_000_000, 1767225600)
    session = Transcript("set-clock", "the clock of a gas meter is set, forwards and back", "4", meter)
    session.select()
    session.initialize(ADMIN)
    session.execute("SET CLOCK an hour ahead", SET_CLOCK, struct.pack(">I", 1767229200), DONE)
    session.execute("SET CLOCK a byte short: 0008", SET_CLOCK, bytes(3), MALFORMED)
    session.execute("SET CLOCK back", SET_CLOCK, struct.pack(">I", 1767225601), DONE)
    session.initialize(USAGE)
    session.execute("STATUS(0)", STATUS, struct.pack(">QB", 0, 2), DONE)
    return session


def blocked():
    card = Element("blocked", "00A1B2C31001123B", [CREDIT, USAGE, ADMIN], 3, 4_000_000, 200_000_000)
    session = Transcript("blocked", "a card is blocked, still answers STATUS, and is taken back", "4", card)
    session.select()
    session.initialize(ADMIN)
    session.execute("SET STATE blocked", SET_STATE, b"\x02", DONE)
    session.execute("SET STATE blank: 0008", SET_STATE, b"\x00", MALFORMED)
    session.select()
    session.initialize(CREDIT)
    session.execute("STORE CREDIT 1, HTXN 1: 0009", STORE_CREDIT, order(1, 3, 1_000_000), BLOCKED)
    session.execute("REFUND 1, HTXN 1: 0009", REFUND, order(1, 3, 1_000_000), BLOCKED)
    session.execute("STATUS of HTXN 1: not found", STATUS, struct.pack(">QB", 1, 3), DONE)
    session.initialize(ADMIN)
    session.execute("SET STATE issued", SET_STATE, b"\x01", DONE)
    session.initialize(CREDIT)
    session.execute("STORE CREDIT 1, HTXN 1", STORE_CREDIT, order(1, 3, 1_000_000), DONE)
    session.purse("GET DATA purse of water")
    return session


def read_usage(series, first=0, last=0xFFFFFFFF, cursor=0):
    return struct.pack(">IBIIH", 1767225600, series, first, last, cursor)


def area_unit():
    unit = Element("area-unit", "00A1B2C341000003", [USAGE, ADMIN], None, 0, 0, 1767225600)
    start = 1767225600
    records = []
    # Numbers of one byte and of five; an hour without a record; the start that comes again after the clock was set back.
    for index in range(200):
        records.append((start, index % 3 if index < 150 else (1 << 28) + index, 0))
        start += 900 if index != 120 else 4500
    records.append((start - 900, 7, 0))
    unit.image["usage"] = [
        {"series": 7, "records": [digits(struct.pack(">IIQ", *record)) for record in records]},
        {"series": 9, "records": [digits(struct.pack(">IIQ", 1767225600, 1, 2 ** 64 - 1))]},
    ]
    session = Transcript("area-unit", "quarter hours of an area unit, packed; an element of kind 41", "6", unit)
    session.select()
    session.initialize(USAGE)
    cursor, page = 0, 1
    while cursor != 0xFFFF:
        session.execute(f"READ USAGE quarter hours, packed, page {page}", READ_USAGE, read_usage(0x87, cursor=cursor), DONE)
        cursor = int(session.steps[-1]["exchange"]["c4Plain"][28:32], 16)
        page += 1
    session.execute("READ USAGE quarter hours given back, packed", READ_USAGE, read_usage(0x89), DONE)
    session.execute("READ USAGE hours, packed: none", READ_USAGE, read_usage(0x81), DONE)
    session.execute("READ USAGE quarter hours from the second to the third", READ_USAGE,
                    read_usage(0x07, 1767226500, 1767227400), DONE)
    session.execute("READ USAGE weeks, packed: 0008", READ_USAGE, read_usage(0x83), MALFORMED)
    session.initialize(ADMIN)
    session.execute("SET CLOCK", SET_CLOCK, struct.pack(">I", 1767229200), DONE)
    session.execute("STATUS(0): no purse", STATUS, struct.pack(">QB", 0, 1), DONE)
    return session


def rebound():
    card = Element("rebound", "00A1B2C31001123C", [CREDIT, USAGE, ADMIN], 3, 4_000_000, 200_000_000)
    meters = ["00A1B2C30300007B", "00A1B2C30300007C", "00A1B2C30300007D"]
    card.image["bindings"] = 6
    card.image["slots"] = [{
        "service": 3, "meter": meters[0], "version": 1, "kx": digits(bytes(range(16))), "nt": 5, "amount": 1_500_000,
        "balance": 4_000_000, "time": 1767225600, "statusNT": 0, "statusTime": 0, "meterStatus": "", "binding": 6,
    }]

    def bind(meter, version, currency=978, service=3, limit=200_000_000):
        head = struct.pack(">BHQ", service, currency, limit) + bytes.fromhex(meter) + bytes([version])
        if not version:
            return head + bytes(19)
        kx = hashlib.sha256(f"{meter}, {version}".encode()).digest()[:16]
        return head + kx + check_value(kx)

    session = Transcript(
        "rebound", "a purse is bound to one meter after another: numbers of slots, and the debit that is left", "4", card)
    session.select()
    session.initialize(ADMIN)
    session.execute("BIND to the same meter, another key: its number stays", BIND, bind(meters[0], 2), DONE)
    session.execute("BIND to the second meter: a debit of the first is left", BIND, bind(meters[1], 1), DONE)
    session.execute("BIND in another currency: 0002, nothing changes", BIND, bind(meters[2], 1, currency=840),
                    OTHER_CURRENCY)
    session.execute("BIND to the third: the second had no debit", BIND, bind(meters[2], 1), DONE)
    session.execute("BIND to none", BIND, bind("0" * 16, 0), DONE)
    session.execute("BIND of a gas purse to a gas meter: nothing is left there", BIND,
                    bind("00A1B2C30200007E", 1, service=2), DONE)
    session.execute("BIND of a float: 0001", BIND, bind("0" * 16, 0, service=0), 1)
    session.execute("BIND of water to a gas meter: 0008", BIND, bind("00A1B2C30200007E", 1), MALFORMED)
    session.execute("BIND back to the first: the same is left", BIND, bind(meters[0], 3), DONE)
    return session


def debt():
    meter = Element("gas-debt", "00A1B2C30200007F", [CREDIT, USAGE, ADMIN], 2, 1_000_000, 10_000_000, 1767225600)
    meter.image["account"] = {
        "debt": 0, "inUse": 0, "spent": 3_000_000, "forfeited": 0, "paid": 0, "supply": 1,
    }
    session = Transcript(
        "gas-debt", "a gas meter's debt from nothing to the end of 64 bits; with nothing in force a credit repays all that it can", "10",
        meter)
    most = 2 ** 63
    session.select()
    session.initialize(CREDIT)
    session.execute("REMIT DEBT of nothing that is owed, HTXN 3", REMIT_DEBT, order(3, 2, 0), DONE)
    session.execute("REMIT DEBT of more: 0004", REMIT_DEBT, order(4, 2, 1), SHORT)
    session.execute("ADD DEBT of half of what 64 bits hold, HTXN 4", ADD_DEBT, order(4, 2, most), DONE)
    session.execute("ADD DEBT of as much again: 0003", ADD_DEBT, order(5, 2, most), OVER)
    session.execute("REMIT DEBT but 6, HTXN 5", REMIT_DEBT, order(5, 2, most - 6_000_000), DONE)
    session.execute("REMIT DEBT but 6, HTXN 5 again, at another time: 0006", REMIT_DEBT,
                    order(5, 2, most - 6_000_000, time=1767225601), SAME)
    session.execute("ADD DEBT under HTXN 5: 0008", ADD_DEBT, order(5, 2, most - 6_000_000), MALFORMED)
    session.execute("ADD DEBT under HTXN 2, below the highest: 0007", ADD_DEBT, order(2, 2, 1), STALE)
    session.execute("ADD DEBT a byte short: 0008", ADD_DEBT, order(6, 2, 1)[:-1], MALFORMED)
    session.execute("STORE CREDIT 4, HTXN 6: all of it repays", STORE_CREDIT, order(6, 2, 4_000_000), DONE)
    session.execute("STORE CREDIT over the limit after 2 of it repay: 0003", STORE_CREDIT, order(7, 2, 11_000_001), OVER)
    session.execute("STORE CREDIT up to the limit after 2 of it repay, HTXN 7", STORE_CREDIT, order(7, 2, 11_000_000), DONE)
    session.execute("ADD DEBT 1, HTXN 8", ADD_DEBT, order(8, 2, 1_000_000), DONE)
    session.execute("REFUND 10, HTXN 9: debt stays", REFUND, order(9, 2, 10_000_000), DONE)
    session.execute("STATUS of HTXN 8: the debt after", STATUS, struct.pack(">QB", 8, 2), DONE)
    session.execute("ACCOUNT", ACCOUNT, b"\x02", DONE)
    session.initialize(ADMIN)
    session.execute("SET STATE blocked", SET_STATE, b"\x02", DONE)
    session.initialize(CREDIT)
    session.execute("ADD DEBT of a blocked meter: 0009", ADD_DEBT, order(10, 2, 1), BLOCKED)
    session.execute("ADD DEBT 1, HTXN 8 again: 0006", ADD_DEBT, order(8, 2, 1_000_000), SAME)
    return session


def letter_slot():
    card = Element("letter-slot", "00A1B2C31001123D", [CREDIT, USAGE, ADMIN], 2, 4_000_000, 200_000_000)
    meter, tariff = "00A1B2C302000080", hashlib.sha256(b"letter-slot, TARIFF").digest()[:16]
    card.image["bindings"] = 1
    card.image["slots"] = [{
        "service": 2, "meter": meter, "version": 1, "kx": digits(bytes(range(16, 32))), "nt": 0, "amount": 0,
        "balance": 0, "time": 0, "statusNT": 0, "statusTime": 0, "meterStatus": "", "binding": 1,
    }]

    def letter(number, cards):
        lost = b"".join(bytes.fromhex(f"00A1B2C310{card:06X}") for card in range(cards))
        length = bytes([len(lost)]) if len(lost) < 0x80 else bytes([0x81, len(lost)])
        text = struct.pack(">I", number) + b"\xE2\x04" + struct.pack(">I", 1767225600) + b"\xE3" + length + lost + b"\x01"
        return text + cmac(tariff, b"\x06" + bytes.fromhex(meter) + text)

    def part(number, parts, data, service=2):
        return bytes([service, number, parts]) + data

    first, second = letter(1, 1), letter(2, 24)
    session = Transcript(
        "letter-slot", "a letter in a card's slot is replaced when the last part of the next is there; what POST and FETCH refuse",
        "10", card)
    session.select()
    session.initialize(TRANSFER, meter)
    session.execute("FETCH 0: no letter", FETCH, b"\x00", DONE)
    session.initialize(ADMIN)
    session.execute("POST, part 0 of 1", POST, part(0, 1, first), DONE)
    session.execute("POST, part 0 of 2 of another", POST, part(0, 2, second[:PART]), DONE)
    session.execute("POST, part 1 of 3: 0008", POST, part(1, 3, second[PART:]), MALFORMED)
    session.execute("POST, part 1 of 2, a byte too long: 0008", POST, part(1, 2, bytes(PART + 1)), MALFORMED)
    session.execute("POST, part 1 of 2, without bytes: 0008", POST, part(1, 2, b""), MALFORMED)
    session.execute("POST in no parts, with bytes: 0008", POST, part(0, 0, b"\x00"), MALFORMED)
    session.execute("POST for a purse without a slot: 0001", POST, part(1, 2, second[PART:], service=3), UNKNOWN)
    session.initialize(TRANSFER, meter)
    session.execute("FETCH 0: still the first", FETCH, b"\x00", DONE)
    session.execute("FETCH 1: 0008", FETCH, b"\x01", MALFORMED)
    session.initialize(ADMIN)
    session.execute("POST, part 1 of 2, in another session: 0008", POST, part(1, 2, second[PART:]), MALFORMED)
    session.execute("POST, part 0 of 2", POST, part(0, 2, second[:PART]), DONE)
    session.execute("POST, part 1 of 2", POST, part(1, 2, second[PART:]), DONE)
    session.execute("POST, part 1 of 2 again: 0008", POST, part(1, 2, second[PART:]), MALFORMED)
    session.execute("SET STATE blocked", SET_STATE, b"\x02", DONE)
    session.execute("POST, part 0 of 2, in a blocked card", POST, part(0, 2, first), DONE)
    session.initialize(TRANSFER, meter)
    session.execute("FETCH 0 of a blocked card: 0009", FETCH, b"\x00", BLOCKED)
    session.execute("FETCH 2 of a blocked card: 0008", FETCH, b"\x02", MALFORMED)
    session.initialize(ADMIN)
    session.execute("SET STATE issued", SET_STATE, b"\x01", DONE)
    session.initialize(TRANSFER, meter)
    session.execute("FETCH 0", FETCH, b"\x00", DONE)
    session.execute("FETCH 1", FETCH, b"\x01", DONE)
    session.execute("FETCH a byte short: 0008", FETCH, b"", MALFORMED)
    return session


def main():
    different = []
    for session in (refund(), set_clock(), blocked(), area_unit(), rebound(), debt(), letter_slot()):
        path, text = FOLDER / f"{session.name}.json", session.text()
        if "--check" not in sys.argv:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            different.append(path.name)
    if different:
        sys.exit("not as this program writes them: " + ", ".join(different))


main()
