#!/usr/bin/env python3
"""`hadir roster`: a month planned, checked and published; corrections and swaps, in whose name."""
import datetime
import glob
import os
import sqlite3
import subprocess
import tempfile
import unittest

HADIR = os.path.join(os.environ["HADIR_BUILD"], "hadir")
TODAY = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7)).date()
# A month that lies ahead as a whole.
MONTH = (TODAY.replace(day=1) + datetime.timedelta(days=62)).replace(day=1)
PAST = TODAY - datetime.timedelta(days=3)


def on(day):
    return MONTH.replace(day=day).isoformat()


class Roster(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        folder = os.path.join(cls.temporary.name, "s")
        subprocess.run([HADIR, "init", folder, "--demo"], capture_output=True, check=True)
        cls.config = os.path.join(folder, "server.conf")
        cls.database = glob.glob(os.path.join(folder, "data", "*.db"))[0]
        cls.fresh = os.path.join(cls.temporary.name, "fresh.db")
        cls("run").make_hospital()
        with sqlite3.connect(cls.database) as source, sqlite3.connect(cls.fresh) as copy:
            source.backup(copy)

    def setUp(self):
        with sqlite3.connect(self.fresh) as source, sqlite3.connect(self.database) as copy:
            source.backup(copy)

    def make_hospital(self):
        self.load("units", "code,name,start,live", "RS,RSUD,2020-01-01,2020-01-01")
        self.load("schedules", "unit,pattern,mon,tue,wed,thu,fri,from",
                  "RS,5H,07:00-15:30/60,07:00-15:30/60,07:00-15:30/60,07:00-15:30/60,07:00-16:00/90,2020-01-01")
        self.load("people", "ref,id,name,employment,from",
                  *(f"N{n},{1000 + n},PERAWAT {n},PNS,2010-01-01" for n in (1, 2, 3)))
        self.load("assignments", "person,unit,from", *(f"N{n},RS,2010-01-01" for n in (1, 2, 3)))
        self.load("shifts", "code,name,hours", "P,Pagi,07:00-14:00/0", "S,Siang,14:00-21:00/0",
                  "M,Malam,21:00-07:00/0")
        for name, role, *rest in (("bkd.siti", "BKD"), ("bkd.tuti", "BKD"), ("auditor.budi", "AUDITOR"),
                                  ("atasan.rini", "ATASAN", "--unit", "RS")):
            self.hadir("user", "add", name, "--role", role, *rest)

    def hadir(self, *args, status=0):
        done = subprocess.run([HADIR, *args, "--config", self.config], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, (args, done))
        self.warned = done.stderr
        return done.stdout if status == 0 else done.stderr

    def load(self, kind, *lines, status=0):
        path = os.path.join(self.temporary.name, "list.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        return self.hadir("import", kind, path, status=status)

    def rows(self, text, *values):
        with sqlite3.connect(self.database) as database:
            return database.execute(text, values).fetchall()

    def in_force(self, person, day):
        found = self.rows("SELECT coalesce(s.code, '-'), r.source FROM person_roster r"
                          " LEFT JOIN work_shift s ON s.id = r.shift WHERE r.person = ? AND r.valid_from_day = ?"
                          " AND r.recorded_to_ms IS NULL", person,
                          (datetime.date.fromisoformat(day) - datetime.date(1970, 1, 1)).days)
        return found[0] if found else None

    def month(self, *args, status=0):
        return self.hadir("roster", args[0], "--unit", "RS", "--month", MONTH.isoformat()[:7], *args[1:], status=status)

    def test_a_month_is_published_knowing_its_conflicts(self):
        self.load("leaves", "person,code,from,to,letter", f"N2,CT,{on(6)},{on(6)},851/1")
        self.load("drafts", "unit,person,date,shift,source", f"RS,N1,{on(5)},M,R/1", f"RS,N1,{on(6)},P,R/1",
                  f"RS,N2,{on(6)},S,R/1")
        self.assertIsNone(self.in_force(1001, on(5)))  # a draft: nothing is judged by it
        told = self.month("check")
        self.assertIn(f"{on(6)}  person 1001  istirahat sebelumnya 0 menit", told)
        self.assertIn(f"{on(6)}  person 1002  dijadwalkan jaga selama cuti atau dinas (CT)", told)
        self.assertRegex(told, rf"{MONTH.isoformat()[:7]}-\d\d  person 1001  jam kerja minggu ini")
        for args in ((), ("--by", "nobody"), ("--by", "auditor.budi"), ("--by", "bkd.siti")):
            self.month("publish", *args, status=1)
        self.assertIsNone(self.in_force(1001, on(5)))
        self.month("publish", "--by", "atasan.rini", "--reason", "tidak ada pengganti")
        self.assertEqual(self.in_force(1001, on(5)), ("M", "R/1"))
        # A second version; the first stays as it was.
        self.load("drafts", "unit,person,date,shift,source", f"RS,N1,{on(6)},-,R/2")
        self.month("publish", "--by", "bkd.siti", "--reason", "ralat")
        self.assertEqual(self.in_force(1001, on(6)), ("-", "R/2"))
        shown = self.month("show")
        first, second = shown.split("version 2")
        self.assertIn("atasan.rini", first)
        self.assertIn("tidak ada pengganti", first)
        self.assertIn(f"{on(6)}  person 1001  P", first)
        self.assertIn(f"{on(6)}  person 1001  -", second)
        self.month("publish", "--by", "bkd.siti", "--reason", "x", status=1)  # no draft any more

    def test_a_unit_on_duty_every_night_has_somebody_on_each(self):
        days = [d for d in range(1, 29) if d != 17]
        self.load("drafts", "unit,person,date,shift", *(f"RS,N1,{on(d)},M" for d in days),
                  *(f"RS,N{n},{on(17)},-" for n in (1, 2)))
        told = self.month("check")
        self.assertIn(f"{on(17)}  unit  tidak ada yang jaga pukul 21.00", told)
        self.assertNotIn(f"{on(16)}  unit  tidak ada yang jaga pukul 21.00", told)
        for args in ((), ("--by", "nobody"), ("--by", "auditor.budi")):
            self.month("discard", *args, status=1)
        self.month("discard", "--by", "atasan.rini")
        self.assertEqual(self.rows("SELECT a.name FROM audit_entry e JOIN account a ON a.id = e.account"
                                   " WHERE e.action = 'roster.discard'"), [("atasan.rini",)])
        self.assertIn("0 days planned", self.month("check"))

    def test_whose_week_does_not_fit_is_listed(self):
        self.assertIn("0 of 3 people", self.hadir("weeks"))
        self.load("people", "ref,id,name,employment,from", "N4,1004,PARUH,PPPK_PW,2020-01-01")
        self.load("assignments", "person,unit,from", "N4,RS,2020-01-01")
        self.assertIn("person 1004  RS  PPPK_PW  2250 minutes a week, the contract's are not known",
                      self.hadir("weeks", "--unit", "RS"))
        self.load("weeks", "person,weekly_min,from", "N4,1350,2020-01-01")
        self.assertIn("this person's should have 1350", self.warned)
        self.assertIn("2250 minutes a week, 1350 asked for", self.hadir("weeks", "--on", TODAY.isoformat()))
        self.hadir("weeks", "--unit", "TIDAK", status=1)

    def test_who_does_not_serve_there_is_not_planned(self):
        self.load("units", "code,name", "LAIN,Unit lain")
        self.assertIn("does not serve in 'LAIN'",
                      self.load("drafts", "unit,person,date,shift", f"LAIN,N1,{on(5)},P", status=1))

    def test_a_shift_that_began_is_corrected_by_approval(self):
        self.load("rosters", "person,date,shift,source", f"N1,{PAST},P,R/9")  # the first word: as before
        self.assertEqual(self.in_force(1001, PAST.isoformat()), ("P", "R/9"))
        self.load("rosters", "person,date,shift", f"N1,{PAST},S", status=1)  # no reason
        self.load("rosters", "person,date,shift,source", f"N1,{PAST},S,salah ketik")
        self.assertIn("waits as a correction", self.warned)
        self.assertIn("0 new or changed", self.load("rosters", "person,date,shift,source", f"N1,{PAST},S,salah ketik"))
        self.assertEqual(self.in_force(1001, PAST.isoformat()), ("P", "R/9"))
        listed = self.hadir("roster", "list")
        self.assertIn(f"{PAST}  person 1001  P -> S", listed)
        said = ("--reason", "benar, lihat buku jaga")
        for by in ((), ("--by", "auditor.budi")):
            self.hadir("roster", "approve", "1", *by, *said, status=1)
        self.hadir("roster", "approve", "1", "--by", "bkd.siti", status=1)
        self.hadir("roster", "approve", "1", "--by", "bkd.siti", *said)
        code, source = self.in_force(1001, PAST.isoformat())
        self.assertEqual((code, source), ("S", "salah ketik; koreksi jadwal nomor 1 disetujui bkd.siti"))
        self.assertEqual(self.hadir("roster", "list"), "")
        self.hadir("roster", "refuse", "1", "--by", "bkd.siti", *said, status=1)
        # The verdict names it.
        self.hadir("judge", "--all")
        self.assertIn("koreksi jadwal nomor 1 disetujui bkd.siti",
                      self.hadir("verdicts", "--from", PAST.isoformat(), "--to", PAST.isoformat(), "--format", "json"))
        # Refused: nothing comes of it.  What one asked for, another decides.
        self.hadir("roster", "correct", "N1", PAST.isoformat(), "M", "--by", "bkd.siti", "--reason", "malam")
        self.hadir("roster", "approve", "2", "--by", "bkd.siti", *said, status=1)
        self.hadir("roster", "refuse", "2", "--by", "bkd.tuti", *said)
        self.assertEqual(self.in_force(1001, PAST.isoformat()), (code, source))
        logged = self.rows("SELECT e.action, a.name FROM audit_entry e JOIN account a ON a.id = e.account"
                           " WHERE e.action LIKE 'roster.%' ORDER BY e.seq")
        self.assertEqual(logged, [("roster.approve", "bkd.siti"), ("roster.correct", "bkd.siti"),
                                  ("roster.refuse", "bkd.tuti")])

    def test_two_swap_with_approval(self):
        self.load("rosters", "person,date,shift", f"N1,{on(5)},P", f"N2,{on(5)},M", f"N1,{on(6)},P", f"N2,{on(6)},-")
        swap = ("roster", "swap", "N1", on(5), "N2", on(5), "--by", "atasan.rini", "--reason", "keperluan keluarga")
        self.assertIn(f"{on(6)}  person 1001  istirahat", self.hadir(*swap).replace(f"{on(5)}  person 1001  istirahat", ""))
        self.hadir("roster", "swap", "N1", on(5), "N3", on(5), "--by", "bkd.siti", "--reason", "x", status=1)
        said = ("--by", "bkd.siti", "--reason", "disepakati")
        self.hadir("roster", "approve", "1", *said, status=1)  # M on the 5th, P on the 6th: no rest
        self.assertEqual(self.in_force(1001, on(5))[0], "P")
        self.hadir("roster", "approve", "1", *said, "--despite-conflicts")
        self.assertEqual([self.in_force(n, on(5))[0] for n in (1001, 1002)], ["M", "P"])
        self.assertIn("tukar jadwal nomor 1", self.in_force(1002, on(5))[1])
        # On two days each does the other's.
        self.load("rosters", "person,date,shift", f"N1,{on(10)},P", f"N2,{on(10)},-", f"N1,{on(13)},-",
                  f"N2,{on(13)},S")
        self.hadir("roster", "swap", "N1", on(10), "N2", on(13), "--by", "atasan.rini", "--reason", "acara")
        self.load("rosters", "person,date,shift", f"N2,{on(13)},P")  # meanwhile it is another duty
        self.assertIn("has changed since", self.hadir("roster", "approve", "2", *said, status=1))
        self.load("rosters", "person,date,shift", f"N2,{on(13)},S")
        self.hadir("roster", "approve", "2", *said)
        self.assertEqual([self.in_force(n, on(d))[0] for n in (1001, 1002) for d in (10, 13)], ["-", "S", "P", "-"])

    def test_another_cycle_begins_ahead(self):
        since = TODAY - datetime.timedelta(days=20)
        self.load("rotations", "person,cycle,begins,from", f"N1,P S -,{since},{since}")
        self.load("rotations", "person,cycle,begins,from", f"N1,P S -,{since},{since}")
        self.assertIn("duties that have begun",
                      self.load("rotations", "person,cycle,begins,from", f"N1,S P -,{since},{since}", status=1))
        ahead = TODAY + datetime.timedelta(days=2)  # midnight may come meanwhile
        self.load("rotations", "person,cycle,begins,from", f"N1,S P -,{ahead},{ahead}")


if __name__ == "__main__":
    unittest.main()
