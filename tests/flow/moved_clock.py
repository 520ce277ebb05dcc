"""The wall clock of running programs, moved from outside (moved_clock.c)."""
import os
import struct
import time


class MovedClock:
    def __init__(self, path, build):
        self.path, self.moves = path, []
        self.environment = {
            "LD_PRELOAD": os.path.join(build, "tests", "libmoved-clock.so"), "MOVED_CLOCK": path,
            # the sanitizer's library is not the first then, and does not mind
            "ASAN_OPTIONS": ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]))}
        if not os.path.exists(self.environment["LD_PRELOAD"]):
            raise RuntimeError(f"{self.environment['LD_PRELOAD']} is not built")
        self.set(0)

    def set(self, offset_ms):
        """So many milliseconds after the machine's clock, from now on."""
        with open(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(struct.pack("=q", offset_ms))
        self.moves.append((time.monotonic(), offset_ms))

    def since(self, began):
        """The offsets that were in force since `began`, of time.monotonic()."""
        ends = [at for at, _ in self.moves[1:]] + [float("inf")]
        return sorted({offset_ms for (_, offset_ms), end in zip(self.moves, ends) if end >= began})
