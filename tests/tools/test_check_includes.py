#!/usr/bin/env python3
"""The include rules themselves: what must be refused is refused, and what is meant to pass passes."""
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.environ["HADIR_SOURCE"]

REFUSED = [
    ("server/rules/day.c", "#include <sqlite3.h>", "rules see no database"),
    ("server/rules/day.c", "#include <stdio.h>", "rules do no input or output"),
    ("server/rules/day.c", "#include <time.h>", "rules have no clock"),
    ("server/rules/day.c", '#include "server/store/people/people.h"', "rules see nothing"),
    ("server/web/time/page_board.c", '#include "protocol/event.h"', "pages never see the protocol"),
    ("server/web/time/page_board.c", "sql_query(sql, error, text, types);", "pages have no SQL"),
    ("server/store/people/people.c", "#include <sqlite3.h>", "only sql_sqlite.c"),
    ("server/collect.c", '#include "server/verify.h"', "stages never see each other"),
    ("server/verify.c", '#include "server/collect.h"', "stages never call each other"),
    ("server/collect.h", '#include "server/verify.h"', "nor look ahead"),
    ("server/collect.c", '#include "firmware/journal.h"', "the server is not a terminal"),
    ("firmware/hal/display_drm.c", '#include "firmware/journal.h"', "a driver sees its own library"),
    ("firmware/hal/display_drm.c", "#include <libfprint-2/fprint.h>", "only the file named for it"),
    ("firmware/match/match.c", "#include <stdio.h>", "the matcher has no I/O"),
    ("firmware/terminal.c", '#include "server/store/sql.h"', "a terminal is not the server"),
    ("protocol/event.c", "#include <glib.h>", "the wire is libc and libcbor"),
    ("protocol/event.c", '#include "protocol/process/channel.h"', "the wire knows no processes"),
]
PASSED = [
    ("server/web/listener.c", "#include <microhttpd.h>"),
    ("server/web/time/page_board.c", '#include "server/store/people/people.h"'),
    ("server/store/sql_sqlite.c", "#include <sqlite3.h>"),
    ("server/core/core_role.c", '#include "server/verify.h"'),
    ("server/verify.h", '#include "server/collect.h"'),
    ("server/collect.c", '#include "server/collect.h"'),
    ("firmware/core_role.c", '#include "protocol/process/channel.h"'),
    ("protocol/process/channel.c", "#include <glib.h>"),
    ("protocol/codec.c", "#include <cbor.h>"),
    ("server/rules/day.c", "#include <string.h>"),
]


def check(path, text):
    with tempfile.TemporaryDirectory() as root:
        os.makedirs(os.path.join(root, os.path.dirname(path)))
        with open(os.path.join(root, path), "w", encoding="utf-8") as file:
            file.write("/* planted */\n" + text + "\n")
        program = os.path.join(ROOT, "tools", "check_includes")
        return subprocess.run([sys.executable, program, root], capture_output=True, text=True, check=False)


class Includes(unittest.TestCase):
    def test_forbidden_includes_are_named(self):
        for path, text, why in REFUSED:
            with self.subTest(path=path, text=text, why=why):
                done = check(path, text)
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn(f"{path}:2:", done.stdout)

    def test_intended_includes_pass(self):
        for path, text in PASSED:
            with self.subTest(path=path, text=text):
                done = check(path, text)
                self.assertEqual((done.returncode, done.stdout), (0, ""), done.stdout)

    def test_an_empty_tree_is_an_error(self):
        with tempfile.TemporaryDirectory() as root:
            program = os.path.join(ROOT, "tools", "check_includes")
            self.assertNotEqual(subprocess.run([sys.executable, program, root], capture_output=True, check=False).returncode, 0)


unittest.main()
