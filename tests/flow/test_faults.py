#!/usr/bin/env python3
"""The whole way through the real broker, while everything that can break is broken.

  test_faults.py [FAULT...]     kill network client broker disk clock: only these; else all

Touches go on at two terminals with a month of backlog; each role of both sides and the broker are
killed with -9, the network is stalled, cut, spoiled and half-opened, strangers come with other ids,
a compromised broker replays, turns and misdirects messages, disks are filled and a clock jumps.
Afterwards the checker compares what was acknowledged, generated and stored, `hadir audit` follows
every chain, and `hadir judge --all --check` computes every verdict again.  HADIR_LONG=1: 200 kills of
each role.
"""
import os
import random
import shutil
import sys
import tempfile
import time

from checker import Checker
from fault_broker import play_compromised_broker
from fault_client import play_other_clients
from fault_clock import jump_clock
from fault_disk import fill_disks
from fault_kill import kill_everything
from fault_network import spoil_network
from flow_system import TERMINALS, Failed, FlowSystem, Load, say
from full_disk import in_own_mounts

LONG = os.environ.get("HADIR_LONG") == "1"
KILLS = 200 if LONG else 2
DISK_MIB = 256 if LONG else 96


def listen(system):
    """Everybody reconnects, and says hello where we hear it."""
    ear = system.eavesdrop("hadir/1/#")
    system.proxy.cut()
    return ear


def with_ear(fault):
    def run(system, chance):
        ear = listen(system)
        fault(system, ear, chance)
        ear.close()
    return run


FAULTS = {
    "kill": lambda system, chance: kill_everything(system, chance, KILLS),
    "network": lambda system, chance: spoil_network(system),
    "client": with_ear(lambda system, ear, chance: play_other_clients(system, ear)),
    "broker": with_ear(play_compromised_broker),
    "disk": lambda system, chance: fill_disks(system),
    "clock": lambda system, chance: jump_clock(system),
}


def log_has_wrong_clock(system):
    return any(touch["answer"] and touch["answer"].get("outcome") == "recorded" and min(touch["clock_ms"]) > 3600_000
               for touch in system.log.entries("touch"))


def check(system):
    problems = Checker(system.database, system.states(), system.log)
    found = problems.check()
    for name, args in (("audit", ("audit",)), ("judge", ("judge", "--all", "--check"))):
        try:
            system.hadir(*args)
        except Failed as failed:
            found.append(f"{name}: {failed}")
    say(", ".join(f"{n} {what}" for what, n in sorted(problems.counts.items())))
    touches = system.log.entries("touch")
    outcomes = {}
    for touch in touches:
        outcome = (touch["answer"] or {}).get("outcome", "no answer")
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    say(f"touches: {outcomes}")
    if problems.counts["acknowledged"] < 10:
        found.append(f"only {problems.counts['acknowledged']} touches were acknowledged: nothing was tested")
    if log_has_wrong_clock(system) and problems.counts["listed"] == 0:
        found.append("a clock jumped by years, and no event is listed for its time")
    return found


def run(system, faults):
    chance = random.Random(int(os.environ.get("HADIR_SEED", "1")))
    say("making")
    system.bound_disk("server", DISK_MIB)
    system.bound_disk(TERMINALS[1][0], DISK_MIB)
    system.free_clock(TERMINALS[0][0])
    system.make()
    system.up()
    say("running")
    load = Load(system)
    try:
        time.sleep(3)
        for fault in faults:
            FAULTS[fault](system, chance)
        time.sleep(3)
    finally:
        load.stop()
    say("quiet")
    system.wait_until_quiet(150)
    system.must_be_alive()
    time.sleep(3)
    for terminal, _ in TERMINALS:
        system.processes[terminal].stop()
    system.wait_until_quiet(60)
    system.stop()
    return check(system)


def main():
    in_own_mounts()
    folder = tempfile.mkdtemp(prefix="hadir-flow.")
    system = FlowSystem(folder)
    try:
        problems = run(system, sys.argv[1:] or list(FAULTS))
    except (Failed, RuntimeError, OSError) as failed:
        problems = [f"{type(failed).__name__}: {failed}"]
    finally:
        system.close()
    for problem in problems[:40]:
        print(f"# FAILED: {problem}")
    if problems:
        print(f"# kept for a look: {folder}")
        sys.exit(1)
    shutil.rmtree(folder)
    say("acknowledged, generated and stored agree")


main()
