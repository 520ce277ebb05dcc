"""Runs the sample province: see tools/demo, which builds and calls this."""
import argparse
import csv
import json
import os
import re
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
from system import Failed, Rest, System, free_port, port_is_free, wait_until  # noqa: E402

TERMINALS = [("pintu-a", "gedung-a", "Gedung A"), ("pintu-b", "gedung-b", "Gedung B")]
ROLES = ["BKD", "SKPD", "ATASAN", "PEGAWAI"]
UNIT_OF_ROLES = "bkd"  # whose people SKPD and ATASAN see
IMPORTS = ["places", "units", "schedules", "holidays", "people", "assignments", "leaves"]
IMPRESSIONS = 8
N_ENROLLED = 2
FIRST_LOOSE_FINGER = 900001  # of no person in the province


class Stopped(Exception):
    pass


class Demo:
    def __init__(self, options):
        self.options = options
        self.folder = os.path.abspath(options.dir)
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        self.system = System(self.folder, os.path.join(ROOT, "build"))
        self.state_file = os.path.join(self.folder, "demo.state")
        self.env_file = os.path.join(self.folder, "demo.env")
        self.state = self.read_state()
        self.began = time.monotonic()

    # What was done before is not done again --------------------------------------------------

    def read_state(self):
        try:
            with open(self.state_file, encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            return {"done": []}

    def save_state(self):
        part = self.state_file + ".part"
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(self.state, file, indent=1)
        os.replace(part, self.state_file)

    def once(self, name, action):
        if name in self.state["done"]:
            return
        action()
        self.state["done"].append(name)
        self.save_state()

    def say(self, text):
        print(f"[{time.monotonic() - self.began:5.0f} s] {text}", flush=True)

    # First start ------------------------------------------------------------------------------

    def province(self, name):
        return os.path.join(self.folder, "province", name)

    def rows(self, name):
        with open(self.province(name), newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def init(self):
        self.state["broker_port"] = free_port()
        self.system.hadir("init", os.path.join(self.folder, "server"), "--demo",
                          "--port-broker", self.state["broker_port"], "--port-web", self.options.port)

    def generate(self):
        subprocess.run([sys.executable, os.path.join(HERE, "generate"), "--out", self.province("")], check=True)

    def import_all(self):
        for what in IMPORTS:
            self.system.hadir("import", what, self.province(what + ".csv"))

    def add_terminals(self):
        for terminal, place, _ in TERMINALS:
            self.system.add_terminal(terminal, place)

    def import_references(self):
        """Invented fingers for most people; who has none shows as belum terdaftar."""
        folder = self.province("templates")
        people = [(row["person"], int(row["fingers"])) for row in self.rows("fingers.csv") if row["fingers"] != "0"]
        start = self.rows("units.csv")[0]["start"]  # enrolled before attendance began
        self.fingerprints("--templates", len(people), "--impressions", 2, "--out", folder)
        with open(self.province("references.csv"), "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["person", "finger", "file", "from"])
            for number, (person, n_fingers) in enumerate(people, 1):
                writer.writerows([person, name, f"templates/{number}-{finger}-{impression}.tpl", start]
                                 for finger, name in enumerate(("right-index", "left-index")[:n_fingers], 1)
                                 for impression in (1, 2))
        self.system.hadir("reference", "import", self.province("references.csv"))

    def make_fingers(self):
        self.fingerprints("--finger", FIRST_LOOSE_FINGER, "--fingers", N_ENROLLED, "--impression", 1,
                          "--impressions", IMPRESSIONS, "--out", os.path.join(self.folder, "fingers"))

    def fingerprints(self, *args):
        subprocess.run([self.system.program("hadir-fingerprints"), "--seed", "1", *map(str, args)], check=True)

    def journal_history(self):
        for terminal, place, _ in TERMINALS:
            self.system.journal_history(terminal, self.province(f"history-{place}.csv"))

    # Every start ------------------------------------------------------------------------------

    def url(self):
        return f"http://127.0.0.1:{self.options.port}"

    def set_web_port(self):
        """The port is this start's, whatever the first one's was."""
        with open(self.system.config, encoding="utf-8") as file:
            text = file.read()
        text, n = re.subn(r"(?ms)(^\[web\].*?^port *= *)\d+", rf"\g<1>{self.options.port}", text)
        if n != 1:
            raise Failed(f"{self.system.config}: [web] port is missing")
        with open(self.system.config, "w", encoding="utf-8") as file:
            file.write(text)

    def create_users(self):
        self.state["logins"] = {}
        for role in ROLES:
            name = role.lower()
            args = ["user", "add", name, "--role", role]
            if role in ("SKPD", "ATASAN"):
                args += ["--unit", UNIT_OF_ROLES]
            if role == "PEGAWAI":
                args += ["--person", self.rows("people.csv")[0]["id"]]
            self.state["logins"][role] = f"{name}:{self.system.hadir(*args).split()[-1]}"

    def create_tokens(self):
        return {role: self.system.hadir("user", "token", role.lower(), "--days", 1).split()[-1] for role in ROLES}

    def wait_for_history(self, rest):
        def arrived():
            self.system.must_be_alive()
            states = {t["id"]: t for t in rest.every("/api/v1/terminals")}
            return all(states.get(t, {}).get("state") == "active" and states[t].get("backlog") == 0 for t, _, _ in TERMINALS)

        wait_until(arrived, 240, "the past month's arrival over MQTT")

    def enrol(self, rest, number):
        """One person by touching a terminal, as anybody would be."""
        terminal = TERMINALS[number][0]
        people = rest.every(f"/api/v1/people?terminal={terminal}&limit=200")
        person = next(p for p in people if not p["fingers"])
        order = rest("POST", "/api/v1/enrolments", {"person": person["id"], "terminal": terminal, "finger": "right-index"})
        self.touch_until_done(rest, order["id"], terminal, self.images(number)[:-1])
        self.state.setdefault("enrolled", []).append({"person": person["id"], "name": person["name"], "terminal": terminal})

    def touch_until_done(self, rest, order, terminal, images):
        def checked():
            state = rest("GET", f"/api/v1/enrolments/{order}")
            return state if state["state"] in ("done", "held", "failed") else None

        state = rest("GET", f"/api/v1/enrolments/{order}")
        for image in images:
            if (state["accepted"] or 0) >= (state["wanted"] or 1):
                break
            answer = self.system.touch(terminal, image)
            time.sleep(0.5)
            state = rest("GET", f"/api/v1/enrolments/{order}")
        state = wait_until(checked, 30, f"enrolment (last touch: {answer}, {state})")
        if state["state"] != "done":
            raise Failed(f"a person was not enrolled: {state}")

    def images(self, number):
        return [os.path.join(self.folder, "fingers", f"{FIRST_LOOSE_FINGER + number}_{i}.png") for i in range(1, IMPRESSIONS + 1)]

    def write_env(self, tokens):
        lines = [f"HADIR_URL={self.url()}", f"HADIR_CONFIG={self.system.config}",
                 "HADIR_TERMINALS=" + ",".join(t for t, _, _ in TERMINALS)]
        for role in ROLES:
            lines += [f"HADIR_LOGIN_{role}={self.state['logins'][role]}", f"HADIR_TOKEN_{role}={tokens[role]}"]
        part = self.env_file + ".part"
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        os.replace(part, self.env_file)

    def greet(self):
        print(f"\nHadir runs at {self.url()} until Ctrl-C. Log in as (one-time passwords, changed at first log-in):")
        for role in ROLES:
            name, password = self.state["logins"][role].split(":", 1)
            print(f"  {role:8} {name:8} {password}")
        print("BKD, SKPD and ATASAN then set up a phone's codes; without a phone, take the code that this "
              "demonstration shows on the page.")
        print("\nTry a finger, and watch the board change:")
        for number, who in enumerate(self.state["enrolled"]):
            image = os.path.relpath(self.images(number)[-1])
            print(f"  build/hadir touch --terminal {who['terminal']} --demo {os.path.relpath(self.folder)} {image}   # {who['name']}")
        print(f"\nAlso: {os.path.relpath(self.env_file)} (addresses and tokens), {os.path.relpath(self.folder)}/log/\n", flush=True)

    def run(self):
        if os.path.exists(self.env_file):
            os.unlink(self.env_file)
        if not port_is_free(self.options.port):
            raise Failed(f"port {self.options.port} is in use; choose another with --port")
        first = "history" not in self.state["done"]
        self.say("making the province" if first else "continuing where it was")
        self.once("province", self.generate)
        self.once("init", self.init)
        self.once("import", self.import_all)
        self.once("terminals", self.add_terminals)
        self.say("fingers")
        self.once("references", self.import_references)
        self.once("fingers", self.make_fingers)
        for terminal, _, title in TERMINALS:
            self.system.write_terminal_config(terminal, title)
        self.once("history", self.journal_history)
        self.once("users", self.create_users)
        tokens = self.create_tokens()

        self.set_web_port()
        self.say("starting broker, server and two terminals")
        self.system.start_broker(self.state["broker_port"])
        self.system.start_server(self.url())
        for terminal, _, _ in TERMINALS:
            self.system.start_terminal(terminal)
        rest = Rest(self.url(), tokens["BKD"])
        self.wait_for_history(rest)
        self.say("the past month has arrived; enrolling two people")
        for number in range(N_ENROLLED):
            self.once(f"enrolled-{number + 1}", lambda number=number: self.enrol(rest, number))
        self.write_env(tokens)
        self.say("ready")
        self.greet()
        while True:
            time.sleep(1)
            self.system.must_be_alive()

    def stop(self):
        if os.path.exists(self.env_file):
            os.unlink(self.env_file)
        self.system.stop()
        self.system.close()


def main():
    parser = argparse.ArgumentParser(prog="tools/demo", description="A sample province with two simulated terminals.")
    parser.add_argument("--dir", default=os.path.join(os.getcwd(), "demo-data"), help="default: ./demo-data")
    parser.add_argument("--port", type=int, default=8443, help="of the web pages, on 127.0.0.1")
    parser.add_argument("--headless", action="store_true", help="for programs: nothing is opened, plain output")
    options = parser.parse_args()

    def stopped(*_):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stopped)
    demo, status = Demo(options), 0
    try:
        demo.run()
    except Stopped:
        demo.say("stopping")
    except (Failed, subprocess.SubprocessError, OSError) as error:
        print(f"demo: {error}", file=sys.stderr, flush=True)
        status = 1
    finally:
        demo.stop()
    sys.exit(status)


main()
