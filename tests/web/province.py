"""Starts serve-province, and asks it things."""
import base64
import hashlib
import hmac
import http.client
import json
import ssl
import subprocess
import sys
import urllib.parse


NOW = 20150 * 86400 + 1800  # the server's clock stands still: tests/web/province.h


def phone_code(secret, at=NOW):
    """What an authenticator shows (RFC 6238)."""
    key = base64.b32decode(secret.replace(" ", ""))
    mac = hmac.new(key, (at // 30).to_bytes(8, "big"), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(int.from_bytes(mac[at:at + 4], 'big') & 0x7fffffff) % 1000000:06}"


class Province:
    """The running server; ends with the block."""

    def __init__(self, certificate=None, key=None):
        """With TLS when there is a certificate, which is also what clients trust."""
        files = [certificate, key] if certificate else []
        self.trust = ssl.create_default_context(cafile=certificate) if certificate else None
        self.process = subprocess.Popen([sys.argv[1], *files], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        said = json.loads(self.process.stdout.readline())
        self.url, self.accounts = said["url"], said["accounts"]
        self.host = urllib.parse.urlsplit(self.url).netloc

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.stdin.close()
        status = self.process.wait(20)
        if status != 0 and unused[0] is None:
            raise AssertionError(f"the server ended with {status}")

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def ask(self, method, path, body=None, headers=None, account=None):
        """Gives status, headers, body."""
        headers = dict(headers or {})
        if account is not None:
            headers["Authorization"] = "Bearer " + self.accounts[account]
        if self.trust is None:
            connection = http.client.HTTPConnection(self.host, timeout=20)
        else:
            connection = http.client.HTTPSConnection(self.host, timeout=20, context=self.trust)
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        answer = response.status, response.headers, response.read()
        connection.close()
        return answer

    def rest(self, account, method, path, body=None):
        """Status and JSON."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        status, _, text = self.ask(method, path, None if body is None else json.dumps(body), headers, account)
        return status, json.loads(text)


def check(condition, text):
    if not condition:
        raise AssertionError(text)


def equal(left, right, text=""):
    if left != right:
        raise AssertionError(f"{text}: {left!r} instead of {right!r}")


def run(tests, province):
    for test in tests:
        test(province)
        print("ok", test.__name__)
