"""The little of MQTT 3.1.1 (OASIS, 2014) that an enemy needs: connect as anybody, listen, publish anything."""
import socket
import ssl
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


class Client:
    """One connection; ConnectionError when the broker does not want it."""

    def __init__(self, port, client_id, topics=(), user=None, tls=None):
        """`tls`: the file of certificate and key, or "" to show none.  Whose the broker's is does not matter."""
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=10)
        try:
            if tls is not None:
                self.connection = self._secured(tls)
            self._connect(client_id, user)
            if topics:
                body = b"".join(field(topic.encode()) + b"\0" for topic in topics)
                self.connection.sendall(packet(0x82, struct.pack("!H", 1) + body))
        except OSError as error:  # of TLS too
            self.connection.close()
            raise ConnectionError(f"refused: {error}") from error

    def _secured(self, identity):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if identity:
            context.load_cert_chain(identity)
        return context.wrap_socket(self.connection)

    def _connect(self, client_id, user):
        flags = 2 | (0x80 if user else 0)
        body = field(b"MQTT") + bytes([4, flags]) + struct.pack("!H", 0) + field(client_id.encode())
        self.connection.sendall(packet(0x10, body + (field(user.encode()) if user else b"")))
        kind, answer = self.read()
        if kind != 0x20 or answer[1] != 0:
            raise ConnectionError(f"the broker refused: {kind:#x} {answer.hex()}")

    def _exactly(self, size):
        data = b""
        while len(data) < size:
            part = self.connection.recv(size - len(data))
            if not part:
                raise ConnectionError("the broker closed")
            data += part
        return data

    def read(self):
        """The next packet: its first byte, and its body."""
        kind = self._exactly(1)[0]
        size = shift = 0
        while True:
            digit = self._exactly(1)[0]
            size |= (digit & 0x7F) << shift
            shift += 7
            if not digit & 0x80:
                return kind, self._exactly(size)

    def publish(self, topic, payload):
        self.connection.sendall(packet(0x30, field(topic.encode()) + payload))

    def is_closed(self, seconds):
        """Does the broker end the connection within so many seconds?"""
        self.connection.settimeout(seconds)
        try:
            while True:
                self.read()
        except TimeoutError:
            return False
        except (OSError, ConnectionError):
            return True

    def close(self):
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.connection.close()


class Eavesdropper(Client):
    """Connected to a plain listener without a name; keeps what it hears as (topic, payload)."""

    def __init__(self, port, topics):
        super().__init__(port, "eavesdropper", topics)
        self.heard = []
        self.lock = threading.Lock()
        self.connection.settimeout(None)
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self):
        try:
            while True:
                kind, body = self.read()
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

    def close(self):
        super().close()
        self.thread.join(5)
