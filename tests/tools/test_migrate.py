#!/usr/bin/env python3
"""`hadir migrate`: a province moves to PostgreSQL, and every verdict is the one it was.

Run by tests/server/with_postgres, which says where the cluster is."""
import datetime as dt
import os
import re
import subprocess
import sys
import tempfile
import unittest

HADIR = os.path.join(os.environ["HADIR_BUILD"], "hadir")
GENERATE = os.path.join(os.environ["HADIR_SOURCE"], "tools", "province", "generate")
CLUSTER = os.environ["HADIR_TEST_POSTGRES"]
NAME = f"migrated{os.getpid()}"


class Migrate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        folder = os.path.join(cls.temporary.name, "s")
        cls.config = os.path.join(folder, "server.conf")
        cls.url = CLUSTER.replace("NAME", NAME)
        cls.hadir("init", folder, "--demo")
        province = os.path.join(cls.temporary.name, "province")
        subprocess.run([sys.executable, "-B", GENERATE, "--out", province, "--people", "60"], check=True)
        for what in ("places", "units", "schedules", "holidays", "people", "assignments", "leaves"):
            cls.hadir("import", what, os.path.join(province, what + ".csv"))
        cls.hadir("judge", "--from", str(dt.date.today() - dt.timedelta(20)))
        subprocess.run(["psql", "-q", CLUSTER.replace("NAME", "postgres"), "-c", f"CREATE DATABASE {NAME}"], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    @classmethod
    def hadir(cls, *args, status=0):
        done = subprocess.run([HADIR, *args], capture_output=True, text=True, check=False,
                              env={**os.environ, "HADIR_CONFIG": cls.config})
        assert done.returncode == status, (args, done)
        return done.stdout if status == 0 else done.stderr

    def use(self, database):
        with open(self.config, encoding="utf-8") as file:
            text = file.read()
        text = re.sub(r"(?m)^#? ?database *=.*\n", "", text)
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(text.replace("[server]\n", f"[server]\ndatabase = {database}\n", 1))

    def verdicts(self):
        today = dt.date.today()
        return self.hadir("verdicts", "--from", str(today - dt.timedelta(20)), "--to", str(today - dt.timedelta(1)),
                          "--format", "csv", "--as-stored")

    def test_a_province_moves(self):
        self.assertIn("usage", self.hadir("migrate", status=2))
        self.assertIn("database", self.hadir("migrate", "--to", "mysql://nowhere", status=1))
        before = self.verdicts()
        self.assertGreater(before.count("\n"), 200)
        printed = self.hadir("migrate", "--to", self.url)
        self.assertRegex(printed, r"(?m)^verdict +[1-9]\d* rows  [0-9a-f]{32}$")
        self.assertIn("a province lives there already", self.hadir("migrate", "--to", self.url, status=1))
        self.use(self.url)
        self.assertEqual(self.verdicts(), before)
        self.assertRegex(self.hadir("judge", "--all", "--check", "--from", str(dt.date.today() - dt.timedelta(20))), "[1-9][0-9]* person-days compared, 0 different")


if __name__ == "__main__":
    unittest.main()
