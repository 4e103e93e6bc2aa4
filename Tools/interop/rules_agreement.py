#!/usr/bin/python3
"""Compares what supply rules charge with a second implementation.

    Tools/interop/rules_agreement.py [--count N] [--years N] [--seed S] [--printer PATH]

A program of the tests (swift build --product RulesPricePrinter) prints rules, what a kWh costs under them at many moments, what a
year of minutes costs, and bytes near the rules with whether ours takes them. The implementation here was written from the text of
the command reference alone. It knows money as Decimal and local time by Python's zoneinfo: each time zone of the rules is handed
to it as a file of the IANA database's form, and rules for known places are compared with their own entries of that database.
Exit status 1: something differs.
"""

import argparse
import collections
import datetime
import decimal
import io
import json
import pathlib
import struct
import subprocess
import sys
import zoneinfo

HERE = pathlib.Path(__file__).resolve().parent
UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1)
MONDAY_TO_SUNDAY = range(7)
HOLIDAY = 7

# Offset, shift, first and last moment (month, week, weekday, minute of standard time).
PLACES = {
    "Australia/Sydney": (600, 60, (10, 1, 6, 120), (4, 1, 6, 120)),
    "Australia/Lord_Howe": (630, 30, (10, 1, 6, 120), (4, 1, 6, 90)),
    "America/St_Johns": (-210, 60, (3, 2, 6, 120), (11, 1, 6, 60)),
    "America/New_York": (-300, 60, (3, 2, 6, 120), (11, 1, 6, 60)),
    "Europe/Berlin": (60, 60, (3, 5, 6, 120), (10, 5, 6, 120)),
    "Europe/Dublin": (0, 60, (3, 5, 6, 60), (10, 5, 6, 60)),
    "Pacific/Auckland": (720, 60, (9, 5, 6, 120), (4, 1, 6, 120)),
    "Pacific/Chatham": (765, 60, (9, 5, 6, 165), (4, 1, 6, 165)),
    "Asia/Kolkata": (330,),
    "Asia/Seoul": (540,),
    "America/Caracas": (-240,),
}


def main():
    options = arguments()
    tally = collections.Counter()
    named = {encode_place(place, number): place for number, place in enumerate(PLACES, 1)}
    printer = subprocess.Popen(
        [options.printer, str(options.seed), str(options.count), str(options.years), *(rules.hex() for rules in named)],
        stdout=subprocess.PIPE, text=True)
    for line in printer.stdout:
        entry = json.loads(line)
        content = bytes.fromhex(entry["rules"])
        rules = Rules(content, zoneinfo.ZoneInfo(named[content]) if content in named else None)
        tally["rules"] += 1
        for sample in entry["samples"]:
            compare(tally, "moments", rules, sample[0], sample[3:], rules.sample(*sample[:3]))
        if "year" in entry:
            compare(tally, "years of minutes", rules, "year", entry["year"], rules.year())
        for text, is_taken in entry["changed"]:
            compare(tally, "changed rules", rules, text, is_taken, is_accepted(bytes.fromhex(text)))
    if printer.wait() != 0 or tally["rules"] != options.count + len(PLACES):
        sys.exit("rules_agreement: rules are missing")
    for what, number in sorted(tally.items()):
        print(f"{number:8} {what}")
    return 1 if any(what.startswith("DIFFERS") for what in tally) else 0


def compare(tally, what, rules, subject, ours, theirs):
    tally[what] += 1
    if ours != theirs:
        tally["DIFFERS: " + what] += 1
        if tally["DIFFERS: " + what] <= 5:
            print(f"{what}: {subject}: ours {ours}, here {theirs}, rules {rules.content.hex()}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=150, help="random rules, beside those of known places")
    parser.add_argument("--years", type=int, default=2, help="so many of all are charged for a year of minutes")
    parser.add_argument("--seed", type=int, default=10, help="of the generator")
    parser.add_argument(
        "--printer", default=str(HERE.parent.parent / ".build/debug/RulesPricePrinter"), help="the program")
    return parser.parse_args()


# Data objects

class Refused(Exception):
    pass


def require(condition):
    if not condition:
        raise Refused


def objects(content):
    """[(tag, value)]: one-byte tags, lengths as short as they can be."""
    found, at = [], 0
    while at < len(content):
        require(at + 2 <= len(content))
        tag, length = content[at], content[at + 1]
        at += 2
        if length >= 0x80:
            count = length - 0x80
            require(1 <= count <= 3 and at + count <= len(content))
            length = int.from_bytes(content[at:at + count], "big")
            at += count
            require(length >= 0x80 if count == 1 else length >= 1 << 8 * (count - 1))
        require(at + length <= len(content))
        found.append((tag, content[at:at + length]))
        at += length
    return found


def grouped(content, form):
    """The values of each tag of `form`, such as "80 81 82? A5* A8+", in that order and nothing else."""
    rest = objects(content)
    values = []
    for word in form.split():
        tag, mark = int(word[:2], 16), word[2:]
        here = []
        while rest and rest[0][0] == tag and (not here or mark in "*+" and mark):
            here.append(rest.pop(0)[1])
        require(here or mark in ("?", "*"))
        values.append(here if mark in ("*", "+") else here[0] if here else None)
    require(not rest)
    return values


def number(value, size, least=0, most=None):
    require(len(value) == size)
    result = int.from_bytes(value, "big")
    require(least <= result and (most is None or result <= most))
    return result


def split(value, form):
    size = struct.calcsize(form)
    require(len(value) % size == 0)
    return list(struct.iter_unpack(form, value))


def is_date(year, month, day):
    try:
        datetime.date(year, month, day)
    except ValueError:
        # Later years than Python knows have the same leap years.
        return year > 9999 and is_date(year - 8000 * (1 + (year - 10000) // 8000), month, day)
    return True


def is_accepted(content):
    try:
        Rules(content, None)
    except Refused:
        return False
    return True


# Rules

class Rules:
    def __init__(self, content, place):
        self.content = content
        require(len(content) <= 2000)
        (number_, effective, currency, zone, holidays, seasons, profiles, rates, sources, blocks, standing, share,
         credit) = grouped(content, "80 81 82 83? 84? A5* A6* A7* A8+ A9* 8A? 8B? AC?")
        number(number_, 2, 1)
        number(effective, 4)
        number(currency, 2)
        self.zone = Zone(zone, place)
        self.holidays = split(holidays or b"", ">BBH")
        require(all(is_date(year or 2000, month, day) for month, day, year in self.holidays))
        self.read_schedule(seasons, profiles, rates)
        self.read_prices(sources, blocks, standing)
        if share is not None:
            number(share, 1, 0, 100)
        self.friendly = []
        if credit is not None:
            self.read_credit(credit)

    def read_schedule(self, seasons, profiles, rates):
        self.rates = {}
        for value in rates:
            key, percent = grouped(value, "80 81")
            key = number(key, 1, 1, 16)
            require(key not in self.rates)
            self.rates[key] = number(percent, 2, 0, 1000)
        self.profiles = {}
        for value in profiles:
            key, entries = grouped(value, "80 81")
            key, entries = number(key, 1), split(entries, ">HB")
            require(key not in self.profiles and entries and entries[0][0] == 0)
            require(all(a[0] < b[0] for a, b in zip(entries, entries[1:])) and entries[-1][0] < 1440)
            require(all(rate in self.rates for _, rate in entries))
            self.profiles[key] = entries
        self.seasons = []
        for value in seasons:
            date, days = grouped(value, "80 81")
            require(len(date) == 2 and is_date(2000, *date) and len(days) == 8)
            require(all(day in self.profiles for day in days))
            require(not self.seasons or self.seasons[-1][0] < tuple(date))
            self.seasons.append((tuple(date), days))

    def read_prices(self, sources, blocks, standing):
        self.sources = {}
        for value in sources:
            channel, price, back = grouped(value, "80 81 82?")
            channel = number(channel, 1)
            require(channel not in self.sources)
            self.sources[channel] = decimal.Decimal(number(price, 8, 0, 10 ** 12))
            if back is not None:
                number(back, 8, 0, 10 ** 12)
        self.blocks = []
        for value in blocks:
            above, percent = grouped(value, "80 81")
            above = number(above, 4)
            require(not self.blocks or self.blocks[-1][0] < above)
            self.blocks.append((above, number(percent, 2, 0, 1000)))
        self.standing = None
        if standing is not None:
            require(len(standing) == 9 and standing[8] in (1, 2))
            self.standing = int.from_bytes(standing[:8], "big"), standing[8]

    def read_credit(self, credit):
        emergency, warning, friendly, key, limit = grouped(credit, "80 81 82? 83? 84?")
        number(emergency, 8)
        number(warning, 8)
        if friendly is not None:
            self.friendly = split(friendly, ">BHH")
            require(self.friendly)
            require(all(days and start < 1440 and end <= 1440 for days, start, end in self.friendly))
        if key is not None:
            number(key, 1, 1, 1)
        if limit is not None:
            number(limit, 4)

    # What they say of a moment

    def is_holiday(self, date):
        return any((date.month, date.day) == (month, day) and year in (0, date.year) for month, day, year in self.holidays)

    def rate(self, local):
        """(rate, percent)"""
        if not self.seasons:
            return 1, 100
        is_leap = is_date(local.year, 2, 29)
        begun = [
            days for date, days in self.seasons
            if ((3, 1) if date == (2, 29) and not is_leap else date) <= (local.month, local.day)]
        days = begun[-1] if begun else self.seasons[-1][1]
        profile = self.profiles[days[HOLIDAY if self.is_holiday(local.date()) else local.weekday()]]
        rate = [rate for minute, rate in profile if minute <= 60 * local.hour + local.minute][-1]
        return rate, self.rates[rate]

    def price(self, channel, rate_percent, month_quantity):
        percent = 100
        for above, block_percent in self.blocks:
            if month_quantity > above:
                percent = block_percent
        exact = self.sources[channel] * rate_percent * percent / 10_000
        return exact.to_integral_value(rounding=decimal.ROUND_FLOOR)

    def is_friendly(self, local):
        minute = 60 * local.hour + local.minute
        for days, start, end in self.friendly:
            def begins(date):
                return days >> (HOLIDAY if self.is_holiday(date) else date.weekday()) & 1
            today, yesterday = local.date(), local.date() - datetime.timedelta(days=1)
            if start < end:
                if begins(today) and start <= minute < end:
                    return True
            elif begins(today) and start <= minute or begins(yesterday) and minute < end:
                return True
        return False

    def sample(self, time, channel, month_quantity):
        local = self.zone.local(time)
        rate, percent = self.rate(local)
        minutes = (local - EPOCH) // datetime.timedelta(minutes=1)
        return [
            minutes, rate, percent, int(self.price(channel, percent, month_quantity)), int(self.is_friendly(local))]

    def year(self):
        """What a year of minutes costs; the use of a minute is that of the printer."""
        start = int(datetime.datetime(2026, 2, 28, tzinfo=UTC).timestamp())
        channels = list(self.sources)
        money, months, spent, standing_dates = decimal.Decimal(0), {}, 0, set()
        first = self.zone.local(start)
        began = first.date() if self.standing and self.standing[1] == 1 else (first.year, first.month)
        for minute in range(366 * 1440):
            local = self.zone.local(start + 60 * minute)
            month = months.setdefault(12 * local.year + local.month - 1, [0, 0, 0, {}])
            if self.standing:
                period = local.date() if self.standing[1] == 1 else (local.year, local.month)
                if period > began and period not in standing_dates:
                    standing_dates.add(period)
                    month[2] += self.standing[0]
            rate, percent = self.rate(local)
            step = (31 * minute * minute + 7 * minute) % 91
            money += self.step(channels[minute % len(channels)], percent, month[0], step)
            month[0] += step
            whole = int(money)
            month[1] += whole - spent
            month[3][str(rate)] = month[3].get(str(rate), 0) + whole - spent
            spent = whole
        return [[key, *months[key]] for key in sorted(months)]

    def step(self, channel, percent, month_quantity, step):
        """Exact: what is above a bound costs that block's price."""
        bounds = [0] + [above for above, _ in self.blocks] + [1 << 64]
        total = decimal.Decimal(0)
        for low, high in zip(bounds, bounds[1:]):
            part = min(high, month_quantity + step) - max(low, month_quantity)
            if part > 0:
                # A Wh above the bound, so that the month's quantity exceeds it.
                total += self.price(channel, percent, low + 1 if low else min(high, 1)) * part / 1000
        return total


# Local time

class Zone:
    """Of object 83, by zoneinfo."""

    def __init__(self, value, place):
        self.place = place
        self.offset, self.summer = 0, None
        if value is not None:
            require(len(value) in (2, 14))
            (self.offset,) = struct.unpack(">h", value[:2])
            require(-840 <= self.offset <= 840)
        if value is not None and len(value) == 14:
            shift, *moments = struct.unpack(">hBBBHBBBH", value[2:])
            first, last = tuple(moments[:4]), tuple(moments[4:])
            require(-180 <= shift <= 180 and first != last)
            for month, week, weekday, minute in (first, last):
                require(1 <= month <= 12 and 1 <= week <= 5 and weekday <= 6 and minute < 1440)
            self.summer = shift, first, last
        self.summer_zone = zone_file(self.summer)

    def local(self, time):
        if self.place:
            return datetime.datetime.fromtimestamp(time, self.place).replace(tzinfo=None)
        # zoneinfo takes the moments of the year of UTC. It is asked with standard time in UTC's place, since it is the year of
        # standard time that counts where a moment is near the year's end.
        return datetime.datetime.fromtimestamp(time + 60 * self.offset, self.summer_zone).replace(tzinfo=None)


def zone_file(summer):
    """Summer time on the meridian of UTC: a file without transitions, whose footer has the rule as POSIX has it (RFC 9636)."""
    text = "<STD>0"
    if summer:
        shift, first, last = summer
        # The end of summer time is told in summer time.
        text += f"<SUM>{clock(-shift)},{posix(first, 0)},{posix(last, shift)}"
    header = struct.pack(">4s1s15x6l", b"TZif", b"2", 0, 0, 0, 0, 1, 4)
    body = struct.pack(">lBB", 0, 0, 0) + b"STD\0"
    content = header + body + header + body + f"\n{text}\n".encode()
    return zoneinfo.ZoneInfo.from_file(io.BytesIO(content))


def clock(minutes):
    return f"{'-' if minutes < 0 else ''}{abs(minutes) // 60}:{abs(minutes) % 60:02}"


def posix(moment, shift):
    month, week, weekday, minute = moment
    return f"M{month}.{week}.{(weekday + 1) % 7}/{clock(minute + shift)}"


# Rules for known places

def encode_place(name, identifier):
    zone = PLACES[name]
    value = struct.pack(">h", zone[0])
    if len(zone) > 1:
        value += struct.pack(">hBBBHBBBH", zone[1], *zone[2], *zone[3])

    def data(tag, content):
        return bytes([tag, len(content)]) + content

    def u(size, what):
        return what.to_bytes(size, "big")

    def season(month, day, weekday, weekend, holiday):
        return data(0xA5, data(0x80, bytes([month, day])) + data(0x81, bytes([weekday] * 5 + [weekend] * 2 + [holiday])))

    def profile(key, *entries):
        return data(0xA6, data(0x80, u(1, key)) + data(0x81, b"".join(struct.pack(">HB", *entry) for entry in entries)))

    return b"".join([
        data(0x80, u(2, identifier)), data(0x81, u(4, 1767225600)), data(0x82, u(2, 36)), data(0x83, value),
        data(0x84, bytes([12, 25, 0, 0, 1, 26, 0, 0])), season(3, 1, 1, 2, 3), season(11, 15, 2, 3, 1),
        profile(1, (0, 1), (150, 2), (1020, 3)), profile(2, (0, 2), (90, 1), (1439, 3)), profile(3, (0, 1)),
        *(data(0xA7, data(0x80, u(1, key)) + data(0x81, u(2, percent))) for key, percent in ((1, 50), (2, 100), (3, 175))),
        data(0xA8, data(0x80, u(1, 0)) + data(0x81, u(8, 287_113))),
        data(0xA8, data(0x80, u(1, 1)) + data(0x81, u(8, 450_001)) + data(0x82, u(8, 60_000))),
        data(0xA9, data(0x80, u(4, 100_000)) + data(0x81, u(2, 120))),
        data(0xA9, data(0x80, u(4, 300_000)) + data(0x81, u(2, 175))), data(0x8A, u(8, 270_001) + u(1, 1)),
    ])


if __name__ == "__main__":
    sys.exit(main())
