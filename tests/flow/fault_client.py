"""Other clients of the broker: with another terminal's id and name, with a terminal's own identity a
second time, with an invented identity, and with none."""
import hashlib
import os
import subprocess
import time

from flow_system import TERMINALS, Failed, say, wait_until
from mqtt import Client

MARK = b"said by somebody else"
TWINS = 5


def branch(terminal):
    return f"hadir/1/{hashlib.sha256(terminal.encode()).digest()[0] % 64:02x}/{terminal}"


def identity(system, terminal):
    """The file of a terminal's certificate and key."""
    return os.path.join(system.states()[terminal], "tls", "identity.pem")


def invented(system, name):
    """A certificate of that name that no anchor signed."""
    path = os.path.join(system.folder, "invented.pem")
    with open(path, "wb") as file:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "9",
                        "-subj", "/CN=" + name, "-keyout", "-"], stdout=file, stderr=subprocess.DEVNULL, check=True)
    return path


def is_refused(system, name, tls):
    try:
        client = Client(system.broker_port, name, tls=tls)
    except ConnectionError:
        return True
    client.close()
    return False


def must_be_refused(system):
    a = TERMINALS[0][0]
    for what, certificate in (("an invented certificate", invented(system, a)), ("no certificate", "")):
        if not is_refused(system, a, certificate):
            raise Failed(f"a client with {what} was let in")


def take_anothers_name(system, ear):
    """With A's certificate, as B: what counts is the certificate."""
    a, b = (terminal for terminal, _ in TERMINALS)
    lost = system.processes[b].count("not connected")
    client = Client(system.broker_port, b, [branch(b) + "/down/#"], user=b, tls=identity(system, a))
    for end in ("up/events", "up/health", "up/enrol", "up/want", "down/receipt"):
        client.publish(f"{branch(b)}/{end}", MARK)
    client.publish(branch(a) + "/up/want", MARK)  # its own branch, and the proof that the others were read
    wait_until(lambda: (branch(a) + "/up/want", MARK) in ear.of("up/want"), 10, "what a client says in its own branch")
    if [topic for topic, payload in ear.of("") if topic.startswith(branch(b)) and payload == MARK]:
        raise Failed(f"{a}'s certificate spoke in {b}'s branch")
    client.close()
    if system.processes[b].count("not connected") != lost:
        raise Failed(f"{a}'s certificate threw {b} out")


def be_twins(system):
    """A's own identity a second time, again and again: each throws the other out, and nothing is lost."""
    a = TERMINALS[0][0]
    for _ in range(TWINS):
        twin = Client(system.broker_port, a, [branch(a) + "/down/#"], tls=identity(system, a))
        twin.publish(branch(a) + "/up/events", MARK)
        time.sleep(0.5)
        twin.close()


def play_other_clients(system, ear):
    for terminal, _ in TERMINALS:
        wait_until(lambda terminal=terminal: [topic for topic, _ in ear.of("up/want") if topic.startswith(branch(terminal))], 60,
                   f"{terminal}'s connection")
    must_be_refused(system)
    take_anothers_name(system, ear)
    be_twins(system)
    system.log.write("clients", twins=TWINS)
    say("other clients: refused, or heard in their own branch only")
