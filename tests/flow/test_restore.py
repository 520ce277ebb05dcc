#!/usr/bin/env python3
"""The server's disk is lost: yesterday's backup is restored, terminals send again what it lacks.

A backup is taken online while a month's backlog arrives; more arrives and people touch; then the
server is killed and its folder is gone.  After the restore everything that terminals journalled is
stored again, every chain is whole, and each verdict of the past month is the one it was.
"""
import datetime as dt
import os
import shutil
import sys
import tempfile
import time

from checker import Checker
from flow_system import TERMINALS, Failed, FlowSystem, wait_until
from system import WIB

DAYS = 31
BEGAN = time.monotonic()


def say(text):
    print(f"# [{time.monotonic() - BEGAN:5.0f} s] {text}", flush=True)


def verdicts(system):
    """Of the days that are over: today's change with the hour."""
    today = dt.datetime.now(WIB).date()
    return system.hadir("verdicts", "--from", today - dt.timedelta(DAYS), "--to", today - dt.timedelta(1), "--format", "csv")


def wait_until_judged(system):
    wait_until(lambda: ", 0 still to be judged" in system.hadir("judge", "--all", "--check"), 120, "everything is judged")


def back_up(system):
    """In the middle of the backlog's arrival."""
    wait_until(lambda: system.stored() > 1000, 120, "a part of the backlog")
    system.hadir("backup", os.path.join(system.folder, "backup"))
    system.hadir("backup", "--vault-key", os.path.join(system.folder, "vault-key"))
    say(f"backed up, about {system.stored()} events stored")


def lose_and_restore(system):
    server = os.path.join(system.folder, "server")
    system.processes["server"].kill()
    system.processes["broker"].kill()
    os.rename(server, os.path.join(system.folder, "lost"))
    system.hadir("restore", os.path.join(system.folder, "backup"), server, "--vault-key",
                 os.path.join(system.folder, "vault-key"))
    held = system.stored()
    system.start_broker(system.broker_port, system.broker_config)
    system.start_server(system.url)
    return held


def touch_everywhere(system):
    n = 0
    for terminal, _ in TERMINALS:
        for person, images in system.fingers[terminal][1:4]:
            answer = system.touch_with(terminal, person, images[0]) or {}
            n += answer.get("outcome") == "recorded"
    return n


def run(system):
    system.make()
    system.up()
    back_up(system)
    touched = touch_everywhere(system)
    system.wait_until_quiet(150)
    wait_until_judged(system)
    before, stored = verdicts(system), system.stored()
    say(f"{stored} events stored, {touched} touches, {before.count(chr(10))} verdicts; now the disk is lost")
    held = lose_and_restore(system)
    if held >= stored:
        raise Failed(f"the backup holds {held} of {stored} events: nothing was tested")
    touched += touch_everywhere(system)
    system.wait_until_quiet(150)
    wait_until_judged(system)
    say(f"restored with {held}, {system.stored()} events stored, {touched} touches")
    after = verdicts(system)
    for terminal, _ in TERMINALS:
        system.processes[terminal].stop()
    system.wait_until_quiet(60)
    system.stop()
    problems = Checker(system.database, system.states(), system.log).check()
    system.hadir("audit")
    if touched < 6:
        problems.append(f"only {touched} touches were recorded: nothing was tested")
    if before != after:
        problems.append("verdicts differ: " + "; ".join(
            f"{a} | {b}" for a, b in zip(before.splitlines(), after.splitlines()) if a != b)[:2000])
    return problems


def main():
    folder = tempfile.mkdtemp(prefix="hadir-restore.")
    system = FlowSystem(folder)
    try:
        problems = run(system)
    except (Failed, RuntimeError, OSError) as failed:
        problems = [f"{type(failed).__name__}: {failed}"]
    finally:
        system.close()
    for problem in problems[:20]:
        print(f"# FAILED: {problem}")
    if problems:
        print(f"# kept for a look: {folder}")
        sys.exit(1)
    shutil.rmtree(folder)


main()
