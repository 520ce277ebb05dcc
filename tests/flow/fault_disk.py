"""The disk is full: the server's, a terminal's."""
import time

from flow_system import RESERVE_MIB, TERMINALS, Failed, say, wait_until

MIB = 1024 * 1024


def fill_server(system):
    """Nothing is stored, so nothing is receipted; the terminals keep what they have."""
    disk, server = system.disks["server"], system.processes["server"]
    disk.fill()
    system.log.write("disk", of="server", free=disk.free())
    wait_until(lambda: disk.fill() or server.said("is full"), 60, "the server's word on its full disk")
    system.kill("server", "core")  # and it comes back where it cannot even write its first number
    time.sleep(3)
    server.must_be_alive()
    stored = system.stored()
    disk.empty()
    system.log.write("disk", of="server", free=disk.free())
    wait_until(lambda: system.stored() > stored, 60, "storing after the server's disk was freed")
    say("the server's disk was full, and is free again")


def fill_terminal(system, terminal):
    """Below its reserve a terminal refuses, and says so; freed, it records again."""
    disk = system.disks[terminal]

    def refuses():
        return system.touch_somebody(terminal) == "not-stored" and system.panel(terminal).get("screen") == "reserve"

    def never_records():
        outcome = system.touch_somebody(terminal)
        if outcome == "recorded":
            raise Failed(f"{terminal}: recorded on a full disk")
        return outcome == "not-stored"

    disk.fill(leave=RESERVE_MIB * MIB // 2)
    system.log.write("disk", of=terminal, free=disk.free())
    wait_until(refuses, 60, f"{terminal}'s refusal below its reserve")
    disk.fill()  # somebody else takes the rest
    wait_until(never_records, 30, f"{terminal}'s refusal on a full disk")
    wait_until(lambda: system.kill(terminal, "core"), 30, f"{terminal}'s core to be killed")
    wait_until(never_records, 60, f"{terminal}'s refusal after a start on a full disk")
    disk.empty()
    system.log.write("disk", of=terminal, free=disk.free())
    wait_until(lambda: system.knows_somebody(terminal), 60, f"{terminal} recording again")
    say(f"{terminal}'s disk was full, and is free again")


def fill_disks(system):
    fill_server(system)
    fill_terminal(system, TERMINALS[1][0])
