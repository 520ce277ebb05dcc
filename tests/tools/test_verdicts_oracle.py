#!/usr/bin/env python3
"""A synthetic year of an office, a school, a hospital and a 24-hour post, judged by `hadir` from
imported files and by the oracle below, which is written from the rules of the field (Perpres
21/2023, Permentan 68/2012, PP 11/2017, PP 94/2021, the practice of Kota Pekalongan), not from the C.

Random people, punches, leaves, orders and corrections; the seed is in HADIR_SEED or fixed."""
import csv
import datetime as dt
import json
import os
import random
import subprocess
import tempfile
import unittest

HADIR = os.path.join(os.environ["HADIR_BUILD"], "hadir")
SEED = int(os.environ.get("HADIR_SEED", "20250301"))
FIRST, LAST = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
ZONE = dt.timezone(dt.timedelta(hours=7))
LONG = os.environ.get("HADIR_LONG") == "1"


def minutes(text):
    return int(text[:2]) * 60 + int(text[3:5])


# ── What is imported ──

OFFICE = ["07:00-15:30/60"] * 4 + ["07:00-16:00/90", "", ""]
SCHOOL = ["07:00-14:00/30"] * 4 + ["07:00-11:30/0", "07:00-12:30/0", ""]
FASTING = ["08:00-15:00/30"] * 4 + ["08:00-15:30/60", "", ""]
SHIFTS = {"P": "07:00-14:00", "S": "14:00-21:00", "M": "21:00-07:00", "J": "07:00-19:00"}
CYCLES = {"RS": "P P S S M M - -", "POS": "J M - J M - -"}
RAMADAN = (dt.date(2025, 3, 1), dt.date(2025, 3, 29))
HOLIDAYS = {dt.date(2025, 1, 1): ("Tahun Baru", "nasional"),
            dt.date(2025, 3, 31): ("Idul Fitri", "nasional"),
            dt.date(2025, 4, 1): ("Idul Fitri", "nasional"),
            dt.date(2025, 4, 2): ("Cuti bersama Idul Fitri", "cuti_bersama"),
            dt.date(2025, 5, 1): ("Hari Buruh", "nasional"),
            dt.date(2025, 12, 25): ("Natal", "nasional"),
            dt.date(2025, 12, 26): ("Cuti bersama Natal", "cuti_bersama")}
# letter, kind, scope, target, from, to, hours
ORDERS = [("061/1", "jam", "provinsi", "", dt.date(2025, 8, 15), dt.date(2025, 8, 15), "07:00-11:30"),
          ("061/2", "libur", "unit", "KANTOR", dt.date(2025, 8, 18), dt.date(2025, 8, 18), ""),
          ("061/3", "masuk", "lokasi", "L-KANTOR", dt.date(2025, 9, 6), dt.date(2025, 9, 6), "08:00-12:00"),
          ("061/4", "WFH", "kabupaten", "33.22", dt.date(2025, 10, 6), dt.date(2025, 10, 7), "")]
UNITS = {"KANTOR": (OFFICE, 60), "SEKOLAH": (SCHOOL, 0), "RS": (OFFICE, 0), "POS": (OFFICE, 0)}
BANDS = [(30, 0.5), (60, 1.0), (90, 1.5), (None, 2.0)]


class Person:
    def __init__(self, number, unit):
        self.number, self.unit = number, unit
        self.cycle = CYCLES.get(unit)
        self.anchor = FIRST + dt.timedelta(days=number % 9)
        self.leaves = []       # (code, from, to, slot, letter)
        self.corrections = []  # (day, slot)
        self.punches = []      # datetimes, local


# ── The oracle ──

def shift_on(person, day):
    """(start, end, flex) in local datetimes, "L", "HL" or "CBS"."""
    midnight = dt.datetime.combine(day, dt.time())
    if person.cycle:
        codes = person.cycle.split()
        code = codes[(day - person.anchor).days % len(codes)]
        return "L" if code == "-" else span(midnight, SHIFTS[code], 0)
    week, flex = UNITS[person.unit]
    if person.unit in ("KANTOR", "RS", "POS") and RAMADAN[0] <= day <= RAMADAN[1]:
        week, flex = FASTING, 0
    hours = week[day.weekday()]
    # The order nearest to the person: place over unit over regency over province.
    for scope in ("lokasi", "unit", "kabupaten", "provinsi"):
        for _, kind, at, target, first, last, text in ORDERS:
            if at != scope or not first <= day <= last or not applies(person, at, target):
                continue
            if kind == "libur":
                return "HL"
            if kind == "masuk":
                return span(midnight, text, flex)
            if kind == "jam" and hours and day not in HOLIDAYS:
                return span(midnight, text, flex)
    if day in HOLIDAYS:
        return "CBS" if HOLIDAYS[day][1] == "cuti_bersama" else "HL"
    return span(midnight, hours, flex) if hours else "L"


def applies(person, scope, target):
    return {"provinsi": True, "unit": person.unit == target,
            "lokasi": "L-" + person.unit == target,
            "kabupaten": target == "33.22" and person.unit == "SEKOLAH"}[scope]


def span(midnight, text, flex):
    start, end = minutes(text[:5]), minutes(text[6:11])
    if end <= start:
        end += 24 * 60  # a night ends on the next day
    return (midnight + dt.timedelta(minutes=start), midnight + dt.timedelta(minutes=end), flex)


def middle(a, b):
    half = (b - a) / 2
    return a + half - dt.timedelta(seconds=half.total_seconds() % 60)


def windows(person, day):
    """In from 90 minutes before the start to the middle, out from there to 4 hours after the end; a
    border with a near shift lies in the middle of the time between (Pekalongan)."""
    start, end, _ = shift_on(person, day)
    opens, turn, closes = (start - dt.timedelta(minutes=90), middle(start, end),
                           end + dt.timedelta(hours=4))
    before, after = (shift_on(person, day + dt.timedelta(days=n)) for n in (-1, 1))
    if not isinstance(before, str) and before[1] + dt.timedelta(hours=4) > opens:
        opens = min(max(opens, middle(before[1], start)), turn)
    if not isinstance(after, str) and after[0] - dt.timedelta(minutes=90) < closes:
        closes = max(min(closes, middle(end, after[0])), turn)
    return opens, turn, closes


def choose(person, day):
    """The first arrival and the last leaving; a touch within 5 minutes of an arrival is no leaving."""
    opens, turn, closes = windows(person, day)
    come = [p for p in person.punches if opens <= p < turn]
    go = [p for p in person.punches if turn <= p < closes and
          not (come and (p - come[-1]).total_seconds() < 300)]
    return (come[0] if come else None), (go[-1] if go else None)


def late_minutes(planned, real):
    """Seconds are floored (Pekalongan: 07:15:59 is on time)."""
    return max(0, int((real.replace(second=0) - planned).total_seconds() // 60))


def excuse(person, day, slot):
    for code, first, last, which, _ in person.leaves:
        if first <= day <= last and which in ("hari", slot):
            return code
    for when, which in person.corrections:
        if when == day and which == slot:
            return "AT"
    for _, kind, scope, target, first, last, _ in ORDERS:
        if kind == "WFH" and first <= day <= last and applies(person, scope, target):
            return "WFH"
    return None


def band(value):
    return next(i for i, (top, _) in enumerate(BANDS) if top is None or value <= top)


def oracle(person, day):
    shift = shift_on(person, day)
    out = {"late_min": 0, "early_min": 0, "due_out": None, "deduction_percent": 0.0,
           "pp94_min": 0, "pp94_days": 0}
    if isinstance(shift, str):
        return dict(out, codes=[shift])
    start, end, flex = shift
    whole = next((c for c, a, b, s, _ in person.leaves if a <= day <= b and s == "hari"), None)
    if whole is None and excuse(person, day, "hari") == "WFH":
        whole = "WFH"
    if whole:
        return dict(out, codes=[whole])
    come, go = choose(person, day)
    late = late_minutes(start, come) if come else 0
    make_up = late if late <= flex else 0   # later than the flexible time loses all of it
    late -= make_up
    leave_at = end + dt.timedelta(minutes=make_up)
    early = max(0, int((leave_at - go.replace(second=0)).total_seconds() // 60)) if go else 0
    codes = []
    missing = [slot for slot, punch in (("masuk", come), ("pulang", go))
               if punch is None and not excuse(person, day, slot)]
    if not excuse(person, day, "pulang") or (go and not early):
        out["due_out"] = leave_at
    if len(missing) == 2:
        return dict(out, codes=["TK"], deduction_percent=4.0, pp94_days=1)
    for slot, punch, value, name, empty in (("masuk", come, late, "TL", "TAM"),
                                            ("pulang", go, early, "PSW", "TAP")):
        reason = excuse(person, day, slot)
        if punch is not None and value == 0:
            continue
        if reason:
            codes.append(reason)
        elif punch is None:   # as more than 90 minutes (Permenko Infrastruktur 10/2025 art. 22)
            codes.append(empty)
            out["deduction_percent"] += 2.0
            out["pp94_min"] += 91
        else:
            codes.append(name + str(band(value) + 1))
            out["deduction_percent"] += BANDS[band(value)][1]
            out["pp94_min"] += value
            out["late_min" if slot == "masuk" else "early_min"] = value
    return dict(out, codes=list(dict.fromkeys(codes)) or ["H"])


# ── The year ──

def make_people(chance):
    people = []
    for i, unit in enumerate(u for u in UNITS for _ in range(6 if LONG else 2)):
        person = Person(100001 + i, unit)
        days = (LAST - FIRST).days
        for n in range(chance.randint(2, 6)):
            first = FIRST + dt.timedelta(days=chance.randrange(days))
            last = min(first + dt.timedelta(days=chance.randint(0, 5)), LAST)
            code, slot = chance.choice([("CT", "hari"), ("CS", "hari"), ("DL", "hari"),
                                        ("DL", "masuk"), ("TKD", "pulang"), ("WFH", "hari")])
            if all(last < a or b < first for _, a, b, _, _ in person.leaves):
                person.leaves.append((code, first, last, slot, "%d/%d" % (person.number, n)))
        day = FIRST - dt.timedelta(days=1)
        while day <= LAST:
            punch_day(chance, person, day)
            day += dt.timedelta(days=1)
        person.punches = sorted(set(person.punches))
        people.append(person)
    return people


def punch_day(chance, person, day):
    shift = shift_on(person, day)
    if isinstance(shift, str):
        if chance.random() < 0.05:  # somebody comes on a free day
            person.punches.append(dt.datetime.combine(day, dt.time(9, chance.randrange(60))))
        return
    start, end, _ = shift
    if chance.random() < 0.04:
        if chance.random() < 0.3:
            person.corrections.append((day, chance.choice(["masuk", "pulang"])))
        return
    for at, spread, slot in ((start, (-70, 12), "masuk"), (end, (-8, 150), "pulang")):
        if chance.random() < 0.04:
            if chance.random() < 0.5:
                person.corrections.append((day, slot))
            continue
        low, high = spread if chance.random() < 0.8 else (-130, 130)
        punch = at + dt.timedelta(minutes=chance.randint(low, high), seconds=chance.randrange(60))
        person.punches.append(punch)
        if chance.random() < 0.1:  # a second touch, within minutes
            person.punches.append(punch + dt.timedelta(seconds=chance.randint(1, 299)))
    if chance.random() < 0.1:
        person.punches.append(middle(start, end) + dt.timedelta(minutes=chance.randint(-90, 90)))


class Year(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = self.temporary.name
        self.environment = dict(os.environ, HADIR_CONFIG=self.folder + "/server/server.conf")
        self.hadir("init", self.folder + "/server", "--host", "localhost")

    def hadir(self, *args):
        done = subprocess.run([HADIR, *args], capture_output=True, env=self.environment, timeout=900)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout.decode()

    def load(self, kind, header, rows):
        path = os.path.join(self.folder, kind + ".csv")
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(header.split(","))
            writer.writerows(rows)
        self.hadir("import", kind, path)

    def load_units(self):
        self.load("places", "code,name,regency",
                  [("L-" + u, u, "33.22" if u == "SEKOLAH" else "33.74") for u in UNITS])
        self.load("units", "code,name,place,start", [(u, u, "L-" + u, FIRST) for u in UNITS])
        self.load("elsewhere", "place,from,source",
                  [("L-" + u, "2024-12-01", "mesin lama, lengkap") for u in UNITS])
        days = ",mon,tue,wed,thu,fri,sat,sun"
        rows = []
        for unit, (week, flex) in UNITS.items():
            code = "%s-%d" % ("S" if week is SCHOOL else "K", flex)
            rows.append((unit, code, "2024-01-01", "", flex, "tidak", *week))
            if week is OFFICE:
                rows.append((unit, "PUASA", *RAMADAN, 0, "ya", *FASTING))
        self.load("schedules", "unit,pattern,from,to,flex,ramadan" + days, rows)
        self.load("shifts", "code,name,hours", [(c, "Jaga " + c, h) for c, h in SHIFTS.items()])
        self.load("holidays", "date,name,kind", [(d, *x) for d, x in HOLIDAYS.items()])
        self.load("orders", "letter,kind,name,scope,target,from,to,hours",
                  [(o[0], o[1], "Perintah " + o[0], *o[2:6], o[6]) for o in ORDERS])
        self.load("deductions", "skema,kode,slot,menit_dari,menit_sampai,persen,sumber",
                  [("permentan", kind + str(i + 1), slot, 1 + 30 * i, top or "", percent, "68/2012")
                   for kind, slot in (("TL", "masuk"), ("PSW", "pulang"))
                   for i, (top, percent) in enumerate(BANDS)] +
                  [("permentan", "TK", "hari", "", "", "4.0", "68/2012")])
        self.load("schemes", "scheme,from", [("permentan", "2025-01-01")])

    def load_people(self, people):
        self.load("people", "id,name,employment,from",
                  [(p.number, "Pegawai %d" % p.number, "PNS", "2020-01-01") for p in people])
        self.load("assignments", "person,unit,from", [(p.number, p.unit, "2020-01-01") for p in people])
        self.load("rotations", "person,cycle,begins,from",
                  [(p.number, p.cycle, p.anchor, "2024-01-01") for p in people if p.cycle])
        self.load("leaves", "person,code,from,to,slot,letter",
                  [(p.number, *x) for p in people for x in p.leaves])
        self.load("corrections", "person,date,slot,letter",
                  [(p.number, day, slot, "K/1") for p in people for day, slot in p.corrections])
        self.load("punches", "person,at,place,kind,letter",
                  [(p.number, at.isoformat(" "), "L-" + p.unit, "luar", "mesin lama")
                   for p in people for at in p.punches])

    def test_every_day_of_the_year_agrees(self):
        chance = random.Random(SEED)
        people = make_people(chance)
        self.load_units()
        self.load_people(people)
        days = json.loads(self.hadir("verdicts", "--from", FIRST.isoformat(), "--to",
                                     LAST.isoformat(), "--format", "json"))
        by_number = {p.number: p for p in people}
        seen = set()
        for got in days:
            person, day = by_number[got["person"]], dt.date.fromisoformat(got["date"])
            want = oracle(person, day)
            if want["due_out"] is not None:
                want["due_out"] = want["due_out"].replace(tzinfo=ZONE).isoformat()
            have = {key: got[key] for key in want}
            self.assertEqual(have, want, "seed %d, %s %d on %s (%s): %s" % (
                SEED, person.unit, person.number, day, day.strftime("%a"), got["reasons"]))
            seen.update(got["codes"])
        self.assertEqual(len(days), len(people) * 365)
        self.assertLessEqual({"H", "TL1", "TL4", "PSW1", "TAM", "TAP", "TK", "CT", "DL", "WFH", "AT",
                              "HL", "CBS", "L"}, seen)
        self.assertIn("0 different", self.hadir("judge", "--all", "--check", "--from", "2025-01-01",
                                                "--to", "2025-12-31"))


if __name__ == "__main__":
    unittest.main()
