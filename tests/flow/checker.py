"""The one judge of a run: acknowledged ⊆ stored ⊆ generated, nothing twice, order kept, verdicts
equal to a full recomputation.

  generated     what stands in the terminals' journals
  stored        what stands in the server's tables event and punch
  acknowledged  the touches whose terminal answered "recorded", in the operation log

A touch under a clock that was moved (`clock_ms` in its entry) has its punch at the stamp, or at the
time that the server derived; a stamp that nobody can believe is listed and has no punch.
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
LATE_MS = 10_000  # how much later an image is read whose reader has died, or that was put twice
KEEP_MS = 30 * 24 * 3600 * 1000  # how long a terminal keeps what was receipted
LISTED = ("future", "past", "clock-unset")


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


class Pairs:
    """Touches and punches, one to one.  Under moved clocks one stamp may fit several touches: a touch
    takes another's where that one has a second choice (augmenting paths)."""

    def __init__(self, at, listed):
        self.stamps = [(*key, at_ms) for key, times in at.items() for at_ms in times]
        self.stamps += [(terminal, None, at_ms) for terminal, times in listed.items() for at_ms in times]
        self.of = collections.defaultdict(list)  # numbers of stamps, by terminal and person
        for number, (terminal, person, _) in enumerate(self.stamps):
            self.of[terminal, person].append(number)
        self.holder = {}  # number of a stamp: (touch, person)

    def fitting(self, touch, person):
        clocks = {0, *touch.get("clock_ms", ())}
        for number in self.of[touch["terminal"], person] + self.of[touch["terminal"], None]:
            at_ms = self.stamps[number][2]
            if any(touch["from_ms"] - SLACK_MS <= at_ms - clock <= touch["to_ms"] + SLACK_MS for clock in clocks):
                yield number

    def add(self, touch, person, tried=None):
        """Has it a stamp now?  None of those before loses its own."""
        tried = set() if tried is None else tried
        for number in self.fitting(touch, person):
            if number in tried:
                continue
            tried.add(number)
            if number not in self.holder or self.add(*self.holder[number], tried):
                self.holder[number] = (touch, person)
                return True
        return False

    def left(self):
        return [stamp for number, stamp in enumerate(self.stamps) if number not in self.holder]


class Checker:
    def __init__(self, database, states, log):
        """`states`: terminal id to its state folder."""
        self.database, self.states, self.log = database, states, log
        self.now_ms = int(time.time() * 1000)
        self.problems = []
        self.listed = {}  # terminal: stamps of the punch events that are listed
        self.counts = collections.Counter()

    def wrong(self, text):
        self.problems.append(text)

    def check_events(self):
        with open_read_only(self.database) as db:
            rows = db.execute("SELECT j.terminal, hex(j.journal), e.seq, e.wall_ms, e.bytes FROM event e"
                              " JOIN journal j ON j.id = e.journal ORDER BY j.terminal, j.journal, e.seq").fetchall()
            heads = db.execute("SELECT terminal, hex(journal), seq FROM journal").fetchall()
        stored = collections.defaultdict(dict)
        for terminal, journal, seq, wall_ms, content in rows:
            stored[terminal][journal.lower(), seq] = wall_ms, bytes(content)
        for terminal, state in self.states.items():
            self.compare(terminal, generated(state), stored.pop(terminal, {}))
        for terminal in stored:
            self.wrong(f"{terminal}: events stored of a terminal that does not exist")
        seqs = collections.defaultdict(list)
        for terminal, journal, seq, _, _ in rows:
            seqs[terminal, journal].append(seq)
        for terminal, journal, seq in heads:
            if seqs[terminal, journal] != list(range(1, seq + 1)):
                self.wrong(f"{terminal}/{journal}: head {seq}, but stored are {len(seqs[terminal, journal])} events")

    def compare(self, terminal, made, stored):
        self.counts["generated"] += len(made)
        self.counts["stored"] += len(stored)
        first = {}
        for journal, seq in made:
            first[journal] = min(seq, first.get(journal, seq))
        for key, (wall_ms, content) in stored.items():
            if key not in made:
                self.missed(terminal, key, wall_ms, first.get(key[0], 0))
            elif header_of(content) != header_of(made[key]):
                self.wrong(f"{terminal}: {key} is stored with another content")
        missing = [key for key in made if key not in stored]
        if missing:
            self.wrong(f"{terminal}: {len(missing)} of {len(made)} events are not stored, first {missing[0]}")

    def missed(self, terminal, key, wall_ms, first):
        """Stored, and the terminal has it no more: it may have made room by its oldest evidence, after
        KEEP_MS."""
        if key[1] < first and wall_ms < self.now_ms - KEEP_MS:
            self.counts["pruned"] += 1
        else:
            self.wrong(f"{terminal}: {key} is stored and was never generated")

    def check_punches(self):
        with open_read_only(self.database) as db:
            punches = db.execute("SELECT terminal, person, at_ms FROM punch WHERE kind = ?", (EVENT_PUNCH,)).fetchall()
            n_events = db.execute("SELECT count(*) FROM event WHERE kind = ?", (EVENT_PUNCH,)).fetchone()[0]
            listed = db.execute("SELECT j.terminal, e.wall_ms, p.seq FROM quarantine q JOIN journal j ON j.id = q.journal"
                                " JOIN event e ON e.journal = q.journal AND e.seq = q.seq"
                                " LEFT JOIN punch p ON p.journal = j.journal AND p.seq = q.seq AND p.terminal = j.terminal"
                                " WHERE e.kind = ? AND q.ended_ms IS NULL AND q.reason IN (?, ?, ?)",
                                (EVENT_PUNCH, *LISTED)).fetchall()
        self.counts["punches"], self.counts["listed"] = len(punches), len(listed)
        if n_events != len(punches) + len(listed):
            self.wrong(f"{n_events} punch events, but {len(punches)} punches, and {len(listed)} listed for their time")
        self.listed = collections.defaultdict(list)
        for terminal, wall_ms, punch in listed:
            self.listed[terminal].append(wall_ms)
            if punch is not None:
                self.wrong(f"{terminal}: the stamp {wall_ms} is listed, and there is a punch")
        at = collections.defaultdict(list)
        for terminal, person, at_ms in sorted(punches, key=lambda punch: punch[2]):
            at[terminal, person].append(at_ms)
        self.match_touches(at)

    def match_touches(self, at):
        """Each acknowledged touch has one punch of its own; what else was punched since the first touch
        belongs to a touch that got another answer, or none."""
        acknowledged, others = self.sort_touches()
        self.counts["acknowledged"] = len(acknowledged)
        pairs = Pairs(at, self.listed)
        for touch in acknowledged:
            if not pairs.add(touch, touch["answer"]["person"]):
                self.wrong(f"{touch['terminal']}: a touch of {touch['answer']['person']} at {touch['from_ms']}"
                           " was acknowledged and is not stored")
        for touch in others:
            pairs.add(touch, touch.get("finger"))
        first = min((touch["from_ms"] for touch in acknowledged + others), default=0) - SLACK_MS
        for terminal, person, at_ms in pairs.left():
            if person is None:
                self.wrong(f"{terminal}: a punch with the stamp {at_ms} is listed that nobody made")
            elif acknowledged + others and at_ms >= first:
                self.wrong(f"{terminal}: a punch of {person} at {at_ms} that nobody made")

    def sort_touches(self):
        """Those acknowledged, and the others.  Where the core dies while the sensor holds an image, its
        touch has no answer; the next core reads the image, and the next touch sees that answer."""
        acknowledged, others, unanswered = [], [], collections.defaultdict(list)
        for touch in sorted(self.log.entries("touch"), key=lambda touch: touch["from_ms"]):
            before, answer = unanswered[touch["terminal"]], touch.get("answer")
            late_too = {**touch, "to_ms": touch["to_ms"] + LATE_MS}
            if answer is None:
                before.append(touch)
                others.append(late_too)
                continue
            if answer.get("outcome") != "recorded":
                others.append(late_too)
            elif answer["person"] == touch.get("finger", answer["person"]):
                acknowledged.append(touch)
            else:
                late = [earlier for earlier in before if earlier.get("finger") == answer["person"]]
                if not late:
                    self.wrong(f"{touch['terminal']}: a finger of {touch['finger']} was taken for {answer['person']}")
                acknowledged.append({**touch, "from_ms": min(other["from_ms"] for other in late + [touch])})
                others = [other for other in others if not late or other["from_ms"] != late[0]["from_ms"]]
                others.append(late_too)
            before.clear()
        return acknowledged, others

    def check(self):
        self.check_events()
        self.check_punches()
        return self.problems
