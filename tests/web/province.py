"""Starts serve-province, and asks it things."""
import base64
import hashlib
import hmac
import http.client
import json
import re
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


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def csrf_of(page):
    return re.search(rb'name="csrf" value="([0-9a-f]{64})"', page).group(1).decode()


class Person:
    """Somebody at a browser: a session, its cookie and the token of its forms."""

    def __init__(self, province, name, password, address="203.0.113.20"):
        self.province, self.address, self.cookie = province, {"X-Forwarded-For": address}, {}
        self.status, headers, self.page = self.send("/masuk", nama=name, sandi=password, lanjut="/")
        self.where = headers["Location"]
        if self.status == 303:
            self.cookie = {"Cookie": headers["Set-Cookie"].split(";")[0]}

    def get(self, path):
        self.status, headers, self.page = self.province.ask("GET", path, headers={**self.cookie, **self.address})
        self.where = headers["Location"]
        return self.status

    def send(self, path, **fields):
        return self.province.ask("POST", path, urllib.parse.urlencode(fields),
                                 {**FORM, **self.cookie, **self.address})

    def post(self, path, form_at=None, **fields):
        """The form of the page at `form_at`, filled in."""
        self.get(form_at or path)
        self.status, headers, self.page = self.send(path, csrf=csrf_of(self.page), **fields)
        self.where = headers["Location"]
        return self.status

    def choose_password(self, old, fresh):
        return self.post("/kata-sandi", lama=old, baru=fresh, ulang=fresh)

    def set_up_phone(self):
        self.get("/kode/pasang")
        secret = re.search(rb'name="rahasia" value="([A-Z2-7 ]+)"', self.page).group(1).decode()
        return self.post("/kode/pasang", rahasia=secret, kode=phone_code(secret))


def arrive(province, name, fresh="sawah hijau di kaki Merbabu", address="203.0.113.20"):
    """An account of the province from its one-time password to its pages."""
    one_time = province.accounts[name + ":password"]
    person = Person(province, name, one_time, address)
    equal((person.status, person.where), (303, "/kata-sandi"))
    equal(person.choose_password(one_time, fresh), 303)
    if person.get("/") == 303 and person.where == "/kode/pasang":
        equal(person.set_up_phone(), 200)
    return person


def run(tests, province):
    for test in tests:
        test(province)
        print("ok", test.__name__)
