/*
 * The entitlements and conditions of LeaveRules by name: what `hadir import entitlements` sets and
 * `hadir settings` lists.  Each has a stated default and says how sure its source is; what is chosen has a
 * validity period (table leave_rule).
 */
#pragma once

#include "server/rules/leave_balance.h"

typedef struct {
	const char *name;       /* also the column of leave_rule, of the import, and of the list */
	gsize offset;           /* of a gint32 in LeaveRules */
	gint32 fallback;        /* what holds until BKD decides otherwise */
	gint32 max;             /* the least is 0 */
	gboolean choice;        /* 0 or 1: tidak, ya */
	const char *confidence; /* of the default: "HIGH", "MED", "LOW" */
	const char *meaning;    /* Indonesian */
} LeaveSetting;

#define LEAVE_SETTINGS 18
/* In the order of the columns. */
extern const LeaveSetting leave_settings[LEAVE_SETTINGS];

gint32 leave_setting_get(const LeaveRules *rules, const LeaveSetting *setting);
void leave_setting_set(LeaveRules *rules, const LeaveSetting *setting, gint32 value);
