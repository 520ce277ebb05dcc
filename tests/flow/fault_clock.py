"""A terminal's wall clock jumps, by seconds to years, forward and back; then the terminal is killed
under the wrong clock, so that it starts with it, and again when the clock is right."""
import time

from flow_system import TERMINALS, Failed, say, wait_until

HOUR = 3600
DAY = 24 * HOUR
YEAR = 365 * DAY
# seconds; at these a stamp is believed …
BELIEVED = (5, -90, -2 * HOUR)
# … and at these it is not, whatever the terminal says of its clock
WRONG = (2 * HOUR, 40 * DAY, 20 * YEAR, -30 * YEAR)


def jump(system, terminal, seconds):
    system.clocks[terminal].set(seconds * 1000)
    system.log.write("clock", of=terminal, seconds=seconds)


def jump_clock(system):
    terminal = TERMINALS[0][0]
    for seconds in BELIEVED + WRONG:
        jump(system, terminal, seconds)
        outcome = system.touch_somebody(terminal)
        if outcome is None:
            raise Failed(f"{terminal}: no answer after a jump of {seconds} s")
    for seconds in (3 * YEAR, -3 * YEAR):
        jump(system, terminal, seconds)
        system.kill(terminal)
        wait_until(lambda: system.touch_somebody(terminal), 60, f"{terminal}'s answer under a wrong clock")
        time.sleep(1)
        jump(system, terminal, 0)
        system.kill(terminal)
        wait_until(lambda: system.knows_somebody(terminal), 60, f"{terminal} recording after its clock was set right")
        stored = system.stored(terminal)
        wait_until(lambda: system.stored(terminal) > stored, 60, f"{terminal} online after its clock was set right")
    say(f"{terminal}'s clock jumped {len(BELIEVED + WRONG) + 2} times")
