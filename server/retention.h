/*
 * What is not kept for ever (UU 27/2022, articles 16 and 43): each class of data with its time.
 *
 *   templates, also those that wait for a decision   14 days after leaving (goal: at most 30)
 *   samples of messages that were refused            90 days
 *   expired tokens of programs                       365 days after their end
 *   codes of accounts that terminals showed          30 days
 *
 * Events, verdicts and the audit log are evidence and stay; sessions end by themselves.
 */
#pragma once

#include "server/store/sql.h"

#define RETENTION_TEMPLATE_DAYS 14
#define RETENTION_SAMPLE_DAYS 90
#define RETENTION_TOKEN_DAYS 365
#define RETENTION_CODE_DAYS 30

/* Destroys what is due on `today`, in transactions of its own, and has it leave the database's files.
 * Ids of references that ended are appended to `ended` (of gint64), for the vault; rosters follow by
 * themselves. */
gboolean retention_run(Sql *sql, gint64 today, gint64 now_ms, GArray *ended, GError **error);
