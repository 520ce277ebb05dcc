"""A TCP proxy on 127.0.0.1 that spoils the connection it carries, on command.

Modes, changed at any time and for the open connections too:
  pass       everything goes through
  stall      nothing goes through, nothing is closed; what waits goes through afterwards
  corrupt    one bit of every 4 KiB that go through is turned
  half-open  what the client sends is thrown away, and no one is told
  refuse     new connections are closed at once
cut() closes what is open, in the middle of whatever it carries.
"""
import random
import select
import socket
import threading

CHUNK = 4096


class FaultProxy:
    def __init__(self, target_port, seed=1):
        self.target_port = target_port
        self.random = random.Random(seed)
        self.mode = "pass"
        self.pairs = []  # (client, server)
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.closing = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def set(self, mode):
        assert mode in ("pass", "stall", "corrupt", "half-open", "refuse")
        self.mode = mode

    def cut(self):
        with self.lock:
            for pair in self.pairs:
                self._close(pair)
            self.pairs.clear()

    def close(self):
        self.closing = True
        self.thread.join(5)
        self.listener.close()
        self.cut()

    @staticmethod
    def _close(pair):
        for side in pair:
            try:
                side.close()
            except OSError:
                pass

    def _accept(self):
        client, _ = self.listener.accept()
        if self.mode == "refuse":
            client.close()
            return
        try:
            server = socket.create_connection(("127.0.0.1", self.target_port), timeout=5)
        except OSError:
            client.close()
            return
        server.settimeout(5)
        client.settimeout(5)
        with self.lock:
            self.pairs.append((client, server))

    def _spoiled(self, data):
        spoiled = bytearray(data)
        at = self.random.randrange(len(spoiled))
        spoiled[at] ^= 1 << self.random.randrange(8)
        return bytes(spoiled)

    def _forward(self, pair, source):
        client, server = pair
        data = source.recv(CHUNK)
        if not data:
            raise ConnectionError
        mode = self.mode
        if mode == "half-open" and source is client:
            return
        target = server if source is client else client
        target.sendall(self._spoiled(data) if mode == "corrupt" else data)

    def _step(self):
        with self.lock:
            by_socket = {side: pair for pair in self.pairs for side in pair}
        watched = [] if self.mode == "stall" else [s for s in by_socket if s.fileno() >= 0]
        try:
            readable, _, _ = select.select([self.listener, *watched], [], [], 0.05)
        except (OSError, ValueError):  # cut() was faster
            return
        for source in readable:
            if source is self.listener:
                self._accept()
                continue
            pair = by_socket[source]
            try:
                self._forward(pair, source)
            except (OSError, ConnectionError):
                with self.lock:
                    self._close(pair)
                    if pair in self.pairs:
                        self.pairs.remove(pair)

    def _run(self):
        while not self.closing:
            self._step()
