"""A small province behind a fault proxy, with people who touch terminals all the time."""
import csv
import os
import random
import re
import subprocess
import sys
import threading
import time

SOURCE = os.environ["HADIR_SOURCE"]
sys.path.insert(0, os.path.join(SOURCE, "tools", "province"))
from system import Failed, System, free_port, wait_until  # noqa: E402

from checker import generated, open_read_only  # noqa: E402
from fault_proxy import FaultProxy  # noqa: E402
from mqtt import Eavesdropper  # noqa: E402
from operation_log import OperationLog  # noqa: E402

TERMINALS = [("pintu-a", "gedung-a"), ("pintu-b", "gedung-b")]
PEOPLE = 120
FINGERS_PER_PLACE = 8
IMPRESSIONS = 4


class FlowSystem(System):
    def __init__(self, folder):
        super().__init__(folder, os.environ["HADIR_BUILD"])
        self.log = OperationLog(os.path.join(self.folder, "operations.jsonl"))
        self.broker_port, self.plain_port, self.web_port = free_port(), free_port(), free_port()
        self.broker_config = os.path.join(self.folder, "mosquitto.conf")
        self.proxy = FaultProxy(self.broker_port)
        self.url = f"http://127.0.0.1:{self.web_port}"
        self.database = os.path.join(self.folder, "server", "data", "hadir.db")
        self.ear = None  # what was said when everybody started
        self.fingers = {terminal: [] for terminal, _ in TERMINALS}  # (person, [images])

    # Making it --------------------------------------------------------------------------------

    def make(self):
        self.hadir("init", os.path.join(self.folder, "server"), "--demo", "--port-broker", self.proxy.port,
                   "--port-web", self.web_port)
        with open(self.config, "a", encoding="utf-8") as file:
            file.write("\n[terminals]\nrepeat_s = 1\n")
        self.write_broker_config()
        province = os.path.join(self.folder, "province")
        subprocess.run([sys.executable, "-B", os.path.join(SOURCE, "tools", "province", "generate"), "--out", province,
                        "--people", str(PEOPLE)], check=True)
        for what in ("places", "units", "schedules", "holidays", "people", "assignments", "leaves"):
            self.hadir("import", what, os.path.join(province, what + ".csv"))
        for terminal, place in TERMINALS:
            self.add_terminal(terminal, place)
            self.write_terminal_config(terminal, terminal)
        self.enrol_fingers(province)
        for terminal, place in TERMINALS:
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
        count = FINGERS_PER_PLACE * len(TERMINALS)
        subprocess.run([self.program("hadir-fingerprints"), "--seed", "7", "--finger", "1", "--fingers", str(count),
                        "--impression", "1", "--impressions", str(IMPRESSIONS), "--out", images], check=True)
        finger = 1
        with open(os.path.join(province, "references.csv"), "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["person", "finger", "file"])
            for terminal, place in TERMINALS:
                people = [ids[row["person"]] for row in rows if row["person"] not in moving and place_of[row["unit"]] == place]
                for person in people[:FINGERS_PER_PLACE]:
                    paths = [os.path.join(images, f"{finger}_{i}.png") for i in range(1, IMPRESSIONS + 1)]
                    for path in paths[:2]:
                        template = path[:-4] + ".tpl"
                        subprocess.run([self.program("hadir-match"), "extract", path, "-o", template],
                                       check=True, stdout=subprocess.DEVNULL)
                        writer.writerow([person, "right-index", template])
                    self.fingers[terminal].append((person, paths[2:]))
                    finger += 1
        self.hadir("reference", "import", os.path.join(province, "references.csv"))

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
        began = int(time.time() * 1000)
        try:
            answer, error = self.touch(terminal, image), None
        except (Failed, OSError, ValueError, subprocess.SubprocessError) as failed:
            answer, error = None, str(failed)
        self.log.write("touch", terminal=terminal, finger=person, from_ms=began, to_ms=int(time.time() * 1000),
                       answer=answer, error=error)
        return answer

    def knows_somebody(self, terminal):
        person, images = self.fingers[terminal][0]
        return (self.touch_with(terminal, person, images[0]) or {}).get("outcome") == "recorded"

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

    def stored(self):
        with open_read_only(self.database) as db:
            return db.execute("SELECT count(*) FROM event").fetchone()[0]

    def all_arrived(self):
        return self.stored() == sum(len(generated(state)) for state in self.states().values())

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
