/*
 * A small province, its accounts, and a web server in this process, for the tests of server/web.
 *
 *   BKD ── BKD-UMUM (Siti)        DISDIK ── SMA1 (Budi), SMA2        Joko: SMA1, before TODAY-10 BKD-UMUM
 *   lobi-bkd: t-bkd-1             sma1: t-sma-1
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "server/store/people/people.h"
#include "server/store/time/punches.h"
#include "server/store/system/users.h"
#include "server/web/call.h"
#include "server/web/routes.h"
#include "server/web/words.h"
#include "tests/server/database.h"

#define TODAY G_GINT64_CONSTANT(20150)        /* Senin, 3 Maret 2025 */
#define NOW (TODAY * DAY_MS + 30 * MINUTE_MS) /* 07.30 WIB */
#define OFFSET_MIN 420

/* Id of the enrolment that is held. */
#define PROVINCE_HELD "09000000000000000000000000000000"

typedef struct {
	Database database;
	Sql *sql; /* the database's */
	Web *web;
	gint64 bkd, umum, disdik, sma1;
	gint64 lobi, sma1_place;
	PersonId siti, budi, joko;
	void (*before_web)(
		gpointer user); /* once there is a database, before the web server; may be NULL */
	gpointer before_user;
	GHashTable *tokens; /* account name → bearer token, "name:password" → one-time password */
} Province;

/* For g_test_add(): the web server speaks plain HTTP. */
void province_open(Province *p, gconstpointer unused);
/* The same with TLS; files of PEM. */
void province_open_tls(Province *p, const char *certificate, const char *key);
void province_close(Province *p, gconstpointer unused);
/* The clock of the web server, which stands still; NOW at first. */
void province_set_now(gint64 now_ms);
gint64 province_now(void);

void province_punch(Province *p, PersonId person, gint64 at_ms, PunchState state);
void province_verdict(Province *p, PersonId person, gint64 day, const char *codes, gint64 in_ms);

/* ── requests without a network ── */

/* Takes the request; gives the finished call. */
Call *province_dispatch(Province *p, Request *request);
/* A program's request; `account` NULL: nobody; what is no account's name is a token.  `body` NULL:
 * none, else JSON. */
Call *province_rest(Province *p, const char *account, const char *method, const char *target,
					const char *body);
/* What a person sends from a page: `body` NULL: a GET, else a form's fields, to which the session's
 * token is added.  The session is new and has shown its second factor. */
Call *province_page(Province *p, const char *account, const char *target, const char *body);
json_t *province_json(const Call *call);
char *province_text(const Call *call);
