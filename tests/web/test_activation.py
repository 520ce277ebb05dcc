"""Activation of an account: the printed code opens the own account, once, and nothing else."""
import re

from province import Person, Province, arrive, check, equal, run

FRESH = "kopi tubruk di Gunung Lawu"


def code_of(page):
    return (re.search(rb"<dt>Nama pengguna</dt><dd>([^<]+)", page).group(1).decode(),
            re.search(rb"<dt>Kode aktivasi</dt><dd><b>([^<]+)", page).group(1).decode())


def printed(keeper, person):
    equal(keeper.post(f"/pegawai/{person}/aktivasi", form_at=f"/pegawai/{person}"), 200)
    return code_of(keeper.page)


def the_printed_code_opens_the_own_account(province):
    keeper = arrive(province, "skpd.disdik")
    user, code = printed(keeper, 222222)
    equal(user, "222222", "who has no NIP is called by number")
    check(re.fullmatch(r"([a-z0-9]{4}-){3}[a-z0-9]{4}", code), code)
    person = Person(province, user, code)
    equal((person.status, person.where), (303, "/kata-sandi"))
    equal(person.get("/hari-ini"), 303, "before the own password is chosen")
    equal(person.choose_password(code, FRESH), 303)
    equal(person.get("/hari-ini"), 200)
    equal(person.get("/papan"), 403)
    equal(Person(province, user, code).status, 422, "the code again")
    check(b"Membuat kode aktivasi akun" in (person.get("/akun"), person.page)[1], "the person sees who made it")


def a_fresh_code_ends_the_one_before_and_the_sessions(province):
    keeper = arrive(province, "bkd", address="203.0.113.21")
    user, first = printed(keeper, 333333)
    _, second = printed(keeper, 333333)
    equal(Person(province, user, first, "203.0.113.22").status, 422)
    person = Person(province, user, second, "203.0.113.22")
    equal(person.choose_password(second, FRESH), 303)
    printed(keeper, 333333)
    equal((person.get("/hari-ini"), person.where.startswith("/masuk")), (303, True))


def an_account_that_does_more_gets_none(province):
    """Siti has two accounts: the code is for the one that sees her own data only."""
    keeper = arrive(province, "bkd")
    equal(printed(keeper, 111111)[0], "pegawai")
    equal(keeper.send("/pegawai/333333/aktivasi", csrf="0" * 64)[0], 403, "a forged form")


def codes_are_for_the_own_people_only(province):
    keeper = arrive(province, "skpd.disdik", address="203.0.113.23")
    equal(keeper.get("/pegawai/111111"), 404)
    equal(keeper.send("/pegawai/111111/aktivasi")[0], 403)
    equal(keeper.post("/pegawai/111111/aktivasi", form_at="/pegawai/222222"), 404, "another agency's person")


with Province() as running:
    run([the_printed_code_opens_the_own_account, a_fresh_code_ends_the_one_before_and_the_sessions], running)
with Province() as running:
    run([an_account_that_does_more_gets_none, codes_are_for_the_own_people_only], running)
