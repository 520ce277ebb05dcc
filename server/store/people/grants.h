/*
 * Who may do what, where and when (decision 17): a grant is role x unit subtree x from … to, with
 * grantor and decree.  It ends by its date, by a revocation, or by its holder's own mutation: it is
 * in force only while the account's person is assigned to the unit of the grant's first day.
 *
 * A role is a set of rights; the table is in grants.c and nowhere else.
 */
#pragma once

#include <glib.h>

#include "server/store/sql.h"

typedef enum {
	ROLE_PEGAWAI,  /* sees the own data */
	ROLE_ATASAN,   /* superior: sees the people of the unit */
	ROLE_SKPD,     /* pengelola: keeps the people of the unit, enrols, gives grants below */
	ROLE_OPERATOR, /* of a school, a branch: the same without giving grants */
	ROLE_BKD,      /* the same for the province, and terminals */
	ROLE_AUDITOR,  /* reads everything, changes nothing */
	ROLE_TEKNISI,  /* terminals without personal data */
} Role;
#define N_ROLES (ROLE_TEKNISI + 1)

/* "PEGAWAI"; static storage. */
const char *role_name(Role role);
/* As role_name() writes it, in either case. */
gboolean role_parse(const char *text, Role *role);

typedef enum {
	RIGHT_OWN_DATA,   /* a person's own days and punches */
	RIGHT_SEE_PEOPLE, /* names, days and punches of the people of the scope */
	RIGHT_ENROL,      /* orders and cancels enrolments of the people of the scope, never the own */
	/* Decides punches without a finger of the people of the scope, never the own. */
	RIGHT_APPROVE,
	/* Decides what the server would not: held enrolments, quarantined events and backlogs of the people
	 * and places of the scope, never the own; alarms. */
	RIGHT_DECIDE,
	RIGHT_SEE_TERMINALS, /* terminals and their health, without people */
	RIGHT_METRICS,       /* figures of the whole installation */
	RIGHT_GRANT,         /* gives, limits and ends grants within the scope, see granting.h */
	/* Evidence: a person-day down to the signature, the chains of the terminals, the log. */
	RIGHT_AUDIT,
	RIGHT_MUTATE, /* enters where people of the scope serve; sees the tree of units as of a day */
	/* Asks for corrections of the days of the people of the scope; decides them where the chain names
	 * the role, never the own. */
	RIGHT_CORRECT,
	RIGHT_SUBMIT,  /* hands in the month of a unit of the scope, opens it again */
	RIGHT_LOCK,    /* locks months of the scope, notes their payment, opens them again before */
	RIGHT_DECLARE, /* declares outages of the places of the scope */
	RIGHT_ROSTER,  /* plans and publishes the rosters of the units of the scope */
} Right;
#define N_RIGHTS (RIGHT_ROSTER + 1)

gboolean role_has_right(Role role, Right right);

typedef struct {
	gint64 id;
	gint64 account;
	Role role;
	gint64 unit;     /* top of the subtree; 0: the whole province */
	gint64 from_day; /* days since 1970-01-01, local */
	gint64 to_day;   /* first day it no longer holds; G_MAXINT64: open */
	char *decree;    /* may be NULL */
} Grant;

void grant_free(Grant *grant);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Grant, grant_free)

typedef struct {
	gint64 account;
	Role role;
	gint64 unit; /* 0: the whole province; only for BKD, AUDITOR and TEKNISI */
	gint64 from_day;
	gint64 to_day;      /* G_MAXINT64: open */
	const char *decree; /* may be NULL */
	gint64 grantor;     /* account; 0: the administrator's command */
} GrantNew;

/* Joins the transaction in progress. Gives the grant's id; 0 on error. */
gint64 grants_add(Sql *sql, const GrantNew *grant, gint64 now_ms, GError **error);
gboolean grants_revoke(Sql *sql, gint64 grant, gint64 revoker, gint64 now_ms, GError **error);
/* The grants of an account in force on `day` (GPtrArray of Grant, transfer full). */
GPtrArray *grants_of_account(Sql *sql, gint64 account, gint64 day, GError **error);

/* Has this person, through an account in use, the right over `unit` on `day`?  `unit` 0: over any. */
gboolean grants_person_may(Sql *sql, gint64 person, Right right, gint64 unit, gint64 day,
						   gboolean *may, GError **error);

/* How many grants are in force that day over all accounts in use of this person. */
gboolean grants_count(Sql *sql, gint64 person, gint64 day, gint64 *n, GError **error);

/* The unit ends: no right over it is left from `day` on.  `n_ended`: how many were cut short. */
gboolean grants_end_unit(Sql *sql, gint64 unit, gint64 day, gint64 *n_ended, GError **error);
/* A re-organisation, no mutation of the holder's own, put the person into another unit from `day` on:
 * the rights bound to the old one go on, except those over the old unit itself. */
gboolean grants_follow(Sql *sql, gint64 person, gint64 old_unit, gint64 new_unit, gint64 day,
					   gint64 now_ms, GError **error);
