"""A desk with keys, records, cards and meters in files, and vstore at work in it."""
import collections
import hashlib
import json
import os
import re
import signal
import subprocess
from decimal import Decimal
from pathlib import Path

PASSPHRASE = "correct horse battery\n"
KEYS = "--passphrase-file -"
CARD, OTHER_CARD = "00A1B2C3-10-000001", "00A1B2C3-10-000002"
GAS_METER, ELECTRIC_METER, NEW_METER = "00A1B2C3-02-000078", "00A1B2C3-01-000077", "00A1B2C3-02-000099"


class Outcome(collections.namedtuple("Outcome", "status output errors")):
    """How a run ended, and what it said."""

    def __str__(self):
        return f"exit status {self.status}, {self.errors.strip() or self.output[-300:].strip()!r}"


class Wrong(Exception):
    """What must hold does not."""


def require(holds, *what):
    if not holds:
        raise Wrong(" ".join(str(one) for one in what))


class Desk:
    """A folder of keys, records, cards and meters, and the program at work in it."""

    def __init__(self, program, home):
        self.program, self.home = program, Path(home)
        self.home.mkdir(parents=True, exist_ok=True)

    def environment(self):
        return {"VSTORE_HOME": str(self.home), "PATH": "/usr/bin:/bin", "HOME": str(self.home), "COLUMNS": "80",
                "PCSCLITE_CSOCK_NAME": str(self.home / "no-service")}

    def run(self, line, text="", under=()):
        ended = subprocess.run([*under, self.program, *line.split()], input=text.encode(), capture_output=True, cwd=self.home,
                               env=self.environment(), timeout=300)
        return Outcome(ended.returncode, ended.stdout.decode(errors="replace"), ended.stderr.decode(errors="replace"))

    def done(self, line, text=PASSPHRASE):
        outcome = self.run(f"{line} --json", text)
        require(outcome.status == 0, line, outcome)
        return json.loads(outcome.output)

    def write(self, name, text):
        (self.home / name).write_text(text)

    # What is there before an order.

    def make_keys(self):
        sheets = [self.done("key component", "") for _ in range(12)]
        answers = PASSPHRASE + "".join(f"{one['component']}\n{one['checkValue']}\n" for one in sheets)
        self.done("key ceremony --to file --host 00A1B2C3-30-000001 --answers -", answers)
        self.seal_cheaply()
        for number in (1, 2):
            self.done(f"card blank --file card{number} --id 00A1B2C3-10-00000{number} {KEYS}")

    def seal_cheaply(self):
        """Seals the keys again, so that opening them takes no time that is noticed: thousands of runs do."""
        try:
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        except ImportError:
            return
        path = self.home / "keys.sealed"
        sealed = path.read_bytes()
        passphrase = PASSPHRASE.strip().encode()

        def cipher(header):
            cost, r, p = header[7], int.from_bytes(header[8:12], "big"), int.from_bytes(header[12:16], "big")
            key = hashlib.scrypt(passphrase, salt=header[16:48], n=1 << cost, r=r, p=p, maxmem=1 << 30, dklen=32)
            return AESGCM(key)

        header = sealed[:60]
        text = cipher(header).decrypt(header[48:], sealed[60:], header)
        header = header[:7] + bytes([4]) + header[8:]
        path.write_bytes(header + cipher(header).encrypt(header[48:], text, header))

    def issue(self):
        self.done(f"card issue --card card1 --purse gas:EUR:200:{GAS_METER} --yes {KEYS}")

    def load(self, amount=10):
        self.done(f"card load {amount} --service gas --card card1 --reference before {KEYS}")

    def make_gas_meter(self):
        self.done(f"meter new --meter gas --id {GAS_METER} --price 0.90 {KEYS}")
        self.done(f"card issue --card gas --purse gas:EUR:500 --yes {KEYS}")

    def make_electric_meter(self):
        self.done(f"meter new --meter home --id {ELECTRIC_METER} --price 0.30 --token 0.20 {KEYS}")
        self.done(f"card issue --card home --purse electricity:EUR:500 --yes {KEYS}")

    def renew_keys(self):
        """A second ceremony: the host has newer keys than elements."""
        names = ["ADMIN 2", "CREDIT 2", "TRANSFER 2"]
        self.write("second.json", json.dumps({"keys": [{"key": name, "custodians": [1, 2]} for name in names]}))
        sheets = [self.done("key component", "") for _ in range(2 * len(names))]
        self.write("second.answers", PASSPHRASE + "".join(f"{one['component']}\n{one['checkValue']}\n" for one in sheets))
        self.done("key ceremony --to file --plan second.json --answers second.answers", "")
        self.seal_cheaply()

    # What is there after it.

    def purse(self, card="card1", service="gas"):
        purses = self.done(f"card info --card {card}", "")["purses"]
        return micro(next(one["balance"] for one in purses if one["service"] == service))

    def expect_keys(self, card, names):
        """The keys that the element lists are the newest, which one of them proves."""
        held = sorted(self.done(f"card rotate --card {card} --yes {KEYS}")["keys"])
        require(held == sorted(names), "keys of", card, held)

    def expect_books(self, eid, stored, refunded, balance, service="gas", contact=True):
        """What was stored and taken off, in units; after a contact, what the element proves is what the books know."""
        log = self.done(f"card log {eid if not contact else '--card ' + contact} {KEYS}")
        books = next(one for one in log["books"] if one["service"] == service)
        found = micro(books["stored"]), micro(books["refunded"]), books["sound"], micro(books.get("unsettled", "0"))
        require(found == (micro(stored), micro(refunded), True, 0), "books of", eid, books)
        if balance is not None:
            require(micro(books["spent"]) == micro(stored) - micro(refunded) - balance, "spent of", eid, books, balance)

    def expect_sound(self, marks, by_account=True):
        """Trail, records, ledger and receipts; and all accounts, if they are asked for, add up to nothing."""
        noted = "".join(f" --mark {mark}" for mark in sorted(marks))
        checked = self.done(f"host check{noted} {KEYS}")
        require(all(one["holds"] for one in checked["invariants"]), checked["invariants"])
        require(not checked["unsound"] and not checked["differences"], checked)
        if not by_account:
            return
        require(len(self.done(f"host audit {KEYS}")["entries"]) == checked["entries"], "entries of the trail")
        total = collections.Counter()
        for one in self.done(f"host ledger {KEYS}")["balances"]:
            total[one["currency"]] += micro(one["balance"]) + micro(one["pending"])
        require(not any(total.values()), "all balances", total)


def micro(text):
    return int(Decimal(str(text)) * 1_000_000)


class Line:
    """An electric meter that a host reaches by TCP, as a process."""

    def __init__(self, desk, under=()):
        command = [*under, desk.program, "meter", "run", "--meter", "home", "--line", "tcp:127.0.0.1:0", "--plain", "--from", "now",
                   "--load", "0"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        cwd=desk.home, env=desk.environment(), start_new_session=True)
        self.address = None
        for text in self.process.stdout:
            found = re.search(rb"listening on (\S+)", text)
            if found:
                self.address = f"{ELECTRIC_METER}@{found[1].decode()}"
                return

    def close(self):
        """Ends it as a power cut does."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.communicate()
