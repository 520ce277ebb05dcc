"""A compromised broker: it replays, turns, cuts and misdirects what it carries, and invents."""
import os

from flow_system import TERMINALS, Failed, say, wait_until


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
