/*
 * Data of a terminal that will never come (it burnt, was stolen, its card broke): somebody declares
 * the missing span of its journal lost, with a reason.  Days that waited for it are judged then: a
 * slot without a punch is AT and names the decision, since nobody can say what was in it.  Should
 * the data come all the same, it covers the time and the decision has no effect any more.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

#define LOSS_ERROR (loss_error_quark())
GQuark loss_error_quark(void);

typedef enum {
	LOSS_ERROR_TERMINAL, /* there is none of that id, or it may still send */
	LOSS_ERROR_SPAN,     /* nothing is missing in it, or it is no span */
	LOSS_ERROR_REASON,
	LOSS_ERROR_GONE, /* there is none of that number, or it was withdrawn */
} LossError;

typedef struct {
	gint64 id; /* written by losses_declare() */
	TerminalId terminal;
	gint64 from_ms, to_ms; /* 0: from what came last; to the revocation */
	gint64 journal;        /* ours; 0: it never sent one */
	gint64 first_seq;      /* the first event missing */
	gint64 last_seq;       /* the last as far as the terminal ever said; 0: it did not say */
	char *reason;
	gint64 account;
	char *by; /* the account's name; NULL in losses_declare() */
	gint64 decided_ms;
} TerminalLoss;

/* Fills in what is 0, checks, writes and marks whom it concerns; `loss->reason` and `account` are
 * the caller's.  A span that ends before the terminal was revoked needs data from after it: until
 * then it may still come.  In the caller's transaction. */
gboolean losses_declare(Sql *sql, TerminalLoss *loss, gint64 now_ms, gint64 utc_offset_min,
						GError **error);
/* It counts for nothing any more: the slots in it wait for their data again, until it comes or another loss
 * is declared.  Both decisions stay.  In the caller's transaction. */
gboolean losses_withdraw(Sql *sql, gint64 id, const char *reason, gint64 account, gint64 now_ms,
						 gint64 utc_offset_min, GError **error);
/* Those of a terminal that were not withdrawn, ascending by time; of TerminalLoss, the array frees the texts. */
gboolean losses_of(Sql *sql, const TerminalId *terminal, GArray **losses, GError **error);
