#!/usr/bin/env python3
"""`hadir whois` and `hadir unit` of an imported administration, as of a day and as known at a moment; and what a
back-dated decree changes of judged days."""
import csv
import datetime as dt
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time
import unittest

HADIR = os.path.join(os.environ["HADIR_BUILD"], "hadir")
SITI, BUDI, RINA = "198503122010012001", "199001012021211005", "197512012000031002"

FILES = [
    ("places", "code,name\nLOBI,Lobi BKD\nSEKOLAH,SMAN 1\n"),
    ("units", "code,name,parent,kind,place,start,from\n"
              "JATENG,Provinsi,,provinsi,,2025-01-01,\nBKD,Badan Kepegawaian,JATENG,badan,LOBI,,\n"
              "SMAN1,SMA Negeri 1,JATENG,sekolah,SEKOLAH,,\n"),
    ("schedules", "unit,pattern,mon,tue,wed,thu,fri\nJATENG,5HARI" + ",07:00-15:30/60" * 4 + ",07:00-16:00/90\n"),
    ("people", "name,number,employment,from,back_title\n"
               f"Siti,{SITI},PNS,2010-01-01,S.Kom.\nBudi,{BUDI},PPPK,2021-03-01,\nRina,{RINA},PNS,2000-03-01,\n"),
    ("assignments", f"person,unit,from\n{SITI},BKD,2010-01-01\n{BUDI},SMAN1,2021-03-01\n{RINA},BKD,2000-03-01\n"),
    ("heads", f"unit,person,mode,from,to,source\nBKD,{RINA},,2024-01-01,2025-01-31,SK 1\n"
              f"BKD,{RINA},plt,2025-02-01,,SK 2\n"),
    ("secondaries", f"person,unit,kind,share,from,to,source\n{SITI},SMAN1,tambahan,40,2025-02-01,2025-06-30,SK 3\n"),
    ("superiors", f"person,superior,from\n{BUDI},{SITI},2025-01-01\n"),
    ("leaves", f"person,code,from,to,letter\n{SITI},CT,2025-02-10,2025-02-11,851/1\n"),
]


class People(unittest.TestCase):
    def hadir(self, *args, status=0):
        done = subprocess.run([HADIR, *args, "--config", self.config], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, (args, done))
        return done.stdout if status == 0 else done.stderr

    def bring(self, kind, text, *args, status=0):
        path = os.path.join(self.home.name, kind + ".csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return self.hadir("import", kind, path, *args, status=status)

    def whois(self, number, on, *args):
        return json.loads(self.hadir("whois", "--number", number, "--on", on, *args))

    @classmethod
    def setUpClass(cls):
        """The administration is imported once; each test has a copy."""
        cls.first = tempfile.TemporaryDirectory()
        folder = os.path.join(cls.first.name, "s")
        subprocess.run([HADIR, "init", folder], capture_output=True, check=True)
        for kind, text in FILES:
            path = os.path.join(cls.first.name, kind + ".csv")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            subprocess.run([HADIR, "import", kind, path, "--config", os.path.join(folder, "server.conf")], check=True,
                           capture_output=True)

    @classmethod
    def tearDownClass(cls):
        cls.first.cleanup()

    def setUp(self):
        self.home = tempfile.TemporaryDirectory()
        folder = os.path.join(self.home.name, "s")
        shutil.copytree(os.path.join(self.first.name, "s"), folder)
        self.config = os.path.join(folder, "server.conf")
        with open(self.config, encoding="utf-8") as file:
            text = file.read().replace(self.first.name, self.home.name)
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(text)

    def tearDown(self):
        self.home.cleanup()

    def moment(self):
        """A whole second between what was and what comes."""
        time.sleep(1 - time.time() % 1 + 0.002)
        return dt.datetime.now(dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    def test_whois_tells_who_is_above_and_where_one_serves(self):
        siti = self.whois(SITI, "2025-02-10")
        self.assertEqual(siti["superior_as"]["mode"], "plt")
        self.assertEqual(siti["superior_as"]["name"], "Rina")
        self.assertEqual(siti["superior"], siti["unit_head"]["person"])
        self.assertEqual(siti["unit_head"]["source"], "SK 2")
        self.assertEqual([(p["place"], p["secondary"]) for p in siti["duty_places"]],
                         [("LOBI", False), ("SEKOLAH", True)])
        self.assertEqual(siti["secondaries"], [{"unit": "SMAN1", "unit_name": "SMA Negeri 1", "kind": "tambahan",
                                                "place": None, "share_percent": 40, "from": "2025-02-01",
                                                "to": "2025-06-30", "source": "SK 3"}])
        self.assertEqual([leave["letter"] for leave in siti["leaves"]], ["851/1"])
        self.assertEqual((siti["back_title"], siti["status_name"]), ("S.Kom.", "Aktif"))
        self.assertEqual(siti["numbers"], [{"kind": "NIP", "number": SITI, "from": None, "to": None, "source": None}])
        january = self.whois(SITI, "2025-01-31")
        self.assertEqual(january["superior_as"]["mode"], "definitif")
        self.assertEqual((january["secondaries"], january["leaves"], len(january["duty_places"])), ([], [], 1))
        budi = self.whois(BUDI, "2025-02-10")
        self.assertEqual((budi["superior_as"]["mode"], budi["superior_as"]["name"]), ("ditetapkan", "Siti"))
        self.assertIsNone(budi["unit_head"])

    def test_whois_is_as_known_then(self):
        then = self.moment()
        self.bring("heads", f"unit,person,mode,from,source\nBKD,{SITI},plh,2025-02-10,SK 4\n")
        self.assertEqual(self.whois(SITI, "2025-02-10")["unit_head"]["mode"], "plh")
        self.assertEqual(self.whois(RINA, "2025-02-10")["superior_as"]["name"], "Siti")
        before = self.whois(RINA, "2025-02-10", "--known-at", then)
        self.assertEqual((before["unit_head"]["mode"], before["superior"]), ("plt", None))

    def tree(self, *args):
        return [(unit["depth"], unit["unit"]) for unit in json.loads(self.hadir("unit", "list", *args, "--format", "json"))]

    def test_the_tree_is_as_of_a_day_and_as_known_then(self):
        before = self.moment()
        self.bring("units", "code,name,parent,from\nBKD.1,Bidang Mutasi,BKD,2025-03-01\n")
        self.bring("reorganisations", "unit,kind,to,decree,date,tmt\nSMAN1,move,BKD,Perda 1,2025-02-20,2025-03-01\n")
        self.assertEqual(self.tree("--on", "2025-02-28"), [(0, "JATENG"), (1, "BKD"), (1, "SMAN1")])
        self.assertEqual(self.tree("--on", "2025-03-01"), [(0, "JATENG"), (1, "BKD"), (2, "BKD.1"), (2, "SMAN1")])
        self.assertEqual(self.tree("BKD", "--on", "2025-03-01"), [(0, "BKD"), (1, "BKD.1"), (1, "SMAN1")])
        self.assertEqual(self.tree("--on", "2025-03-01", "--known-at", before), [(0, "JATENG"), (1, "BKD"), (1, "SMAN1")])
        text = self.hadir("unit", "list", "--on", "2025-02-10")
        rina = self.whois(RINA, "2025-02-10")["person"]
        self.assertEqual(text, f"JATENG  Provinsi (provinsi)\n  BKD  Badan Kepegawaian (badan); plt {rina} Rina\n"
                               "  SMAN1  SMA Negeri 1 (sekolah)\n")
        rows = list(csv.DictReader(self.hadir("unit", "list", "--on", "2025-01-10", "--format", "csv").splitlines()))
        self.assertEqual([(row["unit"], row["parent"], row["head_mode"]) for row in rows],
                         [("JATENG", "", ""), ("BKD", "JATENG", "definitif"), ("SMAN1", "JATENG", "")])
        self.hadir("unit", "list", "NONE", status=1)
        self.hadir("unit", "list", "--format", "xml", status=1)
        self.hadir("unit", "show", status=2)

    def test_a_unit_tells_its_names_heads_places_and_decrees(self):
        before = self.moment()
        self.bring("reorganisations", "unit,kind,to,name,decree,date,tmt\n"
                                      "SMAN1,rename,,SMA Negeri 1 Kota,Perda 2,2025-02-20,2025-03-01\n"
                                      "BKD,merge,BKPSDM,Badan Baru,Perda 3,,2025-06-01\n")
        show = json.loads(self.hadir("unit", "show", "SMAN1", "--on", "2025-02-28", "--format", "json"))
        self.assertEqual(show["on"]["name"], "SMA Negeri 1")
        self.assertEqual([(name["name"], name["from"], name["to"]) for name in show["names"]],
                         [("SMA Negeri 1", None, "2025-02-28"), ("SMA Negeri 1 Kota", "2025-03-01", None)])
        self.assertEqual([(place["name"], place["from"]) for place in show["places"]], [("SEKOLAH", None)])
        self.assertEqual([(one["kind"], one["before"], one["after"], one["source"], one["date"], one["from"])
                          for one in show["reorganisations"]],
                         [("rename", "SMA Negeri 1", "SMA Negeri 1 Kota", "Perda 2", "2025-02-20", "2025-03-01")])
        rows = list(csv.DictReader(self.hadir("unit", "show", "BKD", "--format", "csv").splitlines()))
        self.assertEqual([(row["what"], row["from"], row["to"], row["how"]) for row in rows],
                         [("name", "", "2025-05-31", "badan"), ("head", "2024-01-01", "2025-01-31", "definitif"),
                          ("head", "2025-02-01", "2025-05-31", "plt"), ("place", "", "2025-05-31", ""),
                          ("reorganisation", "2025-06-01", "", "merge")])
        self.assertEqual((rows[-1]["about"], rows[-1]["source"]), ("BKPSDM", "Perda 3"))
        text = self.hadir("unit", "show", "BKD", "--on", "2025-07-01")
        self.assertIn("(does not exist on that day)\n", text)
        self.assertIn("reorganisation: Badan Kepegawaian (merge) → Badan Baru, BKPSDM [Perda 3]\n", text)
        then = self.hadir("unit", "show", "BKD", "--on", "2025-07-01", "--known-at", before)
        self.assertNotIn("Perda 3", then)
        self.assertTrue(then.startswith("BKD  Badan Kepegawaian (badan); plt "))

    def test_a_circle_is_refused_with_its_row_and_path(self):
        self.bring("units", "code,name,parent,from\nSEKSI,Seksi,BKD,2025-03-01\n")
        said = self.bring("units", "code,name,parent,from\nSMAN1,SMA,JATENG,2025-02-01\nBKD,Badan,SEKSI,2025-02-01\n", status=1)
        self.assertIn("line 3, column parent: the unit above would lie below this one, from 2025-03-01 on: "
                      "BKD < SEKSI < BKD", said)

    def test_a_back_dated_mutation_shows_and_keeps_what_it_changes(self):
        """SITI goes to the school of six days, eight weeks back: Saturdays become days of duty."""
        self.bring("schedules", "unit,pattern,mon,tue,wed,thu,fri,sat\nSMAN1,6HARI" + ",07:00-13:45/30" * 6 + "\n")
        today = dt.datetime.now(dt.timezone(dt.timedelta(hours=7))).date()
        monday = today - dt.timedelta(days=56 + today.weekday())
        saturday = monday + dt.timedelta(days=5)
        decree = f"person,kind,decree,date,tmt,to\n{SITI},unit,824/1,{monday},{monday},SMAN1\n"
        self.hadir("judge")

        said = self.bring("mutations", decree, "--check")
        found = re.search(r"it would change (\d+) judged person-days of 1 people", said)
        siti = self.whois(SITI, str(today))["person"]
        self.assertGreater(int(found[1]), 40)
        self.assertIn(f"  {saturday}  {siti} Siti: L → ", said)
        self.assertIn("(BKD → SMAN1)", said)
        self.assertRegex(said, r"\n  [89] of them with other codes")
        self.assertRegex(said, r"… and \d+ more" if int(found[1]) > 50 else "only checked")
        self.hadir("verdicts", "--changed-by", "1", status=1)  # nothing was kept
        self.assertEqual(self.whois(SITI, str(today))["unit"], "BKD")

        said = self.bring("mutations", decree)
        self.assertIn(f"batch 1: {found[1]} judged person-days of 1 people change", said)
        kept = json.loads(self.hadir("verdicts", "--changed-by", "1", "--format", "json"))
        self.assertEqual((kept["kind"], kept["file"], kept["people"], kept["days"]),
                         ("mutations", "mutations.csv", 1, int(found[1])))
        day = next(change for change in kept["changes"] if change["date"] == str(saturday))
        self.assertEqual((day["before"]["codes"], day["before"]["unit"], day["after"]["unit"]), ("L", "BKD", "SMAN1"))
        self.assertEqual(day["number"], SITI)

        rows = list(csv.DictReader(self.hadir("verdicts", "--changed-by", "1").splitlines()))
        self.assertEqual(len(rows), int(found[1]))
        now = {row["date"]: row["codes"] for row in csv.DictReader(
            self.hadir("verdicts", "--from", str(monday), "--to", str(today), "--person", SITI).splitlines())}
        self.assertEqual({row["date"]: row["new_codes"] for row in rows}, {row["date"]: now[row["date"]] for row in rows})
        # A second run brings nothing, and no batch.
        self.assertNotIn("batch", self.bring("mutations", decree))
        self.hadir("verdicts", "--changed-by", "2", status=1)
        self.hadir("verdicts", "--changed-by", "x", status=1)
        self.recaps(f"{monday:%Y-%m}", saturday, now)

    def recaps(self, month, saturday, codes):
        """The month in which SITI moved: the days of each unit in its own recap, each once in the province's."""
        def days(*args):
            rows = csv.DictReader(self.hadir("recap", "--month", month, "--kind", "codes", "--as-stored", *args)
                                  .lstrip("\ufeff").splitlines(), delimiter=";")
            row = next((row for row in rows if row["NIP"] == "'" + SITI), {})
            return {day: code for day, code in row.items() if day.isdigit() and code}
        here, there, all_days = days("--unit", "BKD"), days("--unit", "SMAN1"), days()
        self.assertFalse(here.keys() & there.keys())
        self.assertEqual({**here, **there}, all_days)
        if f"{saturday:%Y-%m}" == month:
            self.assertEqual(there[str(saturday.day)], codes[str(saturday)])
        folder = os.path.join(self.home.name, "rekap")
        os.mkdir(folder)
        for form in ("pdf", "xlsx", "page"):
            self.hadir("recap", "--month", month, "--kind", "personal", "--format", form, "-o", folder, "--as-stored")
        for name in ("BKD", "SMAN1"):
            for suffix in ("pdf", "xlsx", "html"):
                self.assertIn(f"rekap-{name}-{month}-personal.{suffix}", os.listdir(folder))
        for wrong in (("--month", "2025-13"), ("--month", month, "--kind", "x"), ("--month", month, "--unit", "NONE"),
                      ("--month", month, "--format", "xlsx", "--as-stored"), ("--month", month, "--only", "x")):
            self.hadir("recap", *wrong, status=1)
        self.hadir("recap", status=2)
        self.assertIn("Jenis", self.hadir("anomalies", "--month", month))
        self.hadir("anomalies", "--month", month, "--kind", "x", status=1)
        self.hadir("anomalies", "--month", month, "--year", "2025", status=2)

    def dump(self):
        """Everything in the database, as text."""
        database = sqlite3.connect(os.path.join(os.path.dirname(self.config), "data", "hadir.db"))
        try:
            return "\n".join(database.iterdump())
        finally:
            database.close()

    def test_a_month_is_closed_and_what_comes_later_is_a_line(self):
        month = ("--month", "2025-02", "--unit", "BKD")
        for name, *rest in (("budi", "SKPD", "--unit", "BKD", "--person", BUDI),
                            ("rina", "ATASAN", "--unit", "BKD", "--person", RINA), ("siti", "BKD", "--person", SITI)):
            self.hadir("user", "add", name, "--role", *rest)
        self.hadir("judge")
        # What if she had been sent elsewhere?  Nothing is stored.
        path = os.path.join(self.home.name, "trial.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"person,code,from,to,letter\n{SITI},DL,2025-02-03,2025-02-04,090/1\n")
        before = self.dump()
        said = self.hadir("whatif", "--from", "2025-02-01", "--to", "2025-02-28", "--unit", "BKD", "leaves", path)
        changes = list(csv.DictReader(said.splitlines()))
        self.assertEqual([(row["date"], row["codes"]) for row in changes], [("2025-02-03", "DL"), ("2025-02-04", "DL")])
        self.assertEqual(self.dump(), before)
        self.hadir("whatif", "--from", "2025-02-01", "--to", "2025-02-28", "leaves", path + "x", status=1)
        self.hadir("whatif", "leaves", path, status=2)

        self.assertIn("masih ada yang menghalangi", self.hadir("submit", *month, "--by", "budi", status=1))
        self.assertIn("no right", self.hadir("submit", *month, "--by", "rina", status=1))
        self.hadir("submit", *month, "--by", "budi", "--reason", "mesin belum ada")
        self.assertIn("belum ditandatangani", self.hadir("lock", *month, "--by", "siti", status=1))
        self.assertIn("submit by budi", self.hadir("month", "show", *month))
        self.hadir("sign", *month, "--by", "rina")
        self.assertIn("1 of 3 units", self.hadir("lock", "--month", "2025-02", "--by", "siti"))
        self.assertIn("bukan gilirannya", self.hadir("month", "reopen", *month, "--by", "siti", "--reason", "x", status=1))
        locked = self.hadir("month", "verify", *month)
        self.assertIn("BKD 2025-02: holds", locked)

        done = subprocess.run([HADIR, "import", "leaves", path, "--config", self.config], capture_output=True, text=True,
                              check=True)
        self.assertIn("2025-02 is locked: what changes in it becomes a difference", done.stderr)
        self.hadir("judge")
        lines = list(csv.DictReader(self.hadir("month", "differences", "--month", "2025-03").splitlines()))
        self.assertEqual([(row["old_month"], row["date"], row["codes"]) for row in lines],
                         [("2025-02", "2025-02-03", "DL"), ("2025-02", "2025-02-04", "DL")])
        self.assertEqual(self.hadir("month", "verify", *month), locked)
        self.assertIn("BKD,Badan Kepegawaian,locked", self.hadir("month", "list", "--month", "2025-02"))

    def test_a_decree_for_days_to_come_changes_no_judged_day(self):
        self.hadir("judge")
        said = self.bring("mutations", f"person,kind,decree,tmt,to\n{SITI},unit,824/2,2099-01-01,SMAN1\n")
        self.assertIn("batch 1: 0 judged person-days of 0 people change", said)


if __name__ == "__main__":
    unittest.main()
