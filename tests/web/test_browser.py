"""A real browser: log in, choose a password, watch the board fill; on a phone, by keyboard, without script."""
import os
import tempfile
import time
import urllib.parse

from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from province import Province, check, equal, phone_code, run

PASSWORD = "sawah hijau di kaki Merbabu"

# Text that stands out too little from what is behind it (WCAG 2.1, 1.4.3: 4.5, for large text 3).
CONTRAST = """
const parse = (text) => text.match(/[\\d.]+/g).map(Number);
const luminance = (c) => c.slice(0, 3).map((v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
	.reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const behind = (element) => {
	for (let at = element; at !== null; at = at.parentElement) {
		const c = parse(getComputedStyle(at).backgroundColor);
		if (c.length < 4 || c[3] === 1)
			return c;
		if (c[3] > 0)
			return [255, 255, 255].map((v, i) => c[i] * c[3] + behind(at.parentElement)[i] * (1 - c[3]));
	}
	return [255, 255, 255];
};
const poor = [];
for (const element of document.querySelectorAll("body *")) {
	const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim() !== "");
	if (!own || element.getClientRects().length === 0 || element.matches(".hd-code, .visually-hidden, option"))
		continue;
	const style = getComputedStyle(element);
	const a = luminance(parse(style.color)), b = luminance(behind(element));
	const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
	const large = parseFloat(style.fontSize) >= 24 || parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700;
	if (ratio < (large ? 3 : 4.5))
		poor.push(element.textContent.trim().slice(0, 30) + " " + ratio.toFixed(2));
}
return poor;
"""

# Fields without a label, pictures without a text, headings that skip a level, ids used twice.
STRUCTURE = """
const wrong = [];
for (const field of document.querySelectorAll("input:not([type=hidden]):not([hidden]), select, textarea"))
	if (field.labels.length === 0 && !field.ariaLabel)
		wrong.push("no label: " + field.name);
for (const image of document.images)
	if (!image.hasAttribute("alt"))
		wrong.push("no alt: " + image.src);
let level = 0;
for (const heading of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
	const now = Number(heading.tagName[1]);
	if (now > level + 1)
		wrong.push("heading " + heading.textContent);
	level = now;
}
const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
if (new Set(ids).size !== ids.length)
	wrong.push("an id twice");
if (document.querySelectorAll("h1").length !== 1 || document.documentElement.lang !== "id")
	wrong.push("h1 or language");
return wrong;
"""


class Browser(webdriver.Chrome):
    def __init__(self):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--disable-background-networking", "--force-device-scale-factor=1", "--window-size=1366,768"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        super().__init__(service=Service("/usr/bin/chromedriver"), options=options)
        self.set_page_load_timeout(30)

    def phone(self, width, height):
        self.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                             {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": True})

    def desktop(self):
        self.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    def text(self):
        return self.find_element(By.TAG_NAME, "main").text

    def path(self):
        return self.execute_script("return location.pathname")

    def fill(self, **fields):
        for name, value in fields.items():
            self.find_element(By.ID, name).send_keys(value)

    def submit(self):
        self.press(self.find_element(By.CSS_SELECTOR, "main button[type=submit]"))

    def press(self, element):
        """Clicks; where that leads to another page, waits until that one is whole."""
        link = element.get_dom_attribute("href")
        leaves = element.get_property("type") == "submit" or (link is not None and not link.startswith("#"))
        page = self.find_element(By.TAG_NAME, "html")
        element.click()
        if leaves:
            self.until(lambda: gone(page), "the page is left")
            self.until(lambda: self.execute_script("return document.readyState") == "complete", "the next page")

    def until(self, condition, what, seconds=15):
        """Waits.  What a live update replaces, or the page that is still loading lacks, is read again."""
        end = time.time() + seconds
        while True:
            try:
                if condition():
                    return
            except (NoSuchElementException, StaleElementReferenceException):
                pass
            check(time.time() < end, f"not within {seconds} s: {what}")
            time.sleep(0.1)

    def arrives(self, path):
        self.until(lambda: self.path() == path, path)

    def keep(self, name):
        """Pictures, to be looked at, where HADIR_PICTURES says."""
        folder = os.environ.get("HADIR_PICTURES")
        if folder is None:
            return
        self.save_screenshot(os.path.join(folder, name + "-desk.png"))
        self.phone(360, 740)
        self.save_screenshot(os.path.join(folder, name + "-phone.png"))
        self.desktop()

    def judge(self, name):
        """What holds for every page, on a desk and on the narrowest phone."""
        self.keep(name)
        for width in (1366, 320):
            if width == 320:
                self.phone(width, 640)
            equal(self.execute_script(CONTRAST), [], f"{name}: contrast")
            equal(self.execute_script(STRUCTURE), [], f"{name}: structure")
            wide = self.execute_script("return document.documentElement.scrollWidth")
            check(wide <= width, f"{name}: {wide} px wide at {width}")
        self.desktop()


def gone(element):
    try:
        element.get_property("id")
        return False
    except StaleElementReferenceException:
        return True


def walk(*steps):
    """Clicks on what each CSS selector finds; gives how often."""
    for step in steps:
        found = browser.find_element(By.CSS_SELECTOR, step)
        browser.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", found)
        browser.press(found)
    return len(steps)


def has_focus(name):
    browser.until(lambda: browser.switch_to.active_element.get_attribute("id") == name, f"{name} has the focus")


def choose_password(browser, province, name):
    browser.get(province.url + "/masuk")
    browser.fill(nama=name, sandi=province.accounts[name + ":password"])
    browser.submit()
    browser.arrives("/kata-sandi")
    browser.fill(lama=province.accounts[name + ":password"], baru=PASSWORD, ulang=PASSWORD)
    browser.submit()
    browser.until(lambda: browser.path() != "/kata-sandi", "the password is changed")


def set_up_phone():
    browser.arrives("/kode/pasang")
    browser.judge("kode-pasang")
    browser.fill(kode=phone_code(browser.find_element(By.ID, "rahasia").text))
    browser.submit()
    browser.until(lambda: browser.find_elements(By.CSS_SELECTOR, ".hd-codes"), "the recovery codes")
    browser.judge("kode-pemulihan")
    browser.recovery = browser.find_element(By.CSS_SELECTOR, ".hd-codes").text.split()
    walk("main a.btn")


def log_in(province, name):
    """The clock stands still, so that the phone's code was taken: recovery codes serve."""
    browser.get(province.url + "/masuk")
    browser.fill(nama=name, sandi=PASSWORD)
    browser.submit()
    browser.arrives("/kode")
    browser.judge("kode")
    browser.fill(kode=browser.recovery.pop())
    browser.submit()
    browser.until(lambda: browser.path() != "/kode", "the second factor")


def second_device(province, name):
    """A second device: its cookie."""
    body = urllib.parse.urlencode({"nama": name, "sandi": PASSWORD})
    status, headers, _ = province.ask("POST", "/masuk", body, {"Content-Type": "application/x-www-form-urlencoded"})
    equal(status, 303, "a second log-in")
    return headers["Set-Cookie"].partition(";")[0]


def log_out(browser):
    browser.press(browser.find_element(By.CSS_SELECTOR, ".hd-account button"))
    browser.arrives("/masuk")


def log_in_page_says_what_is_wrong(province):
    browser.get(province.url + "/papan?unit=BKD")
    equal(browser.path(), "/masuk")
    browser.judge("masuk")
    browser.fill(nama="skpd.disdik", sandi="salah")
    browser.submit()
    browser.until(lambda: browser.find_elements(By.CSS_SELECTOR, "[role=alert]"), "the refusal")
    check("salah" in browser.find_element(By.CSS_SELECTOR, "[role=alert]").text, "the alert")
    equal(browser.find_element(By.ID, "nama").get_property("value"), "skpd.disdik", "the name is kept")
    browser.get_log("browser")  # the refusal is one


def board_fills_by_itself(province):
    choose_password(browser, province, "skpd.disdik")
    set_up_phone()
    browser.arrives("/papan")
    browser.judge("papan")
    text = browser.text()
    check("Dinas Pendidikan" in text and "BUDI SANTOSO" in text, text)
    check("SITI" not in text, "another agency's people")
    browser.until(lambda: "langsung" in browser.text(), "the live lamp")
    check("07.30" not in browser.find_element(By.ID, "belum-terdaftar").text, "Budi has not punched")
    province.say("punch 222222")
    browser.until(lambda: "BUDI SANTOSO" in browser.find_element(By.ID, "hadir").text, "Budi is present")
    browser.until(lambda: browser.text().count("BUDI SANTOSO") == 1, "and stands there once")
    browser.keep("papan-hidup")


def markup_in_a_name_is_text(province):
    check("JOKO <b>SUSILO</b>" in browser.text(), "the name as it is")
    equal(browser.execute_script("return document.querySelectorAll('.hd-people b b').length"), 0)


def board_works_without_script(province):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get(province.url + "/papan")
    check("BUDI SANTOSO" in browser.text() and "menurut keadaan saat dibuka" in browser.text(), "the page is whole")
    browser.find_element(By.CSS_SELECTOR, "#unit option[value=SMA1]").click()
    browser.submit()
    check("SMA Negeri 1" in browser.find_element(By.TAG_NAME, "h1").text, "a unit is chosen by the button")
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def tiles_open_their_rows(province):
    browser.get(province.url + "/papan")
    for tile in browser.find_elements(By.CSS_SELECTOR, "a.hd-tile"):
        target = tile.get_attribute("href").partition("#")[2]
        number = tile.find_element(By.TAG_NAME, "b").text
        section = browser.find_element(By.ID, target)
        equal(str(len(section.find_elements(By.TAG_NAME, "li"))), number, target)
    log_out(browser)


def next_person_is_enrolled_in_two_clicks(province):
    log_in(province, "skpd.disdik")
    walk(".hd-menu a[href='/perekaman']")
    browser.judge("perekaman")
    text = browser.find_element(By.ID, "belum").text
    check("BUDI SANTOSO" in text and "SITI" not in text, text)
    clicks = walk("#belum a[aria-label$='BUDI SANTOSO']")
    browser.judge("perekaman-baru")
    check("BUDI SANTOSO" in browser.text(), "whom it is about")
    clicks += walk("main button[type=submit]")
    equal(clicks, 2)
    browser.until(lambda: "menunggu mesin" in browser.find_element(By.ID, "antrean").text, "the order stands in the queue")
    browser.until(lambda: "langsung" in browser.text(), "the live lamp")
    province.say("capture 222222")
    browser.until(lambda: "Telunjuk kanan: 1 dari 3" in browser.find_element(By.ID, "antrean").text, "live progress")
    browser.judge("perekaman-berjalan")
    walk("#antrean a")
    browser.judge("perekaman-satu")
    walk("main button[type=submit]")
    browser.until(lambda: "Dibatalkan" in browser.find_element(By.ID, "antrean").text, "it is cancelled")


def people_are_found_and_opened(province):
    walk(".hd-menu a[href='/pegawai']")
    browser.judge("pegawai")
    browser.fill(q="budi")
    walk("form[role=search] button")
    found = browser.find_elements(By.CSS_SELECTOR, ".hd-people li")
    check(len(found) == 1 and "BUDI SANTOSO" in found[0].text, [item.text for item in found])
    walk(".hd-people a")
    browser.judge("berkas")
    check("SMA Negeri 1" in browser.text() and "belum direkam" in browser.text(), browser.text())
    walk(".hd-pager a[href$=bulan]")
    browser.judge("bulan-pegawai")


def month_of_the_unit_is_summed_up(province):
    walk(".hd-menu a[href='/rekap']")
    browser.judge("rekap")
    check("BUDI SANTOSO" in browser.text() and "SITI" not in browser.text(), browser.text())


def terminals_say_what_is_wrong(province):
    walk(".hd-menu a[href='/mesin']")
    browser.judge("mesin")
    check("Belum pernah terhubung" in browser.text() and "t-bkd-1" not in browser.text(), browser.text())
    walk(".hd-people a")
    browser.judge("mesin-satu")
    check("t-sma-1" in browser.text(), browser.text())


def other_sessions_are_ended(province):
    other = second_device(province, "skpd.disdik")
    walk(".hd-account a")
    browser.judge("akun")
    check("2 perangkat" in browser.text() and "sesi ini" in browser.text(), browser.text())
    equal(province.ask("GET", "/kode", headers={"Cookie": other})[0], 200, "the other session")
    walk("#sesi li button")
    browser.until(lambda: "1 perangkat" in browser.text(), "one session is left")
    equal(province.ask("GET", "/kode", headers={"Cookie": other})[0], 303, "the other session is over")
    log_out(browser)


def log_in_needs_no_mouse(province):
    browser.get(province.url + "/masuk")
    has_focus("nama")
    active = browser.switch_to.active_element
    active.send_keys("skpd.disdik", Keys.TAB)
    browser.switch_to.active_element.send_keys(PASSWORD, Keys.ENTER)
    has_focus("kode")
    browser.switch_to.active_element.send_keys(browser.recovery.pop(), Keys.ENTER)
    browser.arrives("/papan")
    log_out(browser)


def own_day_on_a_phone(province):
    choose_password(browser, province, "pegawai")
    browser.arrives("/hari-ini")
    browser.judge("hari-ini")
    check("06.52" in browser.text() and "diterima" in browser.text(), "it counted")
    equal(walk(".hd-menu a[href='/bulan']", "a[href='#t3']"), 2, "clicks to the reason of a day")
    browser.judge("bulan")
    check("Masuk 06.52 di Lobi BKD." in browser.find_element(By.ID, "t3").text, "the reason in words")
    clicks = walk(".hd-menu a[href='/bulan']", "a[href='#t2']")
    clicks += walk("#t2 a[href^='/koreksi']")
    equal(browser.find_element(By.ID, "tanggal").get_property("value"), "2025-03-02", "the day is filled in")
    equal(browser.find_element(By.ID, "jenis").get_property("value"), "masuk", "and what of it")
    browser.fill(alasan="rapat di Setda")
    clicks += walk("#ajukan button")
    equal(clicks, 4, "clicks from the start to an asked correction")
    browser.until(lambda: "menunggu" in browser.text(), "it waits")
    browser.judge("koreksi-pegawai")
    walk(".hd-account a")
    browser.judge("akun-pegawai")
    check("membuka data Anda" in browser.text(), browser.text())
    browser.get(province.url + "/papan")
    check("tidak berhak" in browser.text(), "no board")
    browser.judge("tidak-berhak")
    browser.get_log("browser")
    log_out(browser)


def set_field(name, value):
    """What a date picker does."""
    browser.execute_script("document.getElementById(arguments[0]).value = arguments[1]", name, value)


def grant_is_given_limited_and_ended(province):
    choose_password(browser, province, "bkd")
    set_up_phone()
    browser.arrives("/papan")
    clicks = walk(".hd-menu a[href='/hak-akses']")
    browser.judge("hak-akses")
    clicks += walk("a[href^='/hak-akses/baru']")
    browser.fill(akun="teknisi", unit="BKD", surat="700/12")
    browser.find_element(By.CSS_SELECTOR, "#peran option[value=AUDITOR]").click()
    browser.judge("hak-akses-baru")
    clicks += walk("main button[type=submit]")
    equal(clicks, 3)
    browser.until(lambda: browser.find_elements(By.ID, "sampai-salah"), "an auditor's grant has an end")
    browser.judge("hak-akses-salah")
    equal(browser.find_element(By.ID, "surat").get_property("value"), "700/12", "what was typed is kept")
    set_field("sampai", "2025-03-31")
    walk("main button[type=submit]")
    browser.until(lambda: "31 Maret 2025" in browser.text(), "the grant")
    browser.judge("hak-akses-satu")
    set_field("sampai", "2025-03-09")
    walk("form[action$=batasi] button")
    browser.until(lambda: "9 Maret 2025" in browser.text(), "it is limited")
    walk("form[action$=akhiri] button")
    browser.arrives("/hak-akses")
    check("700/12" not in browser.text(), browser.text())
    browser.get_log("browser")  # the refusal


def what_waits_is_decided(province):
    clicks = walk(".hd-menu a[href='/persetujuan']")
    browser.judge("persetujuan")
    clicks += walk("button[aria-label^='Setujui BUDI']")
    equal(clicks, 2)
    browser.until(lambda: "Tidak ada presensi yang menunggu" in browser.text(), "it is approved")
    browser.judge("persetujuan-kosong")
    walk(".hd-menu a[href='/putusan']")
    browser.judge("putusan")
    walk("#perekaman a")
    browser.judge("putusan-satu")
    check("SITI RAHMAWATI" in browser.text(), "whose finger it is like")
    browser.fill(alasan="sudah diperiksa")
    walk("input[value=different]", "main button[type=submit]")
    browser.arrives("/putusan")
    check("Dua orang berbeda" in browser.text() and "sedang dijalankan" in browser.text(), browser.text())
    walk("#pasangan a")
    browser.judge("pasangan")
    browser.fill(alasan="sudah diperiksa")
    walk("input[value=different]", "main button[type=submit]")
    browser.until(lambda: "Tidak ada dua pegawai" in browser.find_element(By.ID, "pasangan").text, "it is decided")
    walk("#karantina a")
    browser.judge("putusan-waktu")
    browser.press(browser.find_element(By.CSS_SELECTOR, ".hd-brand"))
    browser.arrives("/papan")
    browser.judge("papan-provinsi")
    log_out(browser)


def mutation_is_previewed_and_entered(province):
    """Before what_waits_is_decided: the same account is at it."""
    clicks = walk(".hd-menu a[href='/mutasi']")
    browser.fill(pegawai="222222", sk="821/9", unit="BKD-UMUM")
    set_field("tmt", "2025-04-01")
    clicks += walk("main button[type=submit]")
    browser.until(lambda: "SMA Negeri 1 → Sekretariat BKD" in browser.text(), "what it would change")
    browser.judge("mutasi-dampak")
    clicks += walk("main button[type=submit]")
    check(clicks <= 5, f"{clicks} clicks")
    browser.arrives("/pegawai/222222")
    walk(".hd-menu a[href='/mutasi']")
    browser.fill(pegawai="999999", sk="821/9", unit="BKD-UMUM")
    set_field("tmt", "2025-04-01")
    walk("main button[type=submit]")
    equal(browser.switch_to.active_element.get_attribute("class"), "hd-summary", "what is wrong has the focus")
    walk(".hd-menu a[href='/unit']")
    browser.judge("unit")
    check("Sekretariat BKD" in browser.text(), browser.text())
    browser.get_log("browser")  # the refusal


def outage_is_declared_and_approved(province):
    clicks = walk(".hd-menu a[href='/gangguan']", "main a[href='/gangguan/baru']")
    browser.fill(lokasi="sma1", sebab="listrik padam", bukti="surat PLN")
    for name, value in (("dari", "2025-02-03"), ("dari-jam", "06:00"), ("sampai", "2025-02-03"), ("sampai-jam", "10:00")):
        set_field(name, value)
    clicks += walk("main button[type=submit]")
    browser.until(lambda: browser.find_elements(By.CSS_SELECTOR, "button[value=accepted]"), "the outage")
    browser.judge("gangguan-satu")
    browser.fill(alasan="sudah diperiksa")
    clicks += walk("button[value=accepted]")
    equal(clicks, 4)
    browser.until(lambda: "disetujui" in browser.find_element(By.ID, "diputuskan").text, "it is approved")


def figures_are_drawn(province):
    walk(".hd-menu a[href='/grafik']")
    browser.until(lambda: browser.find_elements(By.CSS_SELECTOR, "#kedatangan canvas"), "a chart")
    browser.judge("grafik")
    check(browser.execute_script("return document.querySelector('canvas').getContext('2d').getImageData(0, 0, 900, 200)"
                                 ".data.some((v) => v !== 0)"), "something is drawn")


def month_is_planned_and_published(province):
    """Pasted from a spreadsheet; from the menu to the published month: four clicks."""
    choose_password(browser, province, "operator")
    set_up_phone()
    browser.arrives("/papan")
    clicks = walk(".hd-menu a[href='/jadwal']")
    browser.keep("jadwal-kosong")
    set_field("tempel", "NIP\tNama\t1\t2\n333333\tJOKO\tsiaga\tX")
    clicks += walk("form[action^='/jadwal?'] button")
    browser.until(lambda: "tidak ada shift dengan kode X" in browser.text(), "what is wrong with it")
    browser.keep("jadwal-salah")
    set_field("tempel", "NIP\tNama\t1\t2\n333333\tJOKO\tsiaga\t-")
    walk("form[action^='/jadwal?'] button")
    browser.until(lambda: "2 hari" in browser.find_element(By.ID, "rancangan").text, "the draft")
    browser.judge("jadwal-rancangan")
    if browser.find_elements(By.ID, "alasan"):
        browser.fill(alasan="sudah dibicarakan")
    clicks += walk("form[action^='/jadwal/terbitkan'] button")
    check(clicks <= 4, f"{clicks} clicks")
    browser.until(lambda: "Terbitan 1" in browser.find_element(By.ID, "terbitan").text, "the published month")
    browser.get_log("browser")  # the refusal
    log_out(browser)


def superior_sees_the_team(province):
    choose_password(browser, province, "atasan")
    set_up_phone()
    browser.arrives("/tugas")
    browser.judge("tugas")
    walk("main a[href='/delegasi']")
    browser.keep("delegasi-kosong")
    browser.fill(pengganti="skpd.disdik", alasan="cuti")
    set_field("sampai", "2025-03-07")
    walk("main form.hd-form button")
    browser.until(lambda: "skpd.disdik" in browser.find_element(By.ID, "diberikan").text, "the delegation")
    browser.judge("delegasi")
    walk("#diberikan button")
    browser.until(lambda: "Tidak ada delegasi" in browser.find_element(By.ID, "diberikan").text, "its end")
    clicks = walk(".hd-menu a[href='/koreksi']")
    check("rapat di Setda" in browser.text(), browser.text())
    browser.judge("koreksi-atasan")
    clicks += walk("button[value=setuju]")
    equal(clicks, 2, "clicks to decide it")
    browser.until(lambda: "rapat di Setda" not in browser.text(), "it is decided")
    equal(walk(".hd-menu a[href='/tim']"), 1)
    check("SITI RAHMAWATI" in browser.find_element(By.ID, "hadir").text and "BUDI" not in browser.text(), browser.text())
    walk("a[href^='/tim/bulan']")
    browser.judge("tim-bulan")
    log_out(browser)


def a_person_day_is_followed_to_its_proof(province):
    choose_password(browser, province, "auditor")
    browser.until(lambda: browser.path() == "/papan", "the board")
    clicks = walk(".hd-menu a[href='/audit']")
    browser.fill(q="budi")
    set_field("tanggal", "2025-03-02")
    clicks += walk("main button[type=submit]")
    browser.until(lambda: browser.find_elements(By.CSS_SELECTOR, ".hd-people a"), "the person")
    browser.judge("audit")
    clicks += walk(".hd-people a")
    check(clicks <= 4, f"{clicks} clicks")
    browser.until(lambda: "belum ditandatangani" in browser.text(), "what is known of the event")
    browser.judge("bukti")
    walk("main p a[href='/audit']", "a[href='/audit/rantai']")
    browser.judge("rantai")
    walk("a[href='/audit/catatan']")
    browser.judge("catatan-akses")
    check("Memeriksa bukti satu hari" in browser.text(), browser.text())
    log_out(browser)


def a_technician_sees_terminals_at_once(province):
    choose_password(browser, province, "teknisi")
    browser.arrives("/mesin")
    check("SITI" not in browser.text() and "BUDI" not in browser.text(), "no people")
    browser.judge("mesin-teknisi")
    log_out(browser)


def pages_that_do_not_exist_lead_back(province):
    browser.get(province.url + "/tidak-ada")
    browser.judge("tidak-ada")
    check("tidak ditemukan" in browser.text(), browser.text())
    browser.get_log("browser")


def no_page_complains(province):
    severe = [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    equal(severe, [], "the console")


with tempfile.TemporaryDirectory(prefix="hadir-browser-") as home, Province() as running:
    os.environ["HOME"] = home
    browser = Browser()
    try:
        run([log_in_page_says_what_is_wrong, board_fills_by_itself, no_page_complains, markup_in_a_name_is_text,
             board_works_without_script, tiles_open_their_rows, next_person_is_enrolled_in_two_clicks,
             people_are_found_and_opened, month_of_the_unit_is_summed_up, terminals_say_what_is_wrong, other_sessions_are_ended, no_page_complains,
             log_in_needs_no_mouse, own_day_on_a_phone,
             grant_is_given_limited_and_ended, mutation_is_previewed_and_entered, outage_is_declared_and_approved,
             figures_are_drawn, what_waits_is_decided, superior_sees_the_team, month_is_planned_and_published, no_page_complains,
             a_person_day_is_followed_to_its_proof, a_technician_sees_terminals_at_once, no_page_complains,
             pages_that_do_not_exist_lead_back, no_page_complains], running)
    finally:
        browser.quit()
