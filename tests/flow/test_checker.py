#!/usr/bin/env python3
"""The checker finds what it is there to find: each fault is planted once and must be named."""
import os
import sqlite3
import tempfile
import time
import unittest

from checker import Checker, header_of
from operation_log import OperationLog

JOURNAL = bytes(range(16))


def event(seq, tail=b"\xf6\xf6\xf6"):
    header = b"header-%d" % seq
    return b"\x84" + bytes([0x40 + len(header)]) + header + tail


class Planted(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = self.temporary.name
        self.terminal = sqlite3.connect(os.path.join(self.folder, "journal.db"))
        self.terminal.executescript("CREATE TABLE journal (no INTEGER, id BLOB, base INTEGER);"
                                    "CREATE TABLE event (n INTEGER PRIMARY KEY, bytes BLOB)")
        self.terminal.execute("INSERT INTO journal VALUES (1, ?, 100)", (JOURNAL,))
        self.server_path = os.path.join(self.folder, "hadir.db")
        self.server = sqlite3.connect(self.server_path)
        self.server.executescript(
            "CREATE TABLE journal (id INTEGER, terminal TEXT, journal BLOB, seq INTEGER);"
            "CREATE TABLE event (journal INTEGER, seq INTEGER, kind INTEGER, wall_ms INTEGER, bytes BLOB);"
            "CREATE TABLE quarantine (journal INTEGER, seq INTEGER, reason TEXT, ended_ms INTEGER);"
            "CREATE TABLE punch (terminal TEXT, journal BLOB, seq INTEGER, person INTEGER, at_ms INTEGER, kind INTEGER)")
        self.server.execute("INSERT INTO journal VALUES (1, 'pintu', ?, 3)", (JOURNAL,))
        for seq in (1, 2, 3):
            self.terminal.execute("INSERT INTO event VALUES (?, ?)", (100 + seq, event(seq)))
            self.server.execute("INSERT INTO event VALUES (1, ?, 20, ?, ?)", (seq, seq * 10_000, event(seq)))
            self.server.execute("INSERT INTO punch VALUES ('pintu', ?, ?, 7, ?, 20)", (JOURNAL, seq, seq * 10_000))
        self.log = OperationLog(os.path.join(self.folder, "operations"))

    def tearDown(self):
        self.log.file.close()
        self.terminal.close()
        self.server.close()
        self.temporary.cleanup()

    def problems(self):
        self.terminal.commit()
        self.server.commit()
        return Checker(self.server_path, {"pintu": self.folder}, self.log).check()

    def assert_named(self, words):
        problems = self.problems()
        self.assertTrue([p for p in problems if words in p], problems)

    def touch(self, at_ms, person=7, outcome="recorded", clock_ms=()):
        self.log.write("touch", terminal="pintu", from_ms=at_ms, to_ms=at_ms + 500, finger=7, clock_ms=clock_ms,
                       answer={"outcome": outcome, "person": person})

    def list_for_its_time(self, seq, wall_ms):
        self.server.execute("INSERT INTO quarantine VALUES (1, ?, 'future', NULL)", (seq,))
        self.server.execute("UPDATE event SET wall_ms = ? WHERE seq = ?", (wall_ms, seq))

    def test_a_good_run_passes(self):
        self.touch(10_000)
        self.touch(20_000)
        self.touch(30_000, outcome="repeat")
        self.touch(90_000, None, "unrecognised")
        self.assertEqual(self.problems(), [])

    def test_a_destroyed_payload_is_no_fault(self):
        self.server.execute("UPDATE event SET bytes = ? WHERE seq = 2", (event(2, b"\x40\xf6\xf6"),))
        self.assertEqual(self.problems(), [])

    def test_a_lost_event(self):
        self.terminal.execute("INSERT INTO event VALUES (104, ?)", (event(4),))
        self.assert_named("not stored")

    def test_an_invented_event(self):
        self.terminal.execute("DELETE FROM event WHERE n = 103")
        self.assert_named("never generated")

    def test_old_evidence_that_made_room_is_no_fault(self):
        self.terminal.execute("DELETE FROM event WHERE n = 101")
        self.assertEqual(self.problems(), [])

    def test_young_evidence_that_made_room(self):
        self.terminal.execute("DELETE FROM event WHERE n = 101")
        self.server.execute("UPDATE event SET wall_ms = ? WHERE seq = 1", (int(time.time() * 1000),))
        self.assert_named("never generated")

    def test_a_changed_event(self):
        self.server.execute("UPDATE event SET bytes = ? WHERE seq = 2", (event(9),))
        self.assert_named("another content")

    def test_a_hole_below_the_head(self):
        self.server.execute("DELETE FROM event WHERE seq = 2")
        self.assert_named("head 3, but stored are 2")

    def test_a_punch_counted_twice(self):
        self.server.execute("INSERT INTO punch VALUES ('pintu', ?, 2, 7, 20000, 20)", (JOURNAL,))
        self.assert_named("3 punch events, but 4 punches")

    def test_an_acknowledged_touch_that_is_nowhere(self):
        self.touch(60_000)
        self.assert_named("acknowledged and is not stored")

    def test_a_touch_that_stands_twice(self):
        self.touch(10_000)
        self.touch(20_000)
        self.server.execute("UPDATE punch SET at_ms = 20100 WHERE seq = 3")
        self.assert_named("that nobody made")

    def test_a_finger_taken_for_another(self):
        self.log.write("touch", terminal="pintu", finger=8, from_ms=20_000, to_ms=20_500, answer={"outcome": "recorded", "person": 7})
        self.assert_named("taken for 7")

    def test_a_stamp_that_nobody_believes_is_listed_and_has_no_punch(self):
        self.list_for_its_time(2, 920_000)
        self.server.execute("DELETE FROM punch WHERE seq = 2")
        self.touch(20_000, clock_ms=[0, 900_000])
        self.touch(30_000)
        self.assertEqual(self.problems(), [])

    def test_a_stamp_that_is_listed_and_judged(self):
        self.list_for_its_time(2, 920_000)
        self.touch(20_000, clock_ms=[900_000])
        self.assert_named("is listed, and there is a punch")

    def test_a_listed_stamp_of_nobody(self):
        self.list_for_its_time(2, 920_000)
        self.server.execute("DELETE FROM punch WHERE seq = 2")
        self.assert_named("is listed that nobody made")

    def test_a_punch_under_a_moved_clock(self):
        self.touch(20_000 - 5_000, clock_ms=[5_000])
        self.touch(30_000)
        self.assertEqual(self.problems(), [])

    def test_a_stamp_that_fits_two_touches_goes_to_the_one_without_another(self):
        self.log.write("touch", terminal="pintu", from_ms=9_000, to_ms=21_000, finger=7, clock_ms=[],
                       answer={"outcome": "recorded", "person": 7})
        self.touch(29_800)
        self.touch(99_900, clock_ms=[-90_000])
        self.assertEqual(self.problems(), [])

    def test_an_answer_that_the_next_touch_saw(self):
        self.server.execute("UPDATE punch SET person = 8 WHERE seq = 3")
        self.log.write("touch", terminal="pintu", from_ms=19_000, to_ms=19_500, finger=7, answer=None)
        self.log.write("touch", terminal="pintu", from_ms=19_900, to_ms=29_000, finger=8, answer={"outcome": "recorded", "person": 7})
        self.assertEqual(self.problems(), [])

    def test_an_answer_of_nobody_before(self):
        self.log.write("touch", terminal="pintu", from_ms=19_000, to_ms=19_500, finger=9, answer=None)
        self.log.write("touch", terminal="pintu", from_ms=19_900, to_ms=29_000, finger=8, answer={"outcome": "recorded", "person": 7})
        self.assert_named("taken for 7")

    def test_a_long_header_is_read(self):
        self.assertEqual(header_of(b"\x84\x58\x20" + b"h" * 32 + b"rest"), b"h" * 32)


unittest.main()
