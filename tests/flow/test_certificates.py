#!/usr/bin/env python3
"""Certificates of the running system, through the real broker, under a clock that moves by years.

Broker, server, terminals and `hadir` share one wall clock (moved_clock.c).  A device's bundle is
exchanged for its own certificate, once; terminals and services renew at two thirds of the life; the
trust anchor rolls over until the first one has expired; a revoked terminal's open connection ends
within a minute, and it gets no other.  At each date somebody touches, and the touch is stored.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time

from checker import Checker, open_read_only
from fault_client import branch, identity, is_refused
from flow_system import TERMINALS, Failed, FlowSystem, say, wait_until
from mqtt import Client

DAY_MS = 24 * 3600 * 1000
LIFE_DAYS = 2000  # of a terminal's certificate
ANCHOR_DAYS = 3650
IDS = [terminal for terminal, _ in TERMINALS]


def certificates(path):
    """(serial, issuer) of each certificate in a PEM file; none while it is not there."""
    try:
        with open(path, encoding="ascii") as file:
            text = file.read()
    except OSError:
        return []
    found = []
    for part in text.split("-----BEGIN CERTIFICATE-----")[1:]:
        pem = "-----BEGIN CERTIFICATE-----" + part.split("-----END")[0] + "-----END CERTIFICATE-----\n"
        done = subprocess.run(["openssl", "x509", "-noout", "-serial", "-issuer"], input=pem, capture_output=True, text=True, check=True)
        found.append(tuple(line.split("=", 1)[1].strip() for line in done.stdout.splitlines()))
    return found


class Dated(FlowSystem):
    def __init__(self, folder):
        super().__init__(folder, people=60, fingers=1, settings=f"certificate_days = {LIFE_DAYS}\n")
        self.clock = self.free_clock("hadir", "broker", "server", "copy", *IDS)

    def own(self, terminal):
        return certificates(identity(self, terminal))

    def anchors(self, terminal):
        return certificates(os.path.join(os.path.dirname(identity(self, terminal)), "anchors.pem"))

    def broker_certificates(self, name):
        return certificates(os.path.join(self.folder, "server", "broker", name))

    def works(self):
        """Somebody touches each terminal, and it arrives."""
        for terminal in IDS:
            wait_until(lambda terminal=terminal: self.knows_somebody(terminal), 90, f"{terminal} recording")
        self.wait_until_quiet(90)

    def wait_for_renewal(self, terminal, renewed, what):
        """A request that the broker lost, since the server was just connecting anew, is repeated after
        an hour, or by an uplink that starts."""
        for _ in range(4):
            try:
                return wait_until(renewed, 25, f"{what} at {terminal}")
            except Failed as late:
                error = late
                self.kill(terminal, "uplink")
        raise error

    def move_to(self, days):
        self.wait_until_quiet(90)
        self.clock.set(days * DAY_MS)
        self.log.write("clock", days=days)

    def alarms(self, kind):
        with open_read_only(self.database) as db:
            return db.execute("SELECT count(*) FROM alarm WHERE kind = ?", (kind,)).fetchone()[0]


def must(condition, text):
    if not condition:
        raise Failed(text)


def exchange(system):
    """up() has brought them in with their bundles: now each has a certificate of its own."""
    for terminal in IDS:
        wait_until(lambda terminal=terminal: system.own(terminal), 60, f"{terminal}'s own certificate")
        bootstrap = certificates(os.path.join(system.states()[terminal], "tls", "bootstrap.pem"))
        must(bootstrap and bootstrap != system.own(terminal), f"{terminal} still has the bundle's certificate")
    system.works()
    say("bundles were exchanged for certificates")


def use_bundle_again(system):
    """Another device with a copy of a bundle that was used: no keys, no certificate."""
    folder = system.terminal_folder("copy")
    os.makedirs(os.path.join(folder, "state"), mode=0o700)
    shutil.copy(os.path.join(system.terminal_folder(IDS[0]), "bundle"), folder)
    system.write_terminal_config("copy", "copy")
    copy = system.start_terminal("copy")
    wait_until(lambda: copy.said("not connected") or system.alarms("join-refused"), 60, "the second device's refusal")
    time.sleep(2)
    copy.stop()
    del system.processes["copy"]
    must(not os.path.exists(os.path.join(folder, "state", "tls", "identity.pem")), "a used bundle was exchanged again")
    system.works()
    say("a used bundle is good for nothing")


def renew(system):
    """At two thirds of the life, not before; the services' shorter lives by themselves meanwhile."""
    before = {terminal: system.own(terminal) for terminal in IDS}
    broker = system.broker_certificates("broker.crt")
    system.move_to(LIFE_DAYS * 2 // 3 - 30)
    wait_until(lambda: system.broker_certificates("broker.crt") != broker, 60, "the broker's renewed certificate")
    system.works()
    must(all(system.own(terminal) == before[terminal] for terminal in IDS), "a terminal renewed before two thirds of its certificate's life")
    system.move_to(LIFE_DAYS * 2 // 3 + 10)
    for terminal in IDS:
        system.wait_for_renewal(terminal, lambda terminal=terminal: system.own(terminal) != before[terminal], "a renewed certificate")
    system.works()
    say("certificates were renewed at two thirds of their life")


def end_with_the_first(system):
    """The broker's certificate ends with the first anchor, and is not made again every hour until then."""
    before = system.broker_certificates("broker.crt")
    system.move_to(ANCHOR_DAYS - 100)
    last = wait_until(lambda: system.broker_certificates("broker.crt") != before and system.broker_certificates("broker.crt"), 60,
                      "the broker's last certificate of the first anchor")
    system.move_to(ANCHOR_DAYS - 60)
    system.works()
    must(system.broker_certificates("broker.crt") == last, "the broker's certificate was made again, and ends no later")


def roll_over(system):
    first = system.broker_certificates("ca.crt")
    must(len(first) == 1, "there is not just one anchor")
    system.move_to(ANCHOR_DAYS * 2 // 3 + 10)
    wait_until(lambda: len(system.broker_certificates("ca.crt")) == 2, 60, "a second anchor")
    system.works()  # they know only the first one
    both = system.broker_certificates("ca.crt")
    must(all(system.anchors(terminal) == first for terminal in IDS), "a terminal knows an anchor that nobody sent")
    system.move_to(LIFE_DAYS * 2 // 3 * 2 + 40)
    for terminal in IDS:
        system.wait_for_renewal(terminal, lambda terminal=terminal: system.anchors(terminal) == both, "both anchors")
        must(system.own(terminal)[0][1] != first[0][1], f"{terminal}'s certificate is still the first anchor's")
    system.works()
    say("a second anchor reached the terminals")
    end_with_the_first(system)
    system.move_to(ANCHOR_DAYS - 20)
    wait_until(lambda: system.broker_certificates("broker.crt")[0][1] != first[0][1], 60, "the broker's certificate from the second anchor")
    system.works()
    system.move_to(ANCHOR_DAYS + 10)
    wait_until(lambda: len(system.broker_certificates("ca.crt")) == 1, 60, "the end of the first anchor")
    for terminal in IDS:
        system.processes[terminal].stop()
        system.start_terminal(terminal)
    system.works()
    say("the first anchor has expired, and everything goes on")


def revoke(system):
    """A client that obeys no command keeps the terminal's connection open; then it is revoked."""
    terminal = IDS[0]
    system.processes[terminal].stop()
    files = identity(system, terminal)
    must(not is_refused(system, terminal, files), "a terminal's own certificate was refused")
    client = Client(system.broker_port, terminal, [branch(terminal) + "/down/#"], tls=files)
    must(not client.is_closed(2), "the broker closed the connection by itself")
    began = time.monotonic()
    system.hadir("terminal", "revoke", terminal)
    must(client.is_closed(60), "the open connection of a revoked terminal is still open after a minute")
    client.close()
    say(f"a revoked terminal's open connection ended after {time.monotonic() - began:.1f} s")
    wait_until(lambda: is_refused(system, terminal, files), 60 - (time.monotonic() - began), "no new connection after a minute")
    must(is_refused(system, terminal, files), "a revoked certificate was accepted again")
    system.start_terminal(terminal)
    wait_until(lambda: system.processes[terminal].said("not connected"), 60, "the revoked terminal's refusal")


def run(system):
    system.make(history=False)
    system.up()
    exchange(system)
    use_bundle_again(system)
    renew(system)
    roll_over(system)
    system.wait_until_quiet(60)
    problems = Checker(system.database, system.states(), system.log).check()
    system.hadir("audit")
    revoke(system)
    return problems


def main():
    folder = tempfile.mkdtemp(prefix="hadir-certificates.")
    system = Dated(folder)
    try:
        problems = run(system)
    except (Failed, RuntimeError, OSError, subprocess.SubprocessError) as failed:
        problems = [f"{type(failed).__name__}: {failed}"]
    finally:
        system.close()
    for problem in problems[:40]:
        print(f"# FAILED: {problem}")
    if problems:
        print(f"# kept for a look: {folder}")
        sys.exit(1)
    shutil.rmtree(folder)
    say("certificates renew, roll over and are revoked")


main()
