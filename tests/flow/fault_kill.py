"""kill -9 of every role of both sides, of the supervisors, and of the broker."""
import time

from flow_system import TERMINALS, say, wait_until

TARGETS = ([(terminal, role) for terminal, _ in TERMINALS for role in ("sensor", "core", "uplink", None)] +
           [("server", role) for role in ("core", "vault", "web", None)] + [("broker", None)])


def kill_everything(system, chance, times):
    """Each target so often, in an order of chance."""
    plan = [target for target in TARGETS for _ in range(times)]
    chance.shuffle(plan)
    done = {target: 0 for target in TARGETS}
    for name, role in plan:
        wait_until(lambda name=name, role=role: system.kill(name, role), 30, f"{name}'s role {role} to be killed")
        done[name, role] += 1
        time.sleep(chance.uniform(0.1, 1.0))
    say("killed: " + ", ".join(f"{name}/{role or 'itself'} {n}" for (name, role), n in done.items()))
