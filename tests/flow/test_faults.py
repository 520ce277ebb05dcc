#!/usr/bin/env python3
"""The whole way through the real broker, while everything that can break is broken.

Touches go on at two terminals with a month of backlog; each role of both sides and the broker are
killed with -9, the network is stalled, cut, spoiled and half-opened, and a compromised broker
replays, turns and misdirects messages.  Afterwards the checker compares what was acknowledged,
generated and stored, `hadir audit` follows every chain, and `hadir judge --all --check` computes
every verdict again.  HADIR_LONG=1: 200 kills of each role.
"""
import os
import random
import shutil
import sys
import tempfile
import time

from checker import Checker
from flow_system import TERMINALS, Failed, FlowSystem, Load, wait_until

LONG = os.environ.get("HADIR_LONG") == "1"
KILLS = 200 if LONG else 2
TARGETS = ([(terminal, role) for terminal, _ in TERMINALS for role in ("sensor", "core", "uplink", None)] +
           [("server", role) for role in ("core", "vault", "web", None)] + [("broker", None)])
FAULTS = [("stall", 4), ("half-open", 4), ("corrupt", 4), ("refuse", 3)]
BEGAN = time.monotonic()


def say(text):
    print(f"# [{time.monotonic() - BEGAN:5.0f} s] {text}", flush=True)


def kill_everything(system, chance):
    """Each target KILLS times, in an order of chance."""
    plan = [target for target in TARGETS for _ in range(KILLS)]
    chance.shuffle(plan)
    done = {target: 0 for target in TARGETS}
    for name, role in plan:
        wait_until(lambda name=name, role=role: system.kill(name, role), 30, f"{name}'s role {role} to be killed")
        done[name, role] += 1
        time.sleep(chance.uniform(0.1, 1.0))
    say("killed: " + ", ".join(f"{name}/{role or 'itself'} {n}" for (name, role), n in done.items()))


def spoil_network(system):
    for mode, seconds in FAULTS:
        system.proxy.set(mode)
        system.log.write("network", mode=mode)
        time.sleep(seconds)
        system.proxy.set("pass")
        time.sleep(1)
    for _ in range(5):
        system.proxy.cut()
        system.log.write("network", mode="cut")
        time.sleep(0.5)


def turned(payload, chance):
    spoiled = bytearray(payload)
    spoiled[chance.randrange(len(spoiled))] ^= 1 << chance.randrange(8)
    return bytes(spoiled)


def play_compromised_broker(system, ear, chance):
    """Replay, turn one bit, send under another's topic or shard: both directions, what was heard."""
    a, b = (terminal for terminal, _ in TERMINALS)
    for end in ("up/events", "up/want", "up/health", "down/receipt"):
        wait_until(lambda end=end: {topic.split("/")[3] for topic, _ in ear.of(end)} == {a, b}, 90, f"…/{end} of both terminals on the wire")
    heard = {end: system.ear.of(end) + ear.of(end) for end in ("up/events", "up/want", "up/health", "down/receipt", "down/roster", "down/command")}
    if not heard["down/roster"]:
        raise Failed("no roster was heard when the terminals started: nothing to attack with")
    n = 0
    for messages in heard.values():
        for topic, payload in messages[:8] + messages[-8:]:
            other = topic.replace(f"/{a}/", f"/{b}/") if f"/{a}/" in topic else topic.replace(f"/{b}/", f"/{a}/")
            shard = topic.split("/")[2]
            wrong_shard = topic.replace(f"/{shard}/", f"/{(int(shard, 16) + 1) % 64:02x}/", 1)
            for where, what in ((topic, payload), (topic, turned(payload, chance)), (other, payload), (wrong_shard, payload),
                                (topic, payload[:len(payload) // 2]), (topic, b"")):
                ear.publish(where, what)
                n += 1
    for garbage in (b"\x9b\0\0\0\0\x40\0\0\0", os.urandom(2000), b"\xd2" + os.urandom(300)):
        for topic in {topic for messages in heard.values() for topic, _ in messages}:
            ear.publish(topic, garbage)
            n += 1
    system.log.write("hostile", messages=n)
    say(f"{n} hostile messages")


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
    return found


def run(system):
    chance = random.Random(int(os.environ.get("HADIR_SEED", "1")))
    say("making")
    system.make()
    system.up()
    say("running")
    load = Load(system)
    try:
        time.sleep(3)
        kill_everything(system, chance)
        spoil_network(system)
        ear = system.eavesdrop("hadir/1/#")
        system.proxy.cut()  # everybody reconnects, and says hello where we hear it
        play_compromised_broker(system, ear, chance)
        time.sleep(3)
        ear.close()
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
    folder = tempfile.mkdtemp(prefix="hadir-flow.")
    system = FlowSystem(folder)
    try:
        problems = run(system)
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
