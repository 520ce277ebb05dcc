#!/usr/bin/env python3
"""The fault proxy does to a connection what its modes say, and nothing else."""
import socket
import threading
import time
import unittest

from fault_proxy import FaultProxy


class Echo:
    """Sends back what it gets."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    @staticmethod
    def _serve(connection):
        with connection:
            try:
                while data := connection.recv(65536):
                    connection.sendall(data)
            except OSError:
                pass

    def close(self):
        self.listener.close()


class Proxy(unittest.TestCase):
    def setUp(self):
        self.echo = Echo()
        self.proxy = FaultProxy(self.echo.port)
        self.client = socket.create_connection(("127.0.0.1", self.proxy.port), timeout=5)

    def tearDown(self):
        self.client.close()
        self.proxy.close()
        self.echo.close()

    def ask(self, data, seconds=5.0):
        self.client.settimeout(seconds)
        self.client.sendall(data)
        got = b""
        try:
            while len(got) < len(data):
                part = self.client.recv(65536)
                if not part:
                    break
                got += part
        except TimeoutError:
            pass
        return got

    def test_pass_changes_nothing(self):
        data = bytes(range(256)) * 100
        self.assertEqual(self.ask(data), data)

    def test_stall_holds_back_and_later_delivers(self):
        self.ask(b"warm")
        self.proxy.set("stall")
        time.sleep(0.2)
        self.assertEqual(self.ask(b"held", 0.5), b"")
        self.proxy.set("pass")
        self.client.settimeout(5)
        self.assertEqual(self.client.recv(100), b"held")

    def test_corrupt_turns_one_bit_each_way(self):
        self.proxy.set("corrupt")
        got = self.ask(b"\0" * 64)
        self.assertEqual(len(got), 64)
        self.assertIn(sum(bin(byte).count("1") for byte in got), (0, 2))  # the second may undo the first
        self.assertIn(1, [sum(bin(b).count("1") for b in self.proxy._spoiled(b"\0" * 64))])

    def test_half_open_loses_what_the_client_says(self):
        self.ask(b"warm")
        self.proxy.set("half-open")
        time.sleep(0.2)
        self.assertEqual(self.ask(b"lost", 0.5), b"")
        self.proxy.set("pass")
        self.assertEqual(self.ask(b"kept"), b"kept")

    def test_cut_ends_the_connection(self):
        self.ask(b"warm")
        self.proxy.cut()
        self.client.settimeout(5)
        try:
            self.assertEqual(self.client.recv(100), b"")
        except ConnectionError:
            pass

    def test_refuse_lets_nobody_in(self):
        self.proxy.set("refuse")
        with socket.create_connection(("127.0.0.1", self.proxy.port), timeout=5) as other:
            try:
                self.assertEqual(other.recv(100), b"")
            except ConnectionError:
                pass


unittest.main()
