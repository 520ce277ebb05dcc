#!/usr/bin/env python3
"""`hadir alarm`, `held`, `quarantine`, `backlog`, `decision`: in whose name, why, and what is refused."""
import glob
import os
import sqlite3
import subprocess
import tempfile
import unittest

HADIR = os.path.join(os.environ["HADIR_BUILD"], "hadir")


class Decide(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        folder = os.path.join(cls.temporary.name, "s")
        subprocess.run([HADIR, "init", folder, "--demo"], capture_output=True, check=True)
        cls.config = os.path.join(folder, "server.conf")
        cls.database = glob.glob(os.path.join(folder, "data", "*.db"))[0]
        for name, role in (("bkd.siti", "BKD"), ("auditor.budi", "AUDITOR")):
            cls.hadir("user", "add", name, "--role", role)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    @classmethod
    def hadir(cls, *args, status=0):
        done = subprocess.run([HADIR, *args, "--config", cls.config], capture_output=True, text=True, check=False)
        assert done.returncode == status, (args, done)
        return done.stdout if status == 0 else done.stderr

    def rows(self, text, *values):
        with sqlite3.connect(self.database) as database:
            return database.execute(text, values).fetchall()

    def raise_alarm(self, number):
        self.rows("INSERT INTO alarm (id, kind, detail, first_ms, last_ms, n) VALUES (?, 'hole', 'a hole', 1, 1, 1)",
                  number)

    def test_an_alarm_is_ended_in_somebodys_name(self):
        self.raise_alarm(1)
        said = ("--reason", "sudah diperiksa di tempat")
        self.assertIn("a hole", self.hadir("alarm", "list"))
        for by in ((), ("--by", "nobody"), ("--by", "auditor.budi")):
            self.hadir("alarm", "end", "1", *by, *said, status=1)
        self.assertIn("--reason", self.hadir("alarm", "end", "1", "--by", "bkd.siti", status=1))
        self.hadir("alarm", "end", "1", "--by", "bkd.siti", "--reason", "ya", status=1)
        self.hadir("alarm", "end", "1", "--by", "bkd.siti", *said)
        self.assertNotIn("a hole", self.hadir("alarm", "list"))
        self.hadir("alarm", "end", "1", "--by", "bkd.siti", *said, status=1)
        decided = self.hadir("decision", "list")
        self.assertIn("bkd.siti: alarm 1: ended; done (sudah diperiksa di tempat)", decided)
        logged = self.rows("SELECT e.detail, a.name FROM audit_entry e JOIN account a ON a.id = e.account"
                           " WHERE e.action = 'alarm.decide'")
        self.assertEqual(logged, [("1 ended", "bkd.siti")])

    def test_each_command_has_its_own_decisions(self):
        said = ("--by", "bkd.siti", "--reason", "sudah diperiksa")
        self.raise_alarm(2)
        for command in (("alarm", "accept", "2"), ("held", "accept", "00"), ("quarantine", "end", "1-1"),
                        ("backlog", "fraud", "term-a"), ("quarantine", "accept", "1-1"), ("held", "fraud", "0" * 32),
                        ("backlog", "reject", "term-a"), ("quarantine", "reject", "x")):
            self.hadir(*command, *said, status=1)
        self.assertIn("usage", self.hadir("held", "fraud", status=2))
        for command in ("held", "backlog", "quarantine"):
            self.assertEqual(self.hadir(command, "list"), "")

    def test_pairs_are_decided_and_use_is_listed(self):
        said = ("--reason", "sudah diperiksa")
        by = ("--by", "bkd.siti", *said)
        self.rows("INSERT INTO duplicate_run (id, started_ms, after_person, n_people, n_references)"
                  " VALUES (1, 1, 0, 0, 0)")
        for person, other in ((101, 102), (103, 104)):
            self.rows("INSERT INTO duplicate_pair (person, other, run, finger, score, found_ms)"
                      " VALUES (?, ?, 1, 2, 9000, 1)", person, other)
        self.assertIn("101 102  right-index, score 9.0", self.hadir("match", "pairs"))
        for wrong in (("fraud", "101", "102", *said), ("fraud", "101", "103", *by), ("fraud", "101", "x", *by),
                      ("fraud", "101", "102", *by, "--ends", "103"), ("different", "101", "102", *by, "--ends", "101"),
                      ("fraud", "101", "102", "--by", "auditor.budi", *said), ("accept", "101", "102", *by),
                      ("reenrol", "--unit", "none"), ("pairs", "x")):
            self.hadir("match", *wrong, status=1)
        self.hadir("match", "fraud", "102", "101", *by, "--ends", "102")
        self.hadir("match", "fraud", "102", "101", *by, status=1)
        self.hadir("match", "different", "103", "104", *by)
        self.assertEqual(self.hadir("match", "pairs"), "")
        every = self.hadir("match", "pairs", "--all")
        self.assertIn("bkd.siti: fraud (sudah diperiksa), references of 102 end when the server runs", every)
        self.assertIn("bkd.siti: different (sudah diperiksa)\n", every)
        logged = self.rows("SELECT detail FROM audit_entry WHERE action = 'duplicate.decide' ORDER BY seq")
        self.assertEqual(logged, [("102 101 fraud",), ("103 104 different",)])
        self.assertEqual(self.hadir("match", "reenrol"), "")


if __name__ == "__main__":
    unittest.main()
