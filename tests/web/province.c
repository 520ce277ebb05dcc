#include "tests/web/province.h"

#include <string.h>

#include "server/judge/judge_explain.h"
#include "server/prove.h"
#include "server/store/people/assignments.h"
#include "server/store/terminals/claims.h"
#include "server/store/migrate.h"
#include "server/store/system/password.h"
#include "server/store/terminals/places.h"
#include "server/store/terminals/quarantine.h"
#include "server/store/terminals/references.h"
#include "server/store/terminals/terminals.h"
#include "server/store/system/tokens.h"
#include "server/store/people/units.h"
#include "server/store/time/outages.h"
#include "server/store/time/verdicts.h"

static gint64 clock_ms = NOW;

gint64 province_now(void)
{
	return clock_ms;
}

void province_set_now(gint64 now_ms)
{
	clock_ms = now_ms;
}

static Change change_of(gint64 from_day, gint64 to_day)
{
	return (Change){.from_day = from_day, .to_day = to_day, .now_ms = NOW, .today = TODAY};
}

static gint64 make_unit(Sql *sql, const char *code, const char *name, gint64 parent)
{
	gint64 unit;
	Change always = change_of(DAY_ALWAYS, DAY_OPEN);
	UnitFacts facts = {.name = name, .parent = parent};
	g_assert_true(units_find(sql, code, TRUE, &unit, NULL));
	g_assert_true(units_set(sql, unit, &facts, &always, NULL, NULL));
	return unit;
}

static gint64 make_place(Sql *sql, const char *code, const char *name, gint64 unit)
{
	gint64 place;
	Change always = change_of(DAY_ALWAYS, DAY_OPEN);
	g_assert_true(places_find(sql, code, TRUE, &place, NULL));
	g_assert_true(places_set(sql, place, name, NULL, NULL, &always, NULL, NULL));
	g_assert_true(units_set_place(sql, unit, place, &always, NULL, NULL));
	return place;
}

static PersonId make_person(Sql *sql, PersonId id, const char *name, gint64 unit)
{
	Change since = change_of(TODAY - 1000, DAY_OPEN);
	PersonName full = {.name = name};
	g_assert_true(people_add(sql, id, NULL, NOW, &id, NULL));
	g_assert_true(people_set_name(sql, id, &full, &since, NULL, NULL));
	g_assert_true(people_set_employment(sql, id, "PNS", "01", &since, NULL, NULL));
	g_assert_true(assignments_set(sql, id, unit, 0, &since, NULL, NULL));
	return id;
}

static void make_terminal(Sql *sql, const char *name, gint64 place)
{
	TerminalId id;
	guint8 secret[32] = {1};
	PublicKey key = {{4}};
	KeyId key_id = {{0}};
	memcpy(key.bytes + 1, name, strlen(name));
	memcpy(key_id.bytes, name, strlen(name));
	g_assert_true(terminal_id_parse(&id, (Slice){(const guint8 *)name, strlen(name)}));
	g_assert_true(terminals_add(sql, &id, place, secret, NOW + DAY_MS, NOW, NULL));
	g_assert_true(terminals_join(sql, &id, &key, &key, &key_id, NOW, NULL));
}

void province_punch(Province *p, PersonId person, gint64 at_ms, PunchState state)
{
	Punch punch = {.seq = at_ms, .person = person, .at_ms = at_ms, .state = state, .kind = 1};
	punch.place = person == p->siti ? p->lobi : p->sma1_place;
	g_strlcpy(punch.terminal.text, person == p->siti ? "t-bkd-1" : "t-sma-1",
			  sizeof punch.terminal.text);
	g_assert_true(punches_add(p->sql, &punch, NULL, NULL));
}

/* A punch of Budi's without a finger, that waits for an approver; its claim is "1-1". */
static void make_fingerless(Province *p)
{
	static const RandomId journal = {{1}};
	const ClaimRow claim = {
		.journal = 1, .seq = 1, .kind = EVENT_FINGERLESS, .person = p->budi, .state = CLAIM_MANUAL};
	ClaimRow row = claim;
	Punch punch = {.journal = journal,
				   .seq = 1,
				   .person = p->budi,
				   .at_ms = NOW - DAY_MS,
				   .place = p->sma1_place,
				   .state = PUNCH_WAITING,
				   .kind = EVENT_FINGERLESS,
				   .reason = "fingerless"};
	g_strlcpy(row.terminal.text, "t-sma-1", sizeof row.terminal.text);
	punch.terminal = row.terminal;
	g_assert_true(
		sql_run(p->sql, NULL,
				"INSERT INTO journal (id, terminal, journal, seq, head, opened_ms,"
				" heard_ms, last_at_ms, sensor_lost) VALUES (1, $1, $2, 1, $2, 1, 1, 1, 0)",
				"tb", row.terminal.text, &journal, sizeof journal));
	g_assert_true(sql_run(p->sql, NULL,
						  "INSERT INTO event (journal, seq, kind, wall_ms, received_ms, bytes)"
						  " VALUES (1, 1, $1, $3, $3, $2)",
						  "ibi", (gint64)EVENT_FINGERLESS, "x", (gsize)1, NOW - DAY_MS));
	g_assert_true(claims_add(p->sql, &row, NULL));
	g_assert_true(punches_add(p->sql, &punch, NULL, NULL));
}

/* What waits for a decision: an enrolment of Budi's whose finger is like Siti's, a backlog of t-sma-1,
 * Budi's event "1-1", and the alarms 1 (t-bkd-1) and 2 (of no terminal). */
static void make_waiting(Province *p)
{
	static const RandomId id = {{9}}, journal = {{1}};
	static const char message[] = "message";
	TerminalId bkd = {"t-bkd-1"}, sma = {"t-sma-1"};
	ReferenceRow reference = {.id = 900, .person = p->budi, .finger = FINGER_RIGHT_INDEX};
	g_autoptr(GBytes) sealed = g_bytes_new_static("sealed", 6);
	gboolean held;
	g_assert_true(
		sql_run(p->sql, NULL,
				"INSERT INTO enrolment (id, person, terminal, fingers, state, finger,"
				" accepted, wanted, hint, reason, other, ordered_by, created_ms, expires_ms,"
				" finished_ms) VALUES ($1, $2, 't-sma-1', 'right-index', 'held', 0, 3, 3, 0,"
				" 'duplicate', $3, 'skpd', $4, $4, $4)",
				"tiii", PROVINCE_HELD, p->budi, p->siti, NOW - DAY_MS));
	g_assert_true(references_hold(p->sql, &reference, sealed, &id, NULL));
	g_assert_true(held_add(p->sql, &sma, &journal, 1, 3,
						   (Slice){(const guint8 *)message, sizeof message}, NOW, &held, NULL));
	g_assert_true(quarantine_add(p->sql, 1, 1, "future", NOW, NULL));
	g_assert_true(alarms_raise(p->sql, "tamper", &bkd, "the case was opened", NOW, NULL));
	g_assert_true(alarms_raise(p->sql, "hole", NULL, "a hole", NOW, NULL));
}

/* Budi's free day of yesterday becomes one on call: the roster's request 1, that waits. */
static void make_roster_request(Province *p)
{
	g_assert_true(sql_run(p->sql, NULL,
						  "INSERT INTO roster_request (id, kind, state, reason, proposed_ms)"
						  " VALUES (1, 'koreksi', 1, 'salah tulis', $1)",
						  "i", NOW - DAY_MS));
	g_assert_true(
		sql_run(p->sql, NULL,
				"INSERT INTO roster_request_day (request, person, day, known, old_on_call,"
				" on_call) VALUES (1, $1, $2, 0, 0, 1)",
				"ii", p->budi, TODAY - 1));
}

/* Outage 1: the day before yesterday from 06.00 to 10.00, Budi's place had no power. */
static void make_outage(Province *p)
{
	const gint64 from_ms = (TODAY - 2) * DAY_MS - 60 * MINUTE_MS;
	const Outage outage = {.place = p->sma1_place,
						   .from_ms = from_ms,
						   .to_ms = from_ms + 240 * MINUTE_MS,
						   .state = OUTAGE_DECLARED,
						   .cause = "listrik padam",
						   .evidence = "surat PLN",
						   .declared_by = "skpd.disdik"};
	gint64 id;
	g_assert_true(outages_declare(p->sql, &outage, NOW, OFFSET_MIN, &id, NULL));
	g_assert_cmpint(id, ==, 1);
}

void province_verdict(Province *p, PersonId person, gint64 day, const char *codes, gint64 in_ms)
{
	Verdict verdict = {.person = person,
					   .day = day,
					   .codes = codes,
					   .state = "running",
					   .in_ms = in_ms,
					   .reasons = "[{\"rule\":\"present\",\"text\":\"Masuk 06.52 di Lobi BKD.\"}]",
					   .hash = "x",
					   .judged_ms = NOW};
	gboolean changed;
	Assignment at;
	g_assert_true(assignments_on(p->sql, person, day, &at, NULL));
	verdict.unit = at.unit;
	g_assert_true(verdicts_put(p->sql, &verdict, NULL, &changed, NULL));
}

/* The password of such an account is its one-time one; the token serves for most tests. */
static void make_account(Province *p, const char *name, Role role, gint64 unit, PersonId person)
{
	g_autoptr(GError) error = NULL;
	UserNew new = {
		.name = name, .role = role, .unit = unit, .person = person, .today = TODAY - 100};
	char *password = users_create(p->sql, &new, NOW, &error);
	g_assert_no_error(error);
	g_autoptr(User) user = users_find(p->sql, name, NULL);
	char *token = tokens_issue(p->sql, user->id, "test", NOW + 365 * DAY_MS, NOW, &error);
	g_assert_no_error(error);
	g_hash_table_insert(p->tokens, g_strdup(name), token);
	g_hash_table_insert(p->tokens, g_strconcat(name, ":password", NULL), password);
}

static void fill(Province *p)
{
	Sql *sql = p->sql;
	Change moved = change_of(TODAY - 1000, TODAY - 10);
	p->bkd = make_unit(sql, "BKD", "Badan Kepegawaian Daerah", 0);
	p->umum = make_unit(sql, "BKD-UMUM", "Sekretariat BKD", p->bkd);
	p->disdik = make_unit(sql, "DISDIK", "Dinas Pendidikan", 0);
	p->sma1 = make_unit(sql, "SMA1", "SMA Negeri 1", p->disdik);
	make_unit(sql, "SMA2", "SMA Negeri 2", p->disdik);
	p->lobi = make_place(sql, "lobi-bkd", "Lobi BKD", p->bkd);
	p->sma1_place = make_place(sql, "sma1", "SMA Negeri 1", p->disdik);
	p->siti = make_person(sql, 111111, "SITI RAHMAWATI", p->umum);
	p->budi = make_person(sql, 222222, "BUDI SANTOSO", p->sma1);
	p->joko = make_person(sql, 333333, "JOKO <b>SUSILO</b>", p->sma1);
	g_assert_true(assignments_set(sql, p->joko, p->umum, 0, &moved, NULL, NULL));
	make_terminal(sql, "t-bkd-1", p->lobi);
	make_terminal(sql, "t-sma-1", p->sma1_place);
	make_account(p, "bkd", ROLE_BKD, 0, 0);
	make_account(p, "skpd", ROLE_SKPD, p->bkd, p->siti);
	make_account(p, "skpd.disdik", ROLE_SKPD, p->disdik, 0);
	make_account(p, "atasan", ROLE_ATASAN, p->umum, 0);
	make_account(p, "pegawai", ROLE_PEGAWAI, 0, p->siti);
	make_account(p, "auditor", ROLE_AUDITOR, 0, 0);
	make_account(p, "teknisi", ROLE_TEKNISI, 0, 0);
	make_account(p, "operator", ROLE_OPERATOR, p->sma1, 0);
	province_punch(p, p->siti, TODAY * DAY_MS - 8 * MINUTE_MS, PUNCH_COUNTED); /* 06.52 */
	province_punch(p, p->joko, (TODAY - 20) * DAY_MS, PUNCH_COUNTED);
	province_punch(p, p->joko, (TODAY - 5) * DAY_MS, PUNCH_COUNTED);
	make_fingerless(p);
	make_waiting(p);
	make_roster_request(p);
	make_outage(p);
	province_verdict(p, p->siti, TODAY, "BW", TODAY * DAY_MS - 8 * MINUTE_MS);
	province_verdict(p, p->joko, TODAY - 20, "H", 0);
	province_verdict(p, p->joko, TODAY - 5, "TL1", 0);
	province_verdict(p, p->budi, TODAY, "BW", 0);
}

void province_open_tls(Province *p, const char *certificate, const char *key)
{
	g_autoptr(GError) error = NULL;
	clock_ms = NOW;
	database_open(&p->database);
	p->sql = p->database.sql;
	p->tokens =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)password_free);
	g_assert_true(sql_begin(p->sql, NULL));
	fill(p);
	g_assert_true(sql_commit(p->sql, NULL));
	WebConfig config = {.database = p->database.url,
						.host = "127.0.0.1",
						.certificate = certificate,
						.key = key,
						.utc_offset_min = OFFSET_MIN,
						.now_ms = province_now,
						.prove = prove_event,
						.explain = judge_explain};
	if (p->before_web != NULL)
		p->before_web(p->before_user);
	p->web = web_new(&config, &error);
	g_assert_no_error(error);
}

void province_open(Province *p, gconstpointer unused)
{
	(void)unused;
	province_open_tls(p, NULL, NULL);
}

void province_close(Province *p, gconstpointer unused)
{
	(void)unused;
	web_free(p->web);
	database_close(&p->database);
	g_hash_table_unref(p->tokens);
}

/* ── requests without a network ── */

static void on_done(Call *call, gpointer user)
{
	*(Call **)user = call;
}

/* Takes the request; gives the finished call. */
Call *province_dispatch(Province *p, Request *request)
{
	Call *call = NULL;
	g_assert_nonnull(request);
	if (request->address == NULL)
		request->address = g_strdup("192.0.2.7");
	routes_dispatch(p->web, request, on_done, &call);
	while (call == NULL)
		g_main_context_iteration(NULL, TRUE);
	return call;
}

/* A program's request; `account` NULL: nobody. `body` NULL: none, else JSON. */
Call *province_rest(Province *p, const char *account, const char *method, const char *target,
					const char *body)
{
	Request *request = request_new(method, target, clock_ms);
	g_assert_nonnull(request);
	if (account != NULL) {
		const char *token = g_hash_table_lookup(p->tokens, account);
		g_autofree char *value = g_strconcat("Bearer ", token == NULL ? account : token, NULL);
		request_add_header(request, "authorization", value);
	}
	if (body != NULL) {
		request_add_header(request, "content-type", "application/json");
		g_byte_array_append(request->body, (const guint8 *)body, (guint)strlen(body));
	}
	return province_dispatch(p, request);
}

Call *province_page(Province *p, const char *account, const char *target, const char *body)
{
	Session session;
	char csrf[CSRF_SIZE + 1];
	g_autoptr(User) user = users_find(p->sql, account, NULL);
	if (user->one_time)
		g_assert_true(users_set_password(p->sql, user->id, "$none$", NULL, NOW, NULL));
	char *token = sessions_begin(p->sql, user->id, NULL, clock_ms, NULL);
	g_assert_true(sessions_find(p->sql, token, clock_ms, &session, NULL));
	g_assert_true(sessions_prove(p->sql, session.token_hash, clock_ms, NULL));
	access_csrf(token, csrf);
	Request *request = request_new(body == NULL ? "GET" : "POST", target, clock_ms);
	g_autofree char *cookie = g_strdup_printf("%s=%s", p->web->cookie, token);
	request_add_header(request, "cookie", cookie);
	password_free(token);
	if (body != NULL) {
		g_autofree char *form = g_strdup_printf("csrf=%s&%s", csrf, body);
		request_add_header(request, "content-type", "application/x-www-form-urlencoded");
		g_byte_array_append(request->body, (const guint8 *)form, (guint)strlen(form));
	}
	return province_dispatch(p, request);
}

json_t *province_json(const Call *call)
{
	gsize size;
	const char *text = g_bytes_get_data(call->response->body, &size);
	json_t *json = json_loadb(text, size, 0, NULL);
	g_assert_nonnull(json);
	return json;
}

char *province_text(const Call *call)
{
	gsize size = 0;
	const char *text =
		call->response->body == NULL ? "" : g_bytes_get_data(call->response->body, &size);
	return g_strndup(text, size);
}
