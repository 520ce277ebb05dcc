#!/usr/bin/env python3
"""The sample province is of valid form, consistent, and the same for the same seed and time."""
import collections
import csv
import datetime as dt
import filecmp
import os
import re
import subprocess
import sys
import tempfile
import unittest

GENERATE = os.path.join(os.environ["HADIR_SOURCE"], "tools", "province", "generate")
NOW = "2026-11-24T11:00:00+07:00"
NOW_MS = int(dt.datetime.fromisoformat(NOW).timestamp() * 1000)


def generate(folder, *args, now=NOW):
    return subprocess.run([sys.executable, "-B", GENERATE, "--out", folder, "--now", now, *args],
                          capture_output=True, text=True, check=True)


def rows(folder, name):
    with open(os.path.join(folder, name), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def minutes(text):
    return int(text[:2]) * 60 + int(text[3:])


class Province(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = cls.temporary.name
        generate(cls.folder)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def test_there_are_49_agencies_under_the_province(self):
        units = rows(self.folder, "units.csv")
        self.assertEqual(sum(unit["parent"] == "jateng" for unit in units), 49)
        codes = {unit["code"] for unit in units}
        self.assertEqual(len(codes), len(units))
        self.assertTrue(all(unit["parent"] in codes for unit in units if unit["parent"]))

    def test_numbers_have_valid_form_and_are_unique(self):
        people = rows(self.folder, "people.csv")
        self.assertEqual(len(people), 400)
        self.assertEqual(len({p["id"] for p in people}), 400)
        self.assertEqual(len({p["number"] for p in people}), 400)
        for p in people:
            found = re.fullmatch(r"(\d{8})(\d{4})(\d{2})([12])(\d{3})", p["number"])
            birth, start = dt.datetime.strptime(found[1], "%Y%m%d").date(), dt.date.fromisoformat(p["from"])
            self.assertGreater((start - birth).days, 17 * 365)
            self.assertEqual(found[2], p["from"][:4])
            self.assertEqual(found[3], "21" if p["employment"] == "PPPK" else p["from"][5:7])
            self.assertNotEqual(found[5], "000")
            self.assertTrue(1 <= int(p["id"]) <= 999_999_999)

    def test_a_week_has_2250_effective_minutes(self):
        for row in rows(self.folder, "schedules.csv"):
            days = [re.fullmatch(r"(\d\d:\d\d)-(\d\d:\d\d)/(\d+)", row[day]) for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun") if row[day]]
            self.assertEqual(sum(minutes(day[2]) - minutes(day[1]) - int(day[3]) for day in days), 2250)

    def test_nine_of_ten_have_fingers(self):
        fingers = rows(self.folder, "fingers.csv")
        self.assertEqual(sum(row["fingers"] == "0" for row in fingers), 40)

    def test_history_is_ordered_past_and_of_known_people_with_fingers(self):
        able = {row["person"] for row in rows(self.folder, "fingers.csv") if row["fingers"] != "0"}
        for place in ("gedung-a", "gedung-b"):
            punches = rows(self.folder, f"history-{place}.csv")
            times = [int(punch["at_ms"]) for punch in punches]
            self.assertGreater(len(times), 3000)
            self.assertEqual(times, sorted(times))
            self.assertEqual(times[-1], NOW_MS)
            self.assertGreater(times[0], NOW_MS - 31 * 86_400_000)
            self.assertEqual([punches[0]["person"], punches[-1]["person"]], ["0", "0"])
            self.assertTrue({punch["person"] for punch in punches[1:-1]} <= able)

    def test_nobody_punches_on_a_holiday_or_in_leave(self):
        holidays = {row["date"] for row in rows(self.folder, "holidays.csv")}
        number = {p["id"]: p["number"] for p in rows(self.folder, "people.csv")}
        leaves = collections.defaultdict(list)
        for row in rows(self.folder, "leaves.csv"):
            leaves[row["person"]].append((row["from"], row["to"]))
        for place in ("gedung-a", "gedung-b"):
            for punch in rows(self.folder, f"history-{place}.csv")[1:-1]:
                day = (dt.datetime.fromtimestamp(int(punch["at_ms"]) / 1000, dt.timezone.utc) + dt.timedelta(hours=7)).date().isoformat()
                self.assertNotIn(day, holidays)
                self.assertFalse([1 for first, last in leaves[number[punch["person"]]] if first <= day <= last])

    def test_the_same_seed_and_time_give_the_same_files(self):
        with tempfile.TemporaryDirectory() as again:
            generate(again)
            names = sorted(os.listdir(again))
            self.assertEqual(names, sorted(os.listdir(self.folder)))
            self.assertEqual(filecmp.cmpfiles(again, self.folder, names, shallow=False)[0], names)

    def test_a_year_without_a_list_has_fixed_holidays_and_says_so(self):
        with tempfile.TemporaryDirectory() as later:
            done = generate(later, "--people", "60", now="2031-06-10T11:00:00+07:00")
            self.assertIn("no list of 2031's holidays", done.stderr)
            self.assertEqual(len(rows(later, "holidays.csv")), 5)


unittest.main()
