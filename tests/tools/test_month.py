#!/ usr / bin / env python3
"""The month's procedure by `hadir` alone: corrected, approved, submitted, signed, locked, a late letter, the
difference in the next month, evidence verified without the database, paid."""
import datetime
import glob
import os
import sqlite3
import subprocess
import tempfile
import unittest
import zipfile

HADIR = os.path.join(os.environ["HADIR_BUILD"], "hadir")
TODAY = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7)).date()
THIS = TODAY.replace(day=1)
LAST = (THIS - datetime.timedelta(days=1)).replace(day=1)
WORKDAYS = [d for d in (LAST + datetime.timedelta(days=n) for n in range(31))
            if d.month == LAST.month and d.weekday() < 5]
MISSED, SICK = WORKDAYS[3], WORKDAYS[6]  # PEGAWAI 1 forgot the morning; PEGAWAI 3 brings a letter too late


class Month(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        folder = os.path.join(cls.temporary.name, "s")
        subprocess.run([HADIR, "init", folder, "--demo"], capture_output=True, check=True)
        cls.config = os.path.join(folder, "server.conf")
        cls.database = glob.glob(os.path.join(folder, "data", "*.db"))[0]
        cls("run").make_district()

    def make_district(self):
        start = LAST.isoformat()
        self.load("places", "code,name,from", "LOBI,Lobi,2020-01-01")
        self.load("units", "code,name,start,live", f"KEC,Kecamatan,{start},{start}")
        self.load("schedules", "unit,pattern,mon,tue,wed,thu,fri,from",
                  "KEC,5H,07:00-15:30/60,07:00-15:30/60,07:00-15:30/60,07:00-15:30/60,07:00-16:00/90,2020-01-01")
        self.load("people", "ref,id,name,employment,from",
                  *(f"N{n},{1000 + n},PEGAWAI {n},PNS,2010-01-01" for n in range(1, 6)))
        self.load("assignments", "person,unit,from", *(f"N{n},KEC,2010-01-01" for n in (1, 2, 3)))
        self.load("heads", "unit,person,from", "KEC,N3,2020-01-01")
        self.load("punches", "person,at,place,letter", *(
            f"N{n},{day} {time},LOBI,D/1" for day in WORKDAYS for n in (1, 2, 3) for time in ("06:50", "16:10")
            if (n, day, time) != (1, MISSED, "06:50")))
        for name, role, person, *unit in (("satu", "PEGAWAI", 1), ("skpd.dua", "SKPD", 2, "--unit", "KEC"),
                                          ("kepala.tiga", "ATASAN", 3, "--unit", "KEC"), ("bkd.empat", "BKD", 4),
                                          ("bkd.lima", "BKD", 5)):
            self.hadir("user", "add", name, "--role", role, *unit, "--person", f"N{person}")

    def hadir(self, *args, status=0):
        done = subprocess.run([HADIR, *args, "--config", self.config], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, (args, done))
        self.warned = done.stderr
        return done.stdout if status == 0 else done.stderr

    def load(self, kind, *lines, status=0):
        path = os.path.join(self.temporary.name, kind + ".csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        return self.hadir("import", kind, path, status=status)

    def rows(self, text, *values):
        with sqlite3.connect(self.database) as database:
            return database.execute(text, values).fetchall()

    def step(self, name, by, *more, status=0):
        return self.hadir(name, "--month", f"{LAST:%Y-%m}", "--unit", "KEC", "--by", by, *more, status=status)

    def month(self, word, month=LAST):
        return self.hadir("month", word, "--month", f"{month:%Y-%m}", "--unit", "KEC")

    def test_from_the_correction_to_the_pay(self):
        self.assertIn(f"person 1001, 1 days from {MISSED}", self.month("show"))
        self.correct()
        self.hand_in()
        self.come_late()
        self.prove()
        self.assertIn("paid", self.step("pay", "bkd.lima"))
        self.step("pay", "bkd.empat", status=1)

    def correct(self):
        until = (TODAY + datetime.timedelta(days=3)).isoformat()
        reopen = ("correction", "reopen", f"{LAST:%Y-%m}", "--unit", "KEC", "--until", until, "--reason", "surat lambat")
        self.hadir(*reopen, "--by", "skpd.dua", status=1)
        self.hadir(*reopen, "--by", "bkd.lima")
        ask = ("correction", "ask", "N1", MISSED.isoformat(), "masuk", "--by", "satu")
        self.hadir(*ask, status=1)  # why, it is asked
        self.assertEqual(self.hadir(*ask, "--reason", "lupa, tetapi hadir").strip(), "1")
        self.assertIn("nobody decides their own", self.hadir("correction", "approve", "1", "--by", "satu", status=1))
        self.hadir("correction", "approve", "9", "--by", "kepala.tiga", status=1)
        self.hadir("correction", "approve", "1", "--by", "kepala.tiga", "--reason", "benar hadir")
        self.hadir("correction", "refuse", "1", "--by", "kepala.tiga", "--reason", "keliru", status=1)
        self.assertIn("disetujui by kepala.tiga: benar hadir", self.hadir("correction", "show", "1"))
        day = self.hadir("verdicts", "--from", MISSED.isoformat(), "--to", MISSED.isoformat(), "--person", "N1")
        self.assertIn(",AT,final,", day)

    def hand_in(self):
        self.step("sign", "kepala.tiga", status=1)  # not yet
        self.assertIn("3 people", self.step("submit", "skpd.dua"))
        self.step("sign", "skpd.dua", status=1)
        self.step("sign", "kepala.tiga")
        self.step("lock", "kepala.tiga", status=1)
        self.assertIn("locked", self.step("lock", "bkd.empat"))
        self.assertRegex(self.month("verify"), r"holds [0-9a-f]{64}")
        self.hadir("correction", "ask", "N1", WORKDAYS[8].isoformat(), "masuk", "--by", "satu", "--reason", "lupa lagi",
                   status=1)

    def come_late(self):
        line = f"N3,CS,{SICK},{SICK},441/77,dokter"
        path = os.path.join(self.temporary.name, "whatif.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"person,code,from,to,letter,ground\n{line}\n")
        told = self.hadir("whatif", "--from", LAST.isoformat(), "--to", WORKDAYS[-1].isoformat(), "--unit", "KEC",
                          "leaves", path)
        self.assertIn(f"{SICK},1003,H,CS", told)
        self.assertIn("nothing was stored", self.warned)
        self.assertEqual(len(self.month("differences", THIS).splitlines()), 1)
        self.load("leaves", "person,code,from,to,letter,ground", line)
        self.assertIn("is locked", self.warned)
        lines = self.month("differences", THIS).splitlines()
        self.assertEqual(len(lines), 2)
        self.assertIn(f"KEC,{LAST:%Y-%m},KEC,1003,PEGAWAI 3,{SICK},H,KEC,0,0,CS,", lines[1])
        self.assertRegex(self.month("verify"), r"holds [0-9a-f]{64}")

    def prove(self):
        path, other = (os.path.join(self.temporary.name, name) for name in ("bukti.zip", "lain.zip"))
        self.hadir("evidence", "--person", "N9", "--month", f"{LAST:%Y-%m}", "-o", path, status=1)
        self.hadir("evidence", "--person", "N3", "--month", f"{LAST:%Y-%m}", "-o", path)
        verify = [HADIR, "evidence", "--verify"]  # no configuration, no database
        self.assertIn("signed by the server's key",
                      subprocess.run([*verify, path], capture_output=True, text=True, check=True, cwd="/").stdout)
        with zipfile.ZipFile(path) as good, zipfile.ZipFile(other, "w") as bad:
            for name in good.namelist():
                bad.writestr(name, good.read(name).replace(b"CS", b"CT"))
        done = subprocess.run([*verify, other], capture_output=True, text=True, check=False, cwd="/")
        self.assertEqual(done.returncode, 1)
        self.assertIn("BROKEN", done.stdout)

    def test_signals_say_what_the_year_holds(self):
        self.load("discipline", "day_min,run_days,act_days,source", "450,10,7,Keputusan 1")
        self.assertIn("act_days               7", self.hadir("settings"))
        self.assertEqual(self.hadir("discipline", "--year", str(LAST.year)), "")
        self.load("tiers", "from_days,to_days,level,name", "3,9,ringan,Teguran", status=1)  # a day twice
        self.load("entitlements", "annual_days,source", "14,Keputusan 2")
        self.assertIn("annual_days            14", self.hadir("settings"))
        self.assertIn('"entitled":14', self.hadir("balance", "--person", "N1", "--on", TODAY.isoformat()))
        self.load("entitlements", "annual_days,source", "abc,Keputusan 3", status=1)


if __name__ == "__main__":
    unittest.main()
