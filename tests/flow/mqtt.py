"""The little of MQTT 3.1.1 (OASIS, 2014) that a hostile broker needs: listen, and publish anything."""
import socket
import struct
import threading


def field(data):
    return struct.pack("!H", len(data)) + data


def packet(kind, body):
    size, length = len(body), b""
    while True:
        size, digit = divmod(size, 128)
        length += bytes([digit | (0x80 if size else 0)])
        if not size:
            return bytes([kind]) + length + body


class Eavesdropper:
    """Connected to a plain listener without a name; keeps what it hears as (topic, payload)."""

    def __init__(self, port, topics):
        self.heard = []
        self.lock = threading.Lock()
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.connection.sendall(packet(0x10, field(b"MQTT") + bytes([4, 2]) + struct.pack("!H", 0) + field(b"eavesdropper")))
        kind, body = self._read()
        if kind != 0x20 or body[1] != 0:
            raise ConnectionError(f"the broker refused: {kind:#x} {body.hex()}")
        self.connection.sendall(packet(0x82, struct.pack("!H", 1) + b"".join(field(t.encode()) + b"\0" for t in topics)))
        self.connection.settimeout(None)
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _exactly(self, size):
        data = b""
        while len(data) < size:
            part = self.connection.recv(size - len(data))
            if not part:
                raise ConnectionError("the broker closed")
            data += part
        return data

    def _read(self):
        kind = self._exactly(1)[0]
        size = shift = 0
        while True:
            digit = self._exactly(1)[0]
            size |= (digit & 0x7F) << shift
            shift += 7
            if not digit & 0x80:
                return kind, self._exactly(size)

    def _listen(self):
        try:
            while True:
                kind, body = self._read()
                if kind >> 4 != 3:
                    continue
                size = struct.unpack("!H", body[:2])[0]
                at = 2 + size + (2 if kind & 6 else 0)
                with self.lock:
                    self.heard.append((body[2:2 + size].decode(), body[at:]))
        except (OSError, ConnectionError):
            pass

    def of(self, topic_end):
        with self.lock:
            return [(topic, payload) for topic, payload in self.heard if topic.endswith(topic_end)]

    def publish(self, topic, payload):
        self.connection.sendall(packet(0x30, field(topic.encode()) + payload))

    def close(self):
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.connection.close()
        self.thread.join(5)
