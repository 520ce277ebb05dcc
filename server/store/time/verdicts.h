/*
 * Verdicts: one judged person-day, derived, can be thrown away and computed again.  Only judge
 * writes them.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

#define VERDICT_HASH_SIZE 65 /* at most, with its end */

typedef struct {
	PersonId person;
	gint64 day;
	const char *codes; /* "TL1 PSW2", "H", "CT", …: attendance_code.code, by spaces */
	const char *state; /* "final", "waiting" (BL, MV), "running" (the day is not over) */
	gint64 late_min, early_min;
	gint64 in_ms, out_ms; /* the chosen punches; 0: none */
	gint64 unit;          /* of the assignment on that day; 0: none */
	gboolean trial;       /* uji coba: counts for nothing */
	/* When read: JSON, [{"rule": "late", "text": "…", …parameters}, …]; NULL from a brief cursor.  When put:
	 * NULL, for the rules to say again when somebody reads it; kept are reasons_pack() or JSON. */
	const char *reasons;
	gint64 rule_version;
	const char *hash; /* day_hash_of(): whether it has changed */
	gint64 judged_ms;
	gint64 due_ms;              /* when it has to be judged again without any new fact; 0: never */
	gint64 due_out_ms;          /* the earliest leaving that makes the day whole; 0: none */
	gint64 deduction_bp;        /* hundredths of a per cent */
	gint64 pp94_min, pp94_days; /* for the year's account of PP 94/2021 */
	gboolean conflict;          /* facts contradict each other */
} Verdict;

/* FALSE with `error` unset in `found`: not judged (not employed, before the start, a future day). */
typedef struct VerdictCursor VerdictCursor;
/* Of a person, from_day ≤ day < to_day, ascending by day. */
VerdictCursor *verdicts_of_person(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
								  GError **error);

/* Of whom and which days to report; texts borrowed until the next step. */
typedef struct {
	gint64 from_day, to_day; /* half-open */
	gint64 unit;             /* its subtree as of each day; 0: all */
	PersonId person;         /* 0: everybody */
	gboolean conflicts;      /* only days whose facts contradict each other */
} VerdictFilter;

typedef struct {
	Verdict verdict;
	const char *name;                  /* as of the day; "" when not known */
	const char *number;                /* NIP or NI PPPK as of the day; may be NULL */
	const char *unit_code, *unit_name; /* of the day; may be NULL */
} VerdictLine;

/* By person, then by day. */
VerdictCursor *verdicts_report(Sql *sql, const VerdictFilter *filter, GError **error);
SqlStep verdicts_report_next(VerdictCursor *cursor, VerdictLine *line, GError **error);

/* Before its first row: the reasons are not wanted, and stay NULL. */
void verdict_cursor_brief(VerdictCursor *cursor);
SqlStep verdicts_next(VerdictCursor *cursor, Verdict *verdict, GError **error);
void verdict_cursor_free(VerdictCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VerdictCursor, verdict_cursor_free)

/* Reasons are not stored: whoever can give them again (server/judge/judge_explain.c) is asked, per row; the
 * first time of a cursor it may not remember what it read before.  `verdict` has everything else; `text`
 * gets reasons_json() of them, or reasons_pack() where they are to be kept (transfer full).  Without one, a cursor that is not brief fails at such a row. */
typedef gboolean (*VerdictExplain)(gpointer self, const Verdict *verdict, gboolean first,
								   gboolean packed, char **text, GError **error);
/* For as long as the connection is open; `free` (may be NULL) gets `self` then. */
void verdicts_explain_with(Sql *sql, VerdictExplain explain, gpointer self, GDestroyNotify free);
/* From now on the reasons of [from_day, to_day) are those of today, as text: the facts may move on without
 * the verdicts.  Joins the transaction. */
gboolean verdicts_keep_reasons(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
							   GError **error);

/* What is stored of a day, as far as judge has to know. */
typedef struct {
	gint64 day, unit, due_ms;
	char hash[VERDICT_HASH_SIZE];
} VerdictKnown;

/* Appends those of [from_day, to_day), ascending; of VerdictKnown. */
gboolean verdicts_known(Sql *sql, PersonId person, gint64 from_day, gint64 to_day, GArray *known,
						GError **error);
/* For judge (many: verdict_writer.h). `known`: what is stored of that day; NULL: nothing that is known of, then
 * what is there is replaced.  `changed` is FALSE when the same
 * verdict (by hash) was there; due_ms is kept anyway. */
gboolean verdicts_put(Sql *sql, const Verdict *verdict, const VerdictKnown *known,
					  gboolean *changed, GError **error);
gboolean verdicts_remove(Sql *sql, PersonId person, gint64 day, GError **error);
typedef struct {
	PersonId person;
	gint64 day;
} VerdictKey;

/* Up to `n_max` whose due_ms has come, the earliest first; of VerdictKey. */
gboolean verdicts_due(Sql *sql, gint64 now_ms, gsize n_max, GArray **due, GError **error);
/* The earliest due_ms; 0: none. */
gboolean verdicts_next_due(Sql *sql, gint64 *due_ms, GError **error);
