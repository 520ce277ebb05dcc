"""A small province behind a fault proxy, with people who touch terminals all the time."""
import concurrent.futures
import csv
import json
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time

SOURCE = os.environ["HADIR_SOURCE"]
sys.path.insert(0, os.path.join(SOURCE, "tools", "province"))
from system import Failed, System, free_port, wait_until  # noqa: E402

from checker import generated, open_read_only  # noqa: E402
from fault_proxy import FaultProxy  # noqa: E402
from full_disk import Disk  # noqa: E402
from moved_clock import MovedClock  # noqa: E402
from mqtt import Eavesdropper  # noqa: E402
from operation_log import OperationLog  # noqa: E402

TERMINALS = [("pintu-a", "gedung-a"), ("pintu-b", "gedung-b")]
PEOPLE = 120
FINGERS_PER_PLACE = 8
IMPRESSIONS = 4
RESERVE_MIB = 8
BEGAN = time.monotonic()


def say(text):
    print(f"# [{time.monotonic() - BEGAN:5.0f} s] {text}", flush=True)


class FlowSystem(System):
    def __init__(self, folder, people=PEOPLE, fingers=FINGERS_PER_PLACE, settings=""):
        """`settings`: lines for the server's configuration, of the section [terminals]."""
        super().__init__(folder, os.environ["HADIR_BUILD"])
        self.people, self.fingers_per_place, self.settings = people, fingers, settings
        self.log = OperationLog(os.path.join(self.folder, "operations.jsonl"))
        self.broker_port, self.plain_port, self.web_port = free_port(), free_port(), free_port()
        self.broker_config = os.path.join(self.folder, "mosquitto.conf")
        self.proxy = FaultProxy(self.broker_port)
        self.url = f"http://127.0.0.1:{self.web_port}"
        self.database = os.path.join(self.folder, "server", "data", "hadir.db")
        self.ear = None  # what was said when everybody started
        self.fingers = {terminal: [] for terminal, _ in TERMINALS}  # (person, [images])
        self.turns = {terminal: threading.Lock() for terminal, _ in TERMINALS}  # one finger at a time
        self.disks = {}   # of "server" and of terminals, where it is of bounded size
        self.clocks = {}  # of terminals, where it can be moved

    # Making it --------------------------------------------------------------------------------

    def bound_disk(self, name, mib):
        """Before make(): the server's or a terminal's files lie on a disk that can be filled."""
        folder = os.path.join(self.folder, "server") if name == "server" else os.path.join(self.terminal_folder(name), "state")
        self.disks[name] = Disk(folder, mib)

    def free_clock(self, *names):
        """Before they start: the wall clock of these programs can be moved, theirs together."""
        clock = MovedClock(os.path.join(self.folder, names[0] + ".clock"), self.build)
        for name in names:
            self.clocks[name] = clock
            self.environment[name] = clock.environment
        return clock

    def make(self, history=True):
        self.hadir("init", os.path.join(self.folder, "server"), "--demo", "--port-broker", self.proxy.port,
                   "--port-web", self.web_port)
        with open(self.config, "a", encoding="utf-8") as file:
            file.write("\n[terminals]\nrepeat_s = 1\n" + self.settings)
        self.write_broker_config()
        province = os.path.join(self.folder, "province")
        subprocess.run([sys.executable, "-B", os.path.join(SOURCE, "tools", "province", "generate"), "--out", province,
                        "--people", str(self.people)], check=True)
        for what in ("places", "units", "schedules", "holidays", "people", "assignments", "leaves"):
            self.hadir("import", what, os.path.join(province, what + ".csv"))
        for terminal, place in TERMINALS:
            self.add_terminal(terminal, place)
            with open(self.write_terminal_config(terminal, terminal), "a", encoding="utf-8") as file:
                file.write(f"reserve_mib = {RESERVE_MIB}\n")
        self.enrol_fingers(province)
        for terminal, place in TERMINALS if history else []:
            self.journal_history(terminal, os.path.join(province, f"history-{place}.csv"))

    def write_broker_config(self):
        """The proxy has the port that terminals dial; the broker listens behind it, and on a plain
        port for the test that plays a compromised broker.  The server's own files stay as they are:
        it writes them again when it starts."""
        folder = os.path.join(self.folder, "server", "broker")
        with open(os.path.join(folder, "acl"), encoding="utf-8") as file:
            acl = file.read()
        with open(os.path.join(self.folder, "acl"), "w", encoding="utf-8") as file:
            file.write("topic readwrite hadir/#\n" + acl)
        with open(os.path.join(folder, "mosquitto.conf"), encoding="utf-8") as file:
            text = file.read()
        for old, new in ((r"^listener \d+ ", f"listener {self.broker_port} "), (r"^allow_anonymous false$", "allow_anonymous true"),
                         (r"^acl_file .*$", f"acl_file {self.folder}/acl")):
            text, n = re.subn("(?m)" + old, new, text)
            if n != 1:
                raise Failed(f"mosquitto.conf: {old} stands there {n} times")
        with open(self.broker_config, "w", encoding="utf-8") as file:
            file.write(text + f"\nlistener {self.plain_port} 127.0.0.1\n")

    def enrol_fingers(self, province):
        """The first people of each place get a finger that can be touched with."""
        with open(os.path.join(province, "units.csv"), newline="", encoding="utf-8") as file:
            place_of = {row["code"]: row["place"] or "gedung-a" for row in csv.DictReader(file)}
        with open(os.path.join(province, "people.csv"), newline="", encoding="utf-8") as file:
            ids = {row["number"]: int(row["id"]) for row in csv.DictReader(file)}
        with open(os.path.join(province, "assignments.csv"), newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        moving = {row["person"] for row in rows if row["source"]}
        images = os.path.join(self.folder, "fingers")
        count = self.fingers_per_place * len(TERMINALS)
        subprocess.run([self.program("hadir-fingerprints"), "--seed", "7", "--finger", "1", "--fingers", str(count),
                        "--impression", "1", "--impressions", str(IMPRESSIONS), "--out", images], check=True)
        numbers = range(1, count + 1)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(self.extract, [path for number in numbers for path in self.impressions(images, number)[:2]]))
        people = []
        for terminal, place in TERMINALS:
            here = [ids[row["person"]] for row in rows if row["person"] not in moving and place_of[row["unit"]] == place]
            people += [(terminal, person) for person in here[:self.fingers_per_place]]
        with open(os.path.join(province, "references.csv"), "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["person", "finger", "file"])
            for number, (terminal, person) in zip(numbers, people):
                paths = self.impressions(images, number)
                writer.writerows([person, "right-index", self.template(path)] for path in paths[:2])
                self.fingers[terminal].append((person, paths[2:]))
        self.hadir("reference", "import", os.path.join(province, "references.csv"))

    @staticmethod
    def impressions(images, number):
        return [os.path.join(images, f"{number}_{i}.png") for i in range(1, IMPRESSIONS + 1)]

    @staticmethod
    def template(path):
        return path[:-4] + ".tpl"

    def extract(self, path):
        subprocess.run([self.program("hadir-match"), "extract", path, "-o", self.template(path)], check=True, stdout=subprocess.DEVNULL)

    # Running it -------------------------------------------------------------------------------

    def up(self):
        self.start_broker(self.broker_port, self.broker_config)
        self.ear = self.eavesdrop("hadir/1/#")
        self.start_server(self.url)
        for terminal, _ in TERMINALS:
            self.start_terminal(terminal)
        for terminal, _ in TERMINALS:
            wait_until(lambda terminal=terminal: self.knows_somebody(terminal), 60, f"{terminal}'s roster")

    def touch_with(self, terminal, person, image):
        """One logged touch; the answer, or None."""
        with self.turns[terminal]:
            return self.touch_now(terminal, person, image)

    def touch_now(self, terminal, person, image):
        began, at, clock = int(time.time() * 1000), time.monotonic(), self.clocks.get(terminal)
        try:
            answer, error = self.touch(terminal, image), None
        except (Failed, OSError, ValueError, subprocess.SubprocessError) as failed:
            answer, error = None, str(failed)
        self.log.write("touch", terminal=terminal, finger=person, from_ms=began, to_ms=int(time.time() * 1000),
                       clock_ms=clock.since(at) if clock else [0], answer=answer, error=error)
        return answer

    def touch_somebody(self, terminal):
        """The outcome of one touch, or None."""
        person, images = self.fingers[terminal][0]
        return (self.touch_with(terminal, person, images[0]) or {}).get("outcome")

    def knows_somebody(self, terminal):
        return self.touch_somebody(terminal) == "recorded"

    def panel(self, terminal):
        """What the terminal shows (firmware/hal/display_sim.h); empty while it shows nothing."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as panel:
            panel.settimeout(5)
            try:
                panel.connect(os.path.join(self.run, terminal, "panel.sock"))
                with panel.makefile("rb") as lines:
                    return json.loads(lines.readline() or b"{}")
            except OSError:
                return {}

    def press(self, terminal, keys, screen):
        """Presses keys; what the panel shows once its screen is that one."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as panel:
            panel.settimeout(15)
            panel.connect(os.path.join(self.run, terminal, "panel.sock"))
            panel.sendall(json.dumps({"keys": keys}).encode() + b"\n")
            with panel.makefile("rb") as lines:
                for line in lines:
                    shown = json.loads(line)
                    if shown["screen"] == screen:
                        return shown
        raise Failed(f"{terminal} does not show {screen}")

    def restart(self, name):
        if name == "broker":
            self.start_broker(self.broker_port, self.broker_config)
        elif name == "server":
            self.start_server(self.url)
        else:
            self.start_terminal(name)

    def kill(self, name, role=None):
        """kill -9 of a role, or (None) of the supervisor or broker, which is then started again."""
        process = self.processes[name]
        pid = process.role_pids().get(role) if role else process.pid
        if pid is None:
            return False  # it is just being restarted
        self.log.write("kill", process=name, role=role, pid=pid)
        os.kill(pid, 9)
        if role is None:
            process.running.wait()
            self.restart(name)
        return True

    def states(self):
        return {terminal: os.path.join(self.terminal_folder(terminal), "state") for terminal, _ in TERMINALS}

    def stored(self, terminal="%"):
        """How many events, of all terminals or one."""
        with open_read_only(self.database) as db:
            return db.execute("SELECT count(*) FROM event e JOIN journal j ON j.id = e.journal"
                              " WHERE j.terminal LIKE ?", (terminal,)).fetchone()[0]

    def all_arrived(self):
        """Is the last event of each journal stored?"""
        with open_read_only(self.database) as db:
            heads = {(terminal, journal.lower()): seq
                     for terminal, journal, seq in db.execute("SELECT terminal, hex(journal), seq FROM journal")}
        return all(heads.get((terminal, journal), 0) >= seq
                   for terminal, state in self.states().items() for journal, seq in generated(state))

    def wait_until_quiet(self, seconds):
        """Everything generated is stored, twice in a row."""
        wait_until(lambda: self.all_arrived() and (time.sleep(1) or self.all_arrived()), seconds,
                   f"everything generated is stored (now {self.stored()})")

    def eavesdrop(self, *topics):
        return Eavesdropper(self.plain_port, topics)

    def close(self):
        super().stop()
        if self.ear:
            self.ear.close()
        self.proxy.close()
        self.log.file.close()
        for disk in self.disks.values():
            disk.close()
        super().close()


class Load:
    """One person after another touches, on every terminal, until stopped."""

    def __init__(self, system, pause=0.2):
        self.system, self.pause = system, pause
        self.going = True
        self.threads = [threading.Thread(target=self._run, args=(terminal,), daemon=True) for terminal, _ in TERMINALS]
        for thread in self.threads:
            thread.start()

    def _run(self, terminal):
        choose = random.Random(terminal)
        while self.going:
            person, images = choose.choice(self.system.fingers[terminal])
            self.system.touch_with(terminal, person, choose.choice(images))
            time.sleep(self.pause)

    def stop(self):
        self.going = False
        for thread in self.threads:
            thread.join(90)
