/*
 * The people's side of the server: pages and REST over one database connection, in the main loop.
 *
 *   listener ──Request──> routes (who? may they? on whom?) ──Call──> handler ──Response──> listener
 *                                       └── audit log, committed before the answer is sent
 */
#pragma once

#include <glib.h>

#include "server/store/terminals/evidence.h"
#include "server/store/terminals/journals.h"

typedef struct Web Web;

/* Proves one event from the stored bytes: see server/prove.h. FALSE only with an error. */
typedef gboolean (*WebProve)(Sql *sql, const JournalRow *journal, gint64 seq, Evidence *evidence,
							 GError **error);

typedef struct {
	const char *database;          /* as sql_open() takes it */
	const char *host;              /* an address, no name: "127.0.0.1" */
	guint16 port;                  /* 0: any */
	const char *certificate, *key; /* PEM files; NULL: plain HTTP, on loopback only */
	gint64 utc_offset_min;
	gint64 (*now_ms)(void); /* the clock, UTC */
	/* The core role should look into the command table; may be NULL. */
	void (*commands)(const char *terminal, gpointer user);
	gpointer user;
	WebProve prove;
	/* Gives the connection what says the reasons of verdicts (server/judge/judge_explain.h); NULL: only kept
	 * ones are shown. */
	void (*explain)(Sql *sql, gint64 utc_offset_min);
} WebConfig;

/* Texts of `config` are copied. NULL when it cannot listen, or the database does not fit. */
Web *web_new(const WebConfig *config, GError **error);
void web_free(Web *web);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Web, web_free)

/* What confines this process, for /healthz; nothing, unless it is called. */
void web_set_confinement(Web *web, gboolean files, gboolean calls);

guint16 web_port(const Web *web);
/* Something of that person (0: of many), or of a terminal, is new: the live boards look again. */
void web_changed(Web *web, gint64 person);
/* An enrolment has moved on. */
void web_enrolment_changed(Web *web);
