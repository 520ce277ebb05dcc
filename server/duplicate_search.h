/*
 * All enrolled people, each searched for among all others: one person under two names.  Runs beside
 * the server, with the vault's key, and goes on where an earlier run was stopped.
 */
#pragma once

#include "server/crypto_openssl.h"
#include "server/store/terminals/duplicates.h"

typedef struct {
	DuplicateRun run;
	gint64 n_all;   /* people who have references */
	gint64 n_now;   /* done by this call */
	gint64 n_pairs; /* found by this call */
	double seconds; /* of this call, without loading */
	gboolean last;  /* nothing more comes */
} DuplicateProgress;

typedef struct {
	Sql *sql;
	ServerKey *key;      /* the vault's; taken by duplicate_search_run() */
	gboolean again;      /* a new run, even when one is not finished */
	guint n_threads;     /* in each search */
	gint64 n_people_max; /* stop after so many; the rest is for another call */
	gint64 (*now_ms)(void);
	/* After each people's page, and at the end. */
	void (*progress)(const DuplicateProgress *progress, gpointer user);
	gpointer user;
} DuplicateSearch;

/* Pairs are stored as they are found (duplicates.h). */
gboolean duplicate_search_run(const DuplicateSearch *search, GError **error);
