"""The one judge of a run: acknowledged ⊆ stored ⊆ generated, nothing twice, order kept, verdicts
equal to a full recomputation.

  generated     what stands in the terminals' journals
  stored        what stands in the server's tables event and punch
  acknowledged  the touches whose terminal answered "recorded", in the operation log
"""
import collections
import contextlib
import os
import shutil
import sqlite3
import tempfile
import time

EVENT_PUNCH = 20
SLACK_MS = 1000  # between the test's clock readings and the terminal's


def open_read_only(path):
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)


def read_journal(state):
    """Journals and events of a terminal's journal.db.  The terminal holds its file exclusively: a
    copy is read, and taken again when it was torn."""
    for attempt in range(20):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("journal.db-wal", "journal.db"):
                if os.path.exists(os.path.join(state, name)):
                    shutil.copy(os.path.join(state, name), folder)
            try:
                with contextlib.closing(sqlite3.connect(os.path.join(folder, "journal.db"))) as db:
                    if db.execute("PRAGMA quick_check").fetchone() == ("ok",):
                        return (db.execute("SELECT base, hex(id) FROM journal ORDER BY base").fetchall(),
                                db.execute("SELECT n, bytes FROM event ORDER BY n").fetchall())
            except sqlite3.DatabaseError:
                pass
        time.sleep(0.1 * attempt)
    raise RuntimeError(f"{state}/journal.db cannot be read")


def generated(state):
    """(journal as hex, seq): bytes, of one terminal; `seq` is n minus the journal's base."""
    journals, events = read_journal(state)
    found, at = {}, 0
    for n, content in events:
        while at + 1 < len(journals) and journals[at + 1][0] < n:
            at += 1
        base, journal = journals[at]
        found[journal.lower(), n - base] = bytes(content)
    return found


def header_of(content):
    """The header bytes of an event: what the chain covers, whatever was destroyed since."""
    if content[:1] != b"\x84":
        raise ValueError("an event is an array of four")
    kind, size = content[1] >> 5, content[1] & 31
    if kind != 2:
        raise ValueError("a header is a byte string")
    at = 2
    if size >= 24:
        width = 1 << (size - 24)
        size, at = int.from_bytes(content[2:2 + width], "big"), 2 + width
    return content[at:at + size]


class Checker:
    def __init__(self, database, states, log):
        """`states`: terminal id to its state folder."""
        self.database, self.states, self.log = database, states, log
        self.problems = []
        self.counts = collections.Counter()

    def wrong(self, text):
        self.problems.append(text)

    def check_events(self):
        with open_read_only(self.database) as db:
            rows = db.execute("SELECT j.terminal, hex(j.journal), e.seq, e.bytes FROM event e"
                              " JOIN journal j ON j.id = e.journal ORDER BY j.terminal, j.journal, e.seq").fetchall()
            heads = db.execute("SELECT terminal, hex(journal), seq FROM journal").fetchall()
        stored = collections.defaultdict(dict)
        for terminal, journal, seq, content in rows:
            stored[terminal][journal.lower(), seq] = bytes(content)
        for terminal, state in self.states.items():
            self.compare(terminal, generated(state), stored.pop(terminal, {}))
        for terminal in stored:
            self.wrong(f"{terminal}: events stored of a terminal that does not exist")
        seqs = collections.defaultdict(list)
        for terminal, journal, seq, _ in rows:
            seqs[terminal, journal].append(seq)
        for terminal, journal, seq in heads:
            if seqs[terminal, journal] != list(range(1, seq + 1)):
                self.wrong(f"{terminal}/{journal}: head {seq}, but stored are {len(seqs[terminal, journal])} events")

    def compare(self, terminal, made, stored):
        self.counts["generated"] += len(made)
        self.counts["stored"] += len(stored)
        for key, content in stored.items():
            if key not in made:
                self.wrong(f"{terminal}: {key} is stored and was never generated")
            elif header_of(content) != header_of(made[key]):
                self.wrong(f"{terminal}: {key} is stored with another content")
        missing = [key for key in made if key not in stored]
        if missing:
            self.wrong(f"{terminal}: {len(missing)} of {len(made)} events are not stored, first {missing[0]}")

    def check_punches(self):
        with open_read_only(self.database) as db:
            punches = db.execute("SELECT terminal, person, at_ms FROM punch WHERE kind = ?", (EVENT_PUNCH,)).fetchall()
            n_events = db.execute("SELECT count(*) FROM event WHERE kind = ?", (EVENT_PUNCH,)).fetchone()[0]
        self.counts["punches"] = len(punches)
        if n_events != len(punches):
            self.wrong(f"{n_events} punch events, but {len(punches)} punches")
        at = collections.defaultdict(list)
        for terminal, person, at_ms in sorted(punches, key=lambda punch: punch[2]):
            at[terminal, person].append(at_ms)
        self.match_touches(at)

    def match_touches(self, at):
        """Each acknowledged touch has one punch of its own; what else was punched since the first touch
        belongs to a touch that got another answer, or none."""
        touches = self.log.entries("touch")
        acknowledged = [t for t in touches if (t.get("answer") or {}).get("outcome") == "recorded"]
        others = [t for t in touches if t not in acknowledged]
        self.counts["acknowledged"] = len(acknowledged)
        for touch in acknowledged:
            person = touch["answer"]["person"]
            if person != touch.get("finger", person):
                self.wrong(f"{touch['terminal']}: a finger of {touch['finger']} was taken for {person}")
            if not self.take(at[touch["terminal"], person], touch):
                self.wrong(f"{touch['terminal']}: a touch of {person} at {touch['from_ms']} was acknowledged and is not stored")
        for touch in others:
            self.take(at[touch["terminal"], touch.get("finger")], touch)
        first = min((touch["from_ms"] for touch in touches), default=0) - SLACK_MS
        for (terminal, person), left in at.items():
            for at_ms in left:
                if touches and at_ms >= first:
                    self.wrong(f"{terminal}: a punch of {person} at {at_ms} that nobody made")

    @staticmethod
    def take(punches, touch):
        for at_ms in punches:
            if touch["from_ms"] - SLACK_MS <= at_ms <= touch["to_ms"] + SLACK_MS:
                punches.remove(at_ms)
                return True
        return False

    def check(self):
        self.check_events()
        self.check_punches()
        return self.problems
