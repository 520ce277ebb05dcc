#!/usr/bin/env python3
"""`hadir outage` and `hadir terminal lost`, on a folder made by `hadir init`, without a running server."""
import glob
import os
import sqlite3
import subprocess
import tempfile
import time
import unittest

HADIR = os.path.join(os.environ["HADIR_BUILD"], "hadir")
DAY_MS = 86400000
PLACES = "code,name,from\nLOBI,Lobi,2020-01-01\n"


class Outage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        folder = os.path.join(cls.temporary.name, "s")
        subprocess.run([HADIR, "init", folder, "--demo"], capture_output=True, check=True)
        cls.config = os.path.join(folder, "server.conf")
        cls.database = glob.glob(os.path.join(folder, "data", "*.db"))[0]
        for name, role in (("bkd.siti", "BKD"), ("auditor.budi", "AUDITOR")):
            cls.hadir("user", "add", name, "--role", role)
        places = os.path.join(cls.temporary.name, "places.csv")
        with open(places, "w", encoding="utf-8") as file:
            file.write(PLACES)
        cls.hadir("import", "places", places)
        cls.hadir("terminal", "add", "term-a", "--place", "LOBI", "--out", os.path.join(cls.temporary.name, "b"))
        # Two days ago it recorded from 05.00 to 06.30 and from 09.30 to 20.00 (UTC+7).
        cls.day = (int(time.time() * 1000) // DAY_MS - 2) * DAY_MS - 7 * 3600000
        cls.rows("UPDATE terminal SET state = 'active', joined_ms = ?", cls.at(4))
        for begin, end in ((5, 6.5), (9.5, 20)):
            cls.rows("INSERT INTO coverage (terminal, from_ms, to_ms) VALUES ('term-a', ?, ?)", cls.at(begin),
                     cls.at(end))

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    @classmethod
    def at(cls, hour):
        return int(cls.day + hour * 3600000)

    @classmethod
    def text(cls, hour):
        return time.strftime("%Y-%m-%dT%H:%M", time.gmtime((cls.at(hour) + 7 * 3600000) / 1000))

    @classmethod
    def hadir(cls, *args, status=0):
        done = subprocess.run([HADIR, *args, "--config", cls.config], capture_output=True, text=True, check=False)
        assert done.returncode == status, (args, done)
        return done.stdout if status == 0 else done.stderr

    @classmethod
    def rows(cls, text, *values):
        with sqlite3.connect(cls.database) as database:
            return database.execute(text, values).fetchall()

    def declare(self, begin, end, *rest, status=0):
        return self.hadir("outage", "declare", "--place", "LOBI", "--from", self.text(begin), "--to", self.text(end),
                          "--cause", "listrik", "--evidence", "surat PLN 12", *rest, status=status)

    def test_an_outage_from_proposal_to_withdrawal(self):
        said = ("--by", "bkd.siti", "--reason", "sesuai surat PLN")
        self.assertEqual(self.hadir("outage", "propose"), "1 new\n")
        self.assertIn("proposed", self.hadir("outage", "list", "--place", "LOBI"))
        for by in ((), ("--by", "nobody", "--reason", "ya, benar"), ("--by", "auditor.budi", "--reason", "ya, benar")):
            self.hadir("outage", "approve", "1", *by, status=1)
        self.hadir("outage", "approve", "x", *said, status=1)
        self.hadir("outage", "approve", "9", *said, status=1)
        self.hadir("outage", "approve", "1", *said, "--document", "12/2025")
        self.assertIn("approved", self.hadir("outage", "list"))
        self.assertIn("already", self.hadir("outage", "approve", "1", *said, status=1))
        self.hadir("outage", "refuse", "1", "--by", "bkd.siti", "--reason", "surat itu palsu")
        self.assertIn("withdrawn", self.hadir("outage", "list"))
        history = self.hadir("outage", "history", "1").splitlines()
        self.assertEqual(len(history), 2)
        self.assertIn("bkd.siti: approved (sesuai surat PLN)", history[0])
        logged = self.rows("SELECT detail FROM audit_entry WHERE action = 'outage.decide' ORDER BY seq")
        self.assertEqual([row[0] for row in logged], ["1 approved", "1 refused"])
        self.assertIn("1 outages", self.declare(7, 8, "--by", "bkd.siti") and
                      self.hadir("outage", "list", "--frequent", "--min", "1"))
        self.assertEqual(self.hadir("outage", "list", "--frequent"), "")

    def test_what_speaks_against_a_declaration_is_said(self):
        self.assertIn("term-a", self.declare(10, 11, "--by", "bkd.siti", status=1))
        self.assertIn("not over", self.declare(48, 96, "--by", "bkd.siti", status=1))
        self.assertIn("before", self.declare(8, 7, "--by", "bkd.siti", status=1))
        self.declare(8, 9, status=1)
        self.hadir("outage", "list", "--place", "NOWHERE", status=1)
        self.hadir("outage", "list", "--from", "yesterday", status=1)
        self.assertIn("usage", self.hadir("outage", "end", status=2))

    def test_a_terminal_lost_for_ever(self):
        said = ("--by", "bkd.siti", "--reason", "mesin terbakar")
        self.assertIn("revoke", self.hadir("terminal", "lost", "term-a", *said, status=1))
        self.hadir("terminal", "lost", "term-a", "--reason", "mesin terbakar", status=1)
        self.hadir("terminal", "lost", "term-z", *said, status=1)
        # What lies between two spans is over: it needs no revocation.
        self.assertIn("event 1", self.hadir("terminal", "lost", "term-a", "--from", self.text(6.5), "--to",
                                            self.text(9.5), *said))
        self.hadir("terminal", "revoke", "term-a")
        self.assertIn("2  ", self.hadir("terminal", "lost", "term-a", *said))
        logged = self.rows("SELECT count(*) FROM audit_entry WHERE action = 'terminal.lost'")
        self.assertEqual(logged, [(2,)])


if __name__ == "__main__":
    unittest.main()
