/*
 * A small province, its accounts, and a web server in this process, for the tests of server/web.
 *
 *   BKD ── BKD-UMUM (Siti)        DISDIK ── SMA1 (Budi)        Joko: SMA1, before TODAY-10 BKD-UMUM
 *   lobi-bkd: t-bkd-1             sma1: t-sma-1
 */
#pragma once

#include <string.h>

#include <glib.h>
#include <glib/gstdio.h>
#include <jansson.h>

#include "server/store/assignments.h"
#include "server/store/migrate.h"
#include "server/store/password.h"
#include "server/store/people.h"
#include "server/store/places.h"
#include "server/store/punches.h"
#include "server/store/terminals.h"
#include "server/store/tokens.h"
#include "server/store/units.h"
#include "server/store/users.h"
#include "server/store/verdicts.h"
#include "server/web/call.h"
#include "server/web/routes.h"
#include "server/web/web.h"
#include "server/web/words.h"

#define NOW (TODAY * DAY_MS + 30 * MINUTE_MS) /* 07.30 WIB */
#define TODAY G_GINT64_CONSTANT(20150)        /* Senin, 3 Maret 2025 */
#define OFFSET_MIN 420

typedef struct {
	char *folder;
	Sql *sql;
	Web *web;
	gint64 bkd, umum, disdik, sma1;
	gint64 lobi, sma1_place;
	PersonId siti, budi, joko;
	GHashTable *tokens; /* account name → bearer token */
} Province;

static gint64 fixture_now_ms = NOW;

static gint64 fixture_clock(void)
{
	return fixture_now_ms;
}

static Change fixture_change(gint64 from_day, gint64 to_day)
{
	return (Change){.from_day = from_day, .to_day = to_day, .now_ms = NOW, .today = TODAY};
}

static gint64 fixture_unit(Sql *sql, const char *code, const char *name, gint64 parent)
{
	gint64 unit;
	Change always = fixture_change(DAY_ALWAYS, DAY_OPEN);
	UnitFacts facts = {.name = name, .parent = parent};
	g_assert_true(units_find(sql, code, TRUE, &unit, NULL));
	g_assert_true(units_set(sql, unit, &facts, &always, NULL, NULL));
	return unit;
}

static gint64 fixture_place(Sql *sql, const char *code, const char *name, gint64 unit)
{
	gint64 place;
	Change always = fixture_change(DAY_ALWAYS, DAY_OPEN);
	g_assert_true(places_find(sql, code, TRUE, &place, NULL));
	g_assert_true(places_set(sql, place, name, NULL, NULL, &always, NULL, NULL));
	g_assert_true(units_set_place(sql, unit, place, &always, NULL, NULL));
	return place;
}

static PersonId fixture_person(Sql *sql, PersonId id, const char *name, gint64 unit)
{
	Change since = fixture_change(TODAY - 1000, DAY_OPEN);
	PersonName full = {.name = name};
	g_assert_true(people_add(sql, id, NULL, NOW, &id, NULL));
	g_assert_true(people_set_name(sql, id, &full, &since, NULL, NULL));
	g_assert_true(people_set_employment(sql, id, "PNS", "01", &since, NULL, NULL));
	g_assert_true(assignments_set(sql, id, unit, 0, &since, NULL, NULL));
	return id;
}

static void fixture_terminal(Sql *sql, const char *name, gint64 place)
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

static void fixture_punch(Province *p, PersonId person, gint64 at_ms, PunchState state)
{
	Punch punch = {.seq = at_ms, .person = person, .at_ms = at_ms, .state = state, .kind = 1};
	punch.place = person == p->siti ? p->lobi : p->sma1_place;
	g_strlcpy(punch.terminal.text, person == p->siti ? "t-bkd-1" : "t-sma-1",
			  sizeof punch.terminal.text);
	g_assert_true(punches_add(p->sql, &punch, NULL, NULL));
}

static void fixture_verdict(Province *p, PersonId person, gint64 day, const char *codes,
							gint64 in_ms)
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
	g_assert_true(verdicts_put(p->sql, &verdict, &changed, NULL));
}

/* The password of such an account is its one-time one; the token serves for most tests. */
static void fixture_account(Province *p, const char *name, Role role, gint64 unit, PersonId person)
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

static void fixture_fill(Province *p)
{
	Sql *sql = p->sql;
	Change moved = fixture_change(TODAY - 1000, TODAY - 10);
	p->bkd = fixture_unit(sql, "BKD", "Badan Kepegawaian Daerah", 0);
	p->umum = fixture_unit(sql, "BKD-UMUM", "Sekretariat BKD", p->bkd);
	p->disdik = fixture_unit(sql, "DISDIK", "Dinas Pendidikan", 0);
	p->sma1 = fixture_unit(sql, "SMA1", "SMA Negeri 1", p->disdik);
	p->lobi = fixture_place(sql, "lobi-bkd", "Lobi BKD", p->bkd);
	p->sma1_place = fixture_place(sql, "sma1", "SMA Negeri 1", p->disdik);
	p->siti = fixture_person(sql, 111111, "SITI RAHMAWATI", p->umum);
	p->budi = fixture_person(sql, 222222, "BUDI SANTOSO", p->sma1);
	p->joko = fixture_person(sql, 333333, "JOKO <b>SUSILO</b>", p->sma1);
	g_assert_true(assignments_set(sql, p->joko, p->umum, 0, &moved, NULL, NULL));
	fixture_terminal(sql, "t-bkd-1", p->lobi);
	fixture_terminal(sql, "t-sma-1", p->sma1_place);
	fixture_account(p, "bkd", ROLE_BKD, 0, 0);
	fixture_account(p, "skpd", ROLE_SKPD, p->bkd, p->siti);
	fixture_account(p, "skpd.disdik", ROLE_SKPD, p->disdik, 0);
	fixture_account(p, "atasan", ROLE_ATASAN, p->umum, 0);
	fixture_account(p, "pegawai", ROLE_PEGAWAI, 0, p->siti);
	fixture_account(p, "auditor", ROLE_AUDITOR, 0, 0);
	fixture_account(p, "teknisi", ROLE_TEKNISI, 0, 0);
	fixture_punch(p, p->siti, TODAY * DAY_MS - 8 * MINUTE_MS, PUNCH_COUNTED); /* 06.52 */
	fixture_punch(p, p->joko, (TODAY - 20) * DAY_MS, PUNCH_COUNTED);
	fixture_punch(p, p->joko, (TODAY - 5) * DAY_MS, PUNCH_COUNTED);
	fixture_verdict(p, p->siti, TODAY, "BW", TODAY * DAY_MS - 8 * MINUTE_MS);
	fixture_verdict(p, p->joko, TODAY - 20, "H", 0);
	fixture_verdict(p, p->joko, TODAY - 5, "TL1", 0);
	fixture_verdict(p, p->budi, TODAY, "BW", 0);
}

static void province_open(Province *p, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	fixture_now_ms = NOW;
	p->folder = g_dir_make_tmp("hadir-web-XXXXXX", &error);
	g_assert_no_error(error);
	g_autofree char *url = g_strdup_printf("sqlite:%s/hadir.db", p->folder);
	p->sql = sql_open(url, &error);
	g_assert_no_error(error);
	g_assert_true(migrate_run(p->sql, NOW, &error));
	p->tokens =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)password_free);
	g_assert_true(sql_begin(p->sql, NULL));
	fixture_fill(p);
	g_assert_true(sql_commit(p->sql, NULL));
	WebConfig config = {.database = url,
						.host = "127.0.0.1",
						.utc_offset_min = OFFSET_MIN,
						.now_ms = fixture_clock};
	p->web = web_new(&config, &error);
	g_assert_no_error(error);
}

static void province_close(Province *p, gconstpointer unused)
{
	(void)unused;
	web_free(p->web);
	sql_close(p->sql);
	g_hash_table_unref(p->tokens);
	static const char *const names[] = {"hadir.db", "hadir.db-wal", "hadir.db-shm"};
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(p->folder, names[i], NULL);
		g_remove(path);
	}
	g_assert_cmpint(g_rmdir(p->folder), ==, 0);
	g_free(p->folder);
}

/* ── requests without a network ── */

static void fixture_done(Call *call, gpointer user)
{
	*(Call **)user = call;
}

/* Takes the request; gives the finished call. */
static Call *fixture_dispatch(Province *p, Request *request)
{
	Call *call = NULL;
	g_assert_nonnull(request);
	if (request->address == NULL)
		request->address = g_strdup("192.0.2.7");
	routes_dispatch(p->web, request, fixture_done, &call);
	while (call == NULL)
		g_main_context_iteration(NULL, TRUE);
	return call;
}

/* A program's request; `account` NULL: nobody. `body` NULL: none, else JSON. */
static Call *fixture_rest(Province *p, const char *account, const char *method, const char *target,
						  const char *body)
{
	Request *request = request_new(method, target, fixture_now_ms);
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
	return fixture_dispatch(p, request);
}

static json_t *fixture_json(const Call *call)
{
	gsize size;
	const char *text = g_bytes_get_data(call->response->body, &size);
	json_t *json = json_loadb(text, size, 0, NULL);
	g_assert_nonnull(json);
	return json;
}

static char *fixture_text(const Call *call)
{
	gsize size = 0;
	const char *text =
		call->response->body == NULL ? "" : g_bytes_get_data(call->response->body, &size);
	return g_strndup(text, size);
}
