/* Entitlements to leave as data, and what is known of a person's years beyond the leaves. */
#pragma once

#include "protocol/ids.h"
#include "server/rules/leave_balance.h"
#include "server/store/history.h"

gboolean leave_accounts_rules(Sql *sql, gint64 day, LeaveRules *rules, GError **error);
/* For the days of `change`; joins the transaction, marks teachers' school holidays. */
gboolean leave_accounts_set_rules(Sql *sql, const LeaveRules *rules, const Change *change,
								  gboolean *changed, GError **error);

typedef struct {
	gint64 year;
	gboolean opens; /* n1 and n2 were handed on from before what we know */
	gint64 opening_n1, opening_n2;
	gint64 extra_days;
	gboolean deferred;
} LeaveAccount;

/* Joins the transaction; changes no verdict. Reads `source` and the times of `change`. */
gboolean leave_accounts_set(Sql *sql, PersonId person, const LeaveAccount *account,
							const Change *change, gboolean *changed, GError **error);
/* As known now, ascending by year; of LeaveAccount. */
gboolean leave_accounts_of(Sql *sql, PersonId person, GArray **accounts, GError **error);
