/*
 * /audit: what an auditor looks up. A person-day is found and shown down to the signature over each
 * of its events; the chains of all terminals; the log of who saw and changed what.
 */
#pragma once

#include "server/store/terminals/evidence.h"
#include "server/web/layout.h"

#define AUDIT_FOUND_MAX 50
#define AUDIT_CHAINS_MAX 600
#define AUDIT_LINES_MAX 200

/* Texts are borrowed. */
typedef struct {
	const char *role, *unit, *decree, *until; /* unit NULL: the province; until NULL: open */
} AuditGrant;

typedef struct {
	gint64 id;
	const char *name, *number, *unit;
} AuditPerson;

typedef struct {
	const GArray *grants; /* AuditGrant: under which this is looked at */
	const char *text, *date;
	gboolean asked;
	const char *date_problem;
	const GArray *people; /* AuditPerson */
} AuditFindView;

void page_audit_render(Html *html, const Frame *frame, const AuditFindView *view);

typedef struct {
	const char *time, *place, *terminal, *state;
	const char *letter;  /* by hand or from elsewhere: on what it rests; NULL: a terminal's */
	const char *journal; /* its name in hex; NULL: none, there is no event behind it */
	const char *stamp, *received;
	Evidence evidence;
} EvidencePunch;

typedef struct {
	gint64 person;
	const char *name, *date;
	const char *before, *after; /* dates in ISO */
	const char *codes;          /* NULL: not judged */
	const char *judged;         /* when, and by which version of the rules */
	const GPtrArray *reasons;   /* const char * */
	const GArray *punches;      /* EvidencePunch */
} EvidenceView;

void page_evidence_render(Html *html, const Frame *frame, const EvidenceView *view);

typedef struct {
	const char *terminal, *journal, *head, *heard;
	gint64 seq, n_alarms;
} ChainLine;

typedef struct {
	const GArray *lines; /* ChainLine */
	gint64 n_terminals, n_alarms;
	gboolean more;
} ChainsView;

void page_chains_render(Html *html, const Frame *frame, const ChainsView *view);

typedef struct {
	const char *time, *who, *what, *whom, *detail, *address;
} LogLine;

typedef struct {
	const GArray *lines; /* LogLine, newest first */
	const char *older;   /* cursor; NULL: these are all */
} LogView;

void page_log_render(Html *html, const Frame *frame, const LogView *view);
