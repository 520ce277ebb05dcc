"""HTTP as it comes from outside: forms, cookies, forged, slow and huge requests."""
import json
import pathlib
import re
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.parse
import warnings

from html_check import faults
from province import NOW, Person, Province, check, equal, phone_code, run

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def form(**fields):
    return urllib.parse.urlencode(fields)


def cookie_of(headers):
    return headers["Set-Cookie"].split(";")[0]


def log_in(province, name, password):
    return province.ask("POST", "/masuk", form(nama=name, sandi=password, lanjut="/"), FORM)


def csrf_of(page):
    return re.search(rb'name="csrf" value="([0-9a-f]{64})"', page).group(1).decode()


def raw(province, data, seconds=5):
    """What the server answers to bytes that no client would send."""
    host, port = province.host.split(":")
    with socket.create_connection((host, int(port)), timeout=seconds) as connection:
        connection.sendall(data)
        answer = b""
        try:
            while chunk := connection.recv(65536):
                answer += chunk
        except TimeoutError:
            pass
    return answer


# Who asks for a page, "bkd" for all others; "": nobody; None: it leads on, is looked at before, or nobody
# here has one (its golden page is looked at in test_html.py).
PAGES = {"/": None, "/masuk": "", "/kata-sandi": "session", "/kode": None, "/kode/pasang": None, "/akun": "session",
         "/hari-ini": "pegawai", "/bulan": "pegawai", "/disiplin/{id}": None,
         "/putusan/pasangan/{id}": None}
PARTS = {"/pegawai/": "222222", "/perekaman/": "09000000000000000000000000000000", "/mesin/": "t-sma-1",
         "/putusan/perekaman/": "09000000000000000000000000000000", "/putusan/karantina/": "1-1",
         "/putusan/kiriman/": "t-sma-1", "/audit/pegawai/": "222222"}
MORE = {"/perekaman/baru": "?pegawai=222222", "/audit/pegawai/222222": "?tanggal=2025-03-02",
        "/mutasi/dampak": "?pegawai=222222&jenis=unit&sk=821&tmt=2025-03-01&unit=BKD-UMUM"}


def every_page_is_valid(province):
    """Of every GET route in the table, but for files, streams and REST."""
    table = (pathlib.Path(__file__).parents[2] / "server/web/routes_table.c").read_text()
    patterns = [pattern for pattern in re.findall(r'\{"GET", "([^"]+)"', table)
                if not re.match(r"/(api|aset|healthz|metrics)", pattern) and not re.search(r"/(aliran|csv|xlsx|berkas)", pattern)]
    check(len(patterns) > 40, "routes are found")
    person = Person(province, "operator", province.accounts["operator:password"])
    person.choose_password(province.accounts["operator:password"], "sawah hijau di kaki Merbabu")
    person.get("/kode/pasang")
    equal(faults(person.page.decode()), [], "/kode/pasang")
    equal(person.set_up_phone(), 200)
    give = {"account": "atasan", "role": "OPERATOR", "unit": "BKD-UMUM", "decree": "800/12"}
    PARTS["/hak-akses/"] = province.rest("bkd", "POST", "/api/v1/grants", give)[1]["id"]
    for pattern in patterns:
        account = PAGES.get(pattern, "bkd")
        path = pattern.replace("{id}", PARTS.get(pattern.partition("{")[0], "1"))
        path = path.replace("{month}", "2025-02").replace("{unit}", "BKD")
        path += MORE.get(path, "")
        if account is None:
            continue
        if account == "session":
            status, page = person.get(path), person.page
        else:
            status, headers, page = province.ask("GET", path, account=account or None)
            if not headers["Content-Type"].startswith("text/html"):
                continue  # a file
        equal(status, 200, path)
        check(len(page) <= 300 * 1024, f"{path}: {len(page)} bytes")
        equal(faults(page.decode()), [], path)


def every_answer_carries_the_policy(province):
    for path in ("/masuk", "/healthz", "/api/v1/people", "/none", "/api/none"):
        _, headers, _ = province.ask("GET", path)
        check("default-src 'none'" in headers["Content-Security-Policy"], path)
        equal(headers["X-Content-Type-Options"], "nosniff", path)
        equal(headers["X-Frame-Options"], "DENY", path)
        equal(headers["Cache-Control"], "no-store", path)


def assets_are_kept_for_a_year(province):
    _, _, page = province.ask("GET", "/masuk")
    urls = re.findall(rb'(?:href|src)="(/aset/[^"]+)"', page)
    check(len(urls) >= 4, "style sheets, script and icon")
    for url in urls:
        status, headers, body = province.ask("GET", url.decode())
        equal(status, 200, url)
        check("immutable" in headers["Cache-Control"] and len(body) > 100, url)


def unchanged_answers_are_not_sent_again(province):
    page = province.ask("GET", "/masuk")[2]
    asset = re.search(rb'(?:href|src)="(/aset/[^"]+)"', page).group(1).decode()
    for path in (asset, "/api/v1/people", "/api/v1/units", "/api/v1/openapi.yaml"):
        status, headers, body = province.ask("GET", path, account="bkd")
        tag = headers["ETag"]
        check(status == 200 and re.fullmatch('"[0-9a-f]{32}"', tag), path)
        for wanted in (tag, f'"other", W/{tag}', "*"):
            status, again, rest = province.ask("GET", path, headers={"If-None-Match": wanted}, account="bkd")
            equal((status, again["ETag"], rest), (304, tag, b""), path)
        status, _, rest = province.ask("GET", path, headers={"If-None-Match": '"other"'}, account="bkd")
        equal((status, rest), (200, body), path)
    # what one account has is not told to another
    equal(province.ask("GET", "/api/v1/people", headers={"If-None-Match": "*"})[0], 401)
    equal(province.ask("GET", "/masuk")[1]["ETag"], None, "pages are not kept")


def errors_of_the_api_are_problem_documents(province):
    for path, status in (("/api/none", 404), ("/api/v1/people", 401), ("/api/v1/people?limit=0", 401)):
        got, headers, body = province.ask("GET", path)
        equal((got, headers["Content-Type"]), (status, "application/problem+json"), path)
        problem = json.loads(body)
        equal((problem["status"], problem["type"]), (status, "about:blank"), path)
    status, problem = province.rest("bkd", "GET", "/api/v1/people?limit=0")
    equal((status, problem["errors"][0]["field"]), (422, "limit"))
    status, problem = province.rest("bkd", "GET", "/api/v1/people?colour=red")
    equal((status, problem["errors"][0]["field"]), (422, "colour"))


def one_time_password_only_changes_itself(province):
    password = province.accounts["atasan:password"]
    status, headers, _ = log_in(province, "atasan", password)
    equal((status, headers["Location"]), (303, "/kata-sandi"))
    check("HttpOnly" in headers["Set-Cookie"] and "SameSite=Lax" in headers["Set-Cookie"], "cookie")
    cookie = {"Cookie": cookie_of(headers)}
    for path in ("/papan", "/hari-ini", "/"):
        status, headers, _ = province.ask("GET", path, headers=cookie)
        equal((status, headers["Location"]), (303, "/kata-sandi"), path)
    equal(province.ask("GET", "/api/v1/people", headers=cookie)[0], 403)
    _, _, page = province.ask("GET", "/kata-sandi", headers=cookie)
    fresh = "sawah hijau di kaki Merbabu"
    fields = {"csrf": csrf_of(page), "lama": password, "baru": fresh, "ulang": fresh}
    for change, status in (({"csrf": "0" * 64}, 403), ({"lama": "salah"}, 422), ({"ulang": "lain"}, 422),
                           ({"baru": "pendek", "ulang": "pendek"}, 422), ({}, 303)):
        got, _, _ = province.ask("POST", "/kata-sandi", form(**{**fields, **change}), {**FORM, **cookie})
        equal(got, status, change)
    equal(log_in(province, "atasan", password)[0], 422, "the one-time password again")
    status, headers, _ = log_in(province, "ATASAN ", fresh)
    equal((status, headers["Location"]), (303, "/"))
    phone_is_asked_for(province, cookie, fresh)


def phone_is_asked_for(province, cookie, password):
    """Of an account that changes others' data, once its password is chosen."""
    status, headers, _ = province.ask("GET", "/papan", headers=cookie)
    equal((status, headers["Location"]), (303, "/kode/pasang"))
    _, _, page = province.ask("GET", "/kode/pasang", headers=cookie)
    check(b"kode-contoh" not in page, "only a demonstration shows the code")
    secret = re.search(rb'name="rahasia" value="([A-Z2-7 ]+)"', page).group(1).decode()
    fields = {"csrf": csrf_of(page), "rahasia": secret, "kode": phone_code(secret)}
    for change, status in (({"csrf": "0" * 64}, 403), ({"kode": "000000"}, 422), ({"rahasia": "x"}, 400), ({}, 200)):
        got, _, page = province.ask("POST", "/kode/pasang", form(**{**fields, **change}), {**FORM, **cookie})
        equal(got, status, change)
    equal(len(re.findall(rb"<li>([a-z0-9]{4}-){3}[a-z0-9]{4}</li>", page)), 8, "recovery codes")
    equal(province.ask("GET", "/papan", headers=cookie)[0], 200)
    other = {"Cookie": cookie_of(log_in(province, "atasan", password)[1])}
    _, _, page = province.ask("GET", "/kode", headers=other)
    fields = {"csrf": csrf_of(page), "kode": phone_code(secret)}
    equal(province.ask("POST", "/kode", form(**fields), {**FORM, **other})[0], 422, "a code that was taken")
    fields["kode"] = phone_code(secret, NOW + 30)
    equal(province.ask("POST", "/kode", form(**fields), {**FORM, **other})[0], 303, "the next one")
    equal(province.ask("GET", "/papan", headers=other)[0], 200)


def changes_need_the_token_of_the_session(province):
    status, headers, _ = log_in(province, "skpd", province.accounts["skpd:password"])
    cookie = {"Cookie": cookie_of(headers)}
    _, _, page = province.ask("GET", "/kata-sandi", headers=cookie)
    csrf = csrf_of(page)
    elsewhere = {"Origin": "https://evil.example"}
    equal(province.ask("POST", "/keluar", form(csrf=csrf), {**FORM, **cookie, **elsewhere})[0], 403)
    equal(province.ask("POST", "/keluar", form(csrf=csrf), {**FORM, **cookie, "Sec-Fetch-Site": "cross-site"})[0], 403)
    equal(province.ask("POST", "/keluar", form(), {**FORM, **cookie})[0], 403)
    body = json.dumps({"person": 111111, "terminal": "t-bkd-1"})
    equal(province.ask("POST", "/api/v1/enrolments", body, {**cookie, "Content-Type": "application/json"})[0], 403)
    equal(province.ask("POST", "/keluar", form(csrf=csrf), {**FORM, **cookie})[0], 303)
    equal(province.ask("GET", "/papan", headers=cookie)[0], 303, "the session has ended")


def guessing_is_slowed_down(province):
    answers = [log_in(province, "auditor", f"tebakan-{i}")[0] for i in range(7)]
    equal(answers, [422] * 5 + [429] * 2)
    equal(log_in(province, "auditor", province.accounts["auditor:password"])[0], 429, "the right one waits too")
    forwarded = {**FORM, "X-Forwarded-For": "203.0.113.9"}
    body = form(nama="nobody.at.all", sandi="x", lanjut="//evil.example")
    status, _, page = province.ask("POST", "/masuk", body, forwarded)
    equal(status, 422)
    check(b'name="lanjut" value="/"' in page, "a foreign place to go on to is dropped")


def hostile_text_comes_back_as_text(province):
    for name in ("<script>alert(1)</script>", "\"><img src=x>", "'; DROP TABLE account; --"):
        headers = {**FORM, "X-Forwarded-For": "203.0.113.10"}
        status, _, page = province.ask("POST", "/masuk", form(nama=name, sandi="x"), headers)
        equal(status, 422)
        check(b"<script>alert" not in page and b"<img src=x" not in page, name)
    for unit in ("%3Cscript%3E", "..%2f..%2fetc%2fpasswd", "%27%20OR%201=1"):
        equal(province.ask("GET", f"/papan?unit={unit}", account="bkd")[0], 404)


def impossible_requests_are_refused(province):
    for target, status in (("/" + "a" * 3000, b"414"), ("/%00", b"400"), ("/%ff", b"400"), ("/?a=1&a=2", b"400"),
                           ("/?%zz", b"400"), ("/a/b/c/d/e/f/g/h/i", b"400"), ("/../../etc/passwd", b"404"),
                           ("/aset/..%2f..%2fetc%2fpasswd", b"404")):
        answer = raw(province, b"GET " + target.encode() + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        check(answer.startswith(b"HTTP/1.1 " + status), f"{target[:40]}: {answer[:60]!r}")
    double = b"GET /healthz HTTP/1.1\r\nHost: x\r\nCookie: a=1\r\nCookie: b=2\r\nConnection: close\r\n\r\n"
    check(raw(province, double).startswith(b"HTTP/1.1 400"), "a header twice")
    headers = b"".join(b"X-%d: %s\r\n" % (i, b"y" * 1000) for i in range(60))
    answer = raw(province, b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n")
    check(not answer.startswith(b"HTTP/1.1 200"), "60 kB of headers")
    for garbage in (b"\x16\x03\x01\x02\x00\x01\x00", b"\0" * 100, b"GET\r\n\r\n", b"A" * 70000):
        check(not raw(province, garbage, 1).startswith(b"HTTP/1.1 200"), garbage[:10])


def large_bodies_are_refused(province):
    body = form(nama="a" * 70000, sandi="b")
    equal(province.ask("POST", "/masuk", body, {**FORM, "X-Forwarded-For": "203.0.113.11"})[0], 413)


def half_a_request_harms_nobody(province):
    host, port = province.host.split(":")
    idle = [socket.create_connection((host, int(port))) for _ in range(50)]
    for connection in idle:
        connection.sendall(b"POST /masuk HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nna")
    started = time.time()
    equal(province.ask("GET", "/healthz")[0], 200)
    check(time.time() - started < 2, "others are served meanwhile")
    for connection in idle:
        connection.close()
    equal(province.ask("GET", "/healthz")[0], 200)


def boards_are_pushed_when_something_changes(province):
    host, port = province.host.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"GET /papan/aliran?unit=DISDIK HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                           + province.accounts["skpd.disdik"].encode() + b"\r\n\r\n")
        seen = b""
        while b"\n\n" not in seen.partition(b"event: papan")[2]:
            seen += connection.recv(65536)
        check(b"text/event-stream" in seen and b"BUDI SANTOSO" in seen, seen[:200])
        check(b"SITI" not in seen, "another agency's people")
        province.say("punch 222222")
        fresh = b""
        while b"07.30" not in fresh:
            fresh += connection.recv(65536)
    equal(province.ask("GET", "/healthz")[0], 200)


def lists_are_paged(province):
    ids, path = [], "/api/v1/people?limit=1"
    while path is not None:
        status, page = province.rest("bkd", "GET", path)
        equal(status, 200)
        ids += [item["id"] for item in page["items"]]
        path = page["next"] and "/api/v1/people?limit=1&cursor=" + page["next"]
    equal(ids, [111111, 222222, 333333])
    equal(province.rest("bkd", "GET", "/api/v1/people?cursor=zzz")[0], 422)


def enrolments_are_ordered_and_cancelled(province):
    order = {"person": 111111, "terminal": "t-bkd-1", "finger": "right-index"}
    status, made = province.rest("bkd", "POST", "/api/v1/enrolments", order)
    equal((status, made["state"], made["fingers"]), (201, "waiting", ["right-index"]))
    path = "/api/v1/enrolments/" + made["id"]
    equal(province.rest("bkd", "GET", path)[1]["person"], 111111)
    equal(province.rest("skpd.disdik", "GET", path)[0], 404)
    equal(province.rest("bkd", "POST", path + "/cancel", {})[1]["state"], "failed")
    for change, field in (({"finger": "nose"}, "finger"), ({"terminal": "t-none-1"}, "terminal"),
                          ({"person": "x"}, "person"), ({"extra": 1}, "extra"),
                          ({"fingers": ["left-index"]}, "fingers")):
        status, problem = province.rest("bkd", "POST", "/api/v1/enrolments", {**order, **change})
        equal((status, problem["errors"][0]["field"]), (422, field), change)


def tls_binds_cookies_to_it(province):
    status, headers, _ = log_in(province, "bkd", province.accounts["bkd:password"])
    equal(status, 303)
    cookie = headers["Set-Cookie"]
    check(cookie.startswith("__Host-hadir=") and "; Secure" in cookie and "Path=/" in cookie, cookie)
    check("max-age" in headers["Strict-Transport-Security"], "HSTS")
    origin = {"Origin": province.url}
    _, _, page = province.ask("GET", "/kata-sandi", headers={"Cookie": cookie_of(headers)})
    fields = form(csrf=csrf_of(page))
    equal(province.ask("POST", "/keluar", fields, {**FORM, **origin, "Cookie": cookie_of(headers)})[0], 303)


def old_tls_is_refused(province):
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.load_verify_locations(CERTIFICATE)
    old.set_ciphers("DEFAULT@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    host, port = province.host.split(":")
    try:
        with socket.create_connection((host, int(port)), timeout=5) as plain, old.wrap_socket(plain, server_hostname=host):
            raise AssertionError("TLS 1.1 was spoken")
    except (ssl.SSLError, OSError):
        pass


with Province() as running:
    run([every_answer_carries_the_policy, assets_are_kept_for_a_year, unchanged_answers_are_not_sent_again, errors_of_the_api_are_problem_documents,
         one_time_password_only_changes_itself, changes_need_the_token_of_the_session, guessing_is_slowed_down,
         hostile_text_comes_back_as_text, impossible_requests_are_refused, large_bodies_are_refused,
         half_a_request_harms_nobody, boards_are_pushed_when_something_changes, lists_are_paged,
         enrolments_are_ordered_and_cancelled, every_page_is_valid], running)

with tempfile.TemporaryDirectory(prefix="hadir-tls-") as folder:
    CERTIFICATE, KEY = folder + "/web.crt", folder + "/web.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", "/CN=hadir", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", KEY, "-out", CERTIFICATE], check=True, capture_output=True)
    with Province(CERTIFICATE, KEY) as running:
        run([every_answer_carries_the_policy, tls_binds_cookies_to_it, old_tls_is_refused], running)
