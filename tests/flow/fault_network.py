"""The network stalls, goes deaf one way, turns bits, refuses, and is cut."""
import time

FAULTS = [("stall", 4), ("half-open", 4), ("corrupt", 4), ("refuse", 3)]


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
