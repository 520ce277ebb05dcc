#!/usr/bin/env python3
"""`hadir audit --head`, `hadir person export` and `hadir person affected`."""
import glob
import json
import os
import re
import sqlite3
import subprocess
import tempfile
import unittest

HADIR = os.path.join(os.environ["HADIR_BUILD"], "hadir")


class PersonCommand(unittest.TestCase):
    def hadir(self, *args, status=0):
        done = subprocess.run([HADIR, *args, "--config", self.config], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, (args, done))
        return done.stdout if status != 2 else done.stderr

    def rows(self, text, *values):
        with sqlite3.connect(self.database) as database:
            return database.execute(text, values).fetchall()

    def setUp(self):
        self.home = tempfile.TemporaryDirectory()
        folder = os.path.join(self.home.name, "s")
        subprocess.run([HADIR, "init", folder, "--demo"], capture_output=True, check=True)
        self.config = os.path.join(folder, "server.conf")
        self.database = glob.glob(os.path.join(folder, "data", "*.db"))[0]
        self.rows("INSERT INTO person (id, created_ms) VALUES (4711, 1)")
        self.rows("INSERT INTO person_name VALUES (4711, '=SITI', NULL, NULL, NULL, 0, 9999999, 1, NULL)")

    def tearDown(self):
        self.home.cleanup()

    def test_heads_are_signed_and_hold(self):
        self.hadir("user", "add", "siti", "--role", "PEGAWAI", "--person", "4711")
        said = self.hadir("audit", "--head")
        self.assertRegex(said, r"(?m)^\d{4}-\d\d-\d\d entry \d+ at \d+ hash [0-9a-f]{64} signature [0-9a-f]{128}: holds$")
        self.assertIn("1 heads signed by 04", said)
        self.hadir("user", "disable", "siti")
        self.assertEqual(len(re.findall("holds", self.hadir("audit", "--head"))), 1)
        self.rows("UPDATE audit_entry SET person = 5 WHERE seq = 1")
        self.assertIn("BROKEN at entry 1", self.hadir("audit", "--head", status=1))

    def test_export_is_everything_and_logged(self):
        self.hadir("user", "add", "siti", "--role", "PEGAWAI", "--person", "4711")
        data = json.loads(self.hadir("person", "export", "4711"))
        self.assertEqual(data["person_name"][0]["name"], "=SITI")
        self.assertEqual(data["account"][0]["name"], "siti")
        self.assertNotIn("password_hash", data["account"][0])
        self.assertEqual(data["account_grant"][0]["role"], "PEGAWAI")
        self.assertEqual(self.rows("SELECT person FROM audit_entry WHERE action = 'person.export'"), [(4711,)])
        self.hadir("person", "export", "999", status=1)
        self.hadir("person", "export", status=2)

    def test_affected_are_listed_without_formulas(self):
        self.hadir("user", "add", "siti", "--role", "BKD")
        account, = self.rows("SELECT id FROM account WHERE name='siti'")[0]
        self.rows("INSERT INTO audit_entry SELECT 99, 5000, ?, 0, 'person.read', 4711, 0, NULL, NULL, zeroblob(32)", account)
        said = self.hadir("person", "affected", "--account", "siti")
        self.assertIn("\"4711\";\"\";\"'=SITI\";\"\";\"data dibuka\"", said)
        self.assertNotIn("4711", self.hadir("person", "affected", "--account", "siti", "--from", "2025-01-01"))
        self.hadir("person", "affected", "--account", "nobody", status=1)
        self.hadir("person", "affected", "--account", "siti", "--terminal", "t-1", status=2)
        self.assertEqual(self.hadir("person", "affected", "--terminal", "t-none").count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
