#!/usr/bin/env python3
"""`hadir user phone`: two administrators, one after the other, neither of them the account itself."""
import glob
import os
import sqlite3
import subprocess
import tempfile
import unittest

HADIR = os.path.join(os.environ["HADIR_BUILD"], "hadir")


class LostPhone(unittest.TestCase):
    def hadir(self, *args, status=0):
        done = subprocess.run([HADIR, *args, "--config", self.config], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, (args, done))
        return done.stdout if status == 0 else done.stderr

    def rows(self, text):
        with sqlite3.connect(self.database) as database:
            return database.execute(text).fetchall()

    def test_takes_two_administrators(self):
        with tempfile.TemporaryDirectory() as home:
            folder = os.path.join(home, "s")
            subprocess.run([HADIR, "init", folder, "--demo"], capture_output=True, check=True)
            self.config = os.path.join(folder, "server.conf")
            self.database = glob.glob(os.path.join(folder, "data", "*.db"))[0]
            for name, role in (("bkd.siti", "BKD"), ("bkd.budi", "BKD"), ("bkd.joko", "BKD"), ("tek.rina", "TEKNISI")):
                self.hadir("user", "add", name, "--role", role)
            self.rows("INSERT INTO second_factor SELECT id, zeroblob(20), 0, 1 FROM account WHERE name='bkd.siti'")
            self.assertIn("--by", self.hadir("user", "phone", "bkd.siti", status=2))
            self.hadir("user", "phone", "bkd.siti", "--by", "tek.rina", status=2)
            self.assertIn("nothing", self.hadir("user", "phone", "bkd.siti", "--by", "bkd.siti"))
            for _ in range(2):
                self.assertIn("another", self.hadir("user", "phone", "bkd.siti", "--by", "bkd.budi"))
            self.assertEqual(self.rows("SELECT count(*) FROM second_factor"), [(1,)])
            self.assertIn("removed", self.hadir("user", "phone", "bkd.siti", "--by", "bkd.joko"))
            self.assertEqual(self.rows("SELECT count(*) FROM second_factor"), [(0,)])
            self.assertEqual(self.rows("SELECT count(DISTINCT account) FROM audit_entry WHERE action='second.reset'"), [(3,)])


if __name__ == "__main__":
    unittest.main()
