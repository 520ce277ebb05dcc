"""One Hadir installation in a folder: broker, server and simulated terminals, started and stopped.

Used by the demo and by the flow tests.  Everything listens on 127.0.0.1; every process is ended by
its own pid, and dies with the program that started it.

  FOLDER/server/            as `hadir init` makes it
  FOLDER/terminals/ID/      terminal.conf, bundle, state/
  FOLDER/log/               one file per process
"""
import ctypes
import datetime as dt
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

WIB = dt.timezone(dt.timedelta(hours=7))
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class Failed(Exception):
    """What went wrong, in words for the person who started us."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def port_is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def wait_until(condition, seconds, what):
    """The condition's first true value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed(f"{what}: not within {seconds} s")
        time.sleep(0.1)


def tail(path, lines=15):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-lines:])
    except OSError:
        return ""


class Process:
    """A program of the installation with its log."""

    def __init__(self, name, command, log, env=None):
        self.name, self.command, self.log, self.env = name, command, log, env
        self.running = None
        self.began = 0  # where this run's part of the log begins

    def start(self):
        with open(self.log, "ab") as log:
            self.began = log.tell()
            self.running = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **(self.env or {})},
                preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM))
        return self

    @property
    def pid(self):
        return self.running.pid

    def alive(self):
        return self.running is not None and self.running.poll() is None

    def must_be_alive(self):
        if not self.alive():
            raise Failed(f"{self.name} ended by itself ({self.running.returncode}); its log {self.log} ends:\n{tail(self.log)}")

    def stop(self, seconds=10):
        """SIGTERM, and SIGKILL for what does not go."""
        if not self.alive():
            return
        self.running.terminate()
        try:
            self.running.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self):
        if self.alive():
            self.running.kill()
            self.running.wait()

    def count(self, text):
        """How often this text stands in the log of this run."""
        try:
            with open(self.log, "rb") as file:
                file.seek(self.began)
                return file.read().count(text.encode())
        except OSError:
            return 0

    def said(self, text):
        """Has the log of this run this text?"""
        return self.count(text) > 0

    def role_pids(self):
        """Role name: pid, of a supervisor's children."""
        roles = {}
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                    parent = int(file.read().rsplit(")", 1)[1].split()[1])
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    args = file.read().split(b"\0")
            except (OSError, IndexError):
                continue
            if self.alive() and parent == self.pid and b"--role" in args:
                roles[args[args.index(b"--role") + 1].decode()] = int(entry)
        return roles


class Rest:
    """The REST interface with one bearer token."""

    def __init__(self, url, token):
        self.url, self.token = url, token

    def __call__(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": "Bearer " + self.token})
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            raise Failed(f"{method} {path}: {error.code} {error.read()[:300].decode(errors='replace')}") from error
        except OSError as error:
            raise Failed(f"{method} {path}: {error}") from error

    def every(self, path):
        """All items of a list, page by page."""
        items, separator, cursor = [], "&" if "?" in path else "?", None
        while True:
            page = self("GET", path + (f"{separator}cursor={cursor}" if cursor else ""))
            items += page["items"]
            cursor = page["next"]
            if not cursor:
                return items


class System:
    def __init__(self, folder, build):
        self.folder, self.build = os.path.abspath(folder), os.path.abspath(build)
        self.config = os.path.join(self.folder, "server", "server.conf")
        # short, whatever the folder is called: a socket's path has at most 107 bytes
        self.run = tempfile.mkdtemp(prefix="hadir.", dir="/tmp")
        self.processes = {}
        self.environment = {}  # variables for the programs of one name ("hadir": the command's)
        os.makedirs(os.path.join(self.folder, "log"), exist_ok=True)

    def close(self):
        shutil.rmtree(self.run, ignore_errors=True)

    # Programs ---------------------------------------------------------------------------------

    def program(self, name):
        return os.path.join(self.build, name)

    def hadir(self, *args, seconds=300, fails=False):
        """Runs `hadir`; gives its output."""
        command = [self.program("hadir"), *map(str, args)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False,
                              stdin=subprocess.DEVNULL,
                              env={**os.environ, "HADIR_CONFIG": self.config, **self.environment.get("hadir", {})})
        if done.returncode != 0 and not fails:
            raise Failed(f"hadir {' '.join(map(str, args))}: {(done.stderr or done.stdout).strip()}")
        return done.stdout

    def start(self, name, command):
        process = Process(name, command, os.path.join(self.folder, "log", name + ".log"), self.environment.get(name))
        self.processes[name] = process
        return process.start()

    def stop(self):
        """Terminals, then server, then broker: what is under way still arrives."""
        terminals = [p for name, p in self.processes.items() if name not in ("server", "broker")]
        for process in terminals:
            if process.alive():
                process.running.terminate()
        for process in terminals + [self.processes[name] for name in ("server", "broker") if name in self.processes]:
            process.stop()

    def must_be_alive(self):
        for process in self.processes.values():
            process.must_be_alive()

    # Parts ------------------------------------------------------------------------------------

    def start_broker(self, port, config=None):
        config = config or os.path.join(self.folder, "server", "broker", "mosquitto.conf")
        mosquitto = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        if not port_is_free(port):
            raise Failed(f"port {port} of the broker is in use by another program")
        broker = self.start("broker", [mosquitto, "-c", config])
        wait_until(lambda: broker.said(" running") or not broker.alive(), 15, "the broker's start")
        broker.must_be_alive()

    def start_server(self, url):
        server = self.start("server", [self.program("hadir-server"), "--config", self.config])

        def ready():
            server.must_be_alive()
            try:
                with urllib.request.urlopen(url + "/healthz", timeout=5) as response:
                    return response.status == 200
            except OSError:
                return False

        wait_until(ready, 60, "the server's /healthz")

    def terminal_folder(self, terminal):
        return os.path.join(self.folder, "terminals", terminal)

    def add_terminal(self, terminal, place):
        folder = self.terminal_folder(terminal)
        os.makedirs(folder, exist_ok=True)
        os.makedirs(os.path.join(folder, "state"), mode=0o700, exist_ok=True)
        self.hadir("terminal", "add", terminal, "--place", place, "--out", os.path.join(folder, "bundle"))

    def write_terminal_config(self, terminal, title):
        folder, run = self.terminal_folder(terminal), os.path.join(self.run, terminal)
        os.makedirs(run, mode=0o700, exist_ok=True)
        path = os.path.join(folder, "terminal.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"[terminal]\nbundle = bundle\nstate = state\nrun = {run}\ntitle = {title}\n"
                       "health_s = 15\n")
        return path

    def terminal_command(self, terminal, *args):
        return [self.program("hadir-terminal-sim"), "--config",
                os.path.join(self.terminal_folder(terminal), "terminal.conf"), *args]

    def journal_history(self, terminal, file, seconds=300):
        log = os.path.join(self.folder, "log", terminal + ".log")
        with open(log, "ab") as output:
            done = subprocess.run(self.terminal_command(terminal, "--history", file), stdin=subprocess.DEVNULL,
                                  stdout=output, stderr=output, timeout=seconds, check=False)
        if done.returncode != 0:
            raise Failed(f"the history of {terminal} was not journalled; {log} ends:\n{tail(log)}")

    def start_terminal(self, terminal):
        return self.start(terminal, self.terminal_command(terminal))

    def touch(self, terminal, image, *args):
        """One finger on a sensor; the terminal's answer."""
        done = subprocess.run(
            [self.program("hadir"), "touch", "--terminal", terminal, "--demo", self.folder, *args, image],
            capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise Failed(f"touch of {image} on {terminal}: {(done.stderr or done.stdout).strip()}")
        return json.loads(done.stdout)
